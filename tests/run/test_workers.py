import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest

import analyze_dsd100
from AST.audio.preparation import PreparedStem, prepare
from AST.datasets.dataset import Stem
from AST.errors import UsageError
from AST.run import workers as workers_module
from AST.run.workers import FailedStem, Preparation, worker_death


@pytest.mark.parametrize("workers", [0, 2])
def test_batches_keep_the_order_of_the_walk(stems: list[Stem], workers: int) -> None:
    batches = list(Preparation(stems * 3, workers).batches(5))
    assert [len(batch) for batch in batches] == [5, 5, 2]
    kinds = [
        "failed" if isinstance(p, FailedStem) else "silent" if p.spectrogram is None else "sound"
        for batch in batches
        for p in batch
    ]
    assert kinds == ["sound", "silent", "failed", "sound"] * 3


def test_workers_are_stopped_in_the_middle_of_a_file(
    stems: list[Stem], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers_module, "prepare", lambda path: time.sleep(1000))
    others = set(multiprocessing.active_children())
    at_work = Preparation(stems, 2)
    assert len(set(multiprocessing.active_children()) - others) == 2
    at_work.stop()
    assert set(multiprocessing.active_children()) <= others


def test_a_killed_worker_takes_one_line(
    stems: list[Stem], ast_path: Path, no_speech_path: Path, monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    def killed(path: Path) -> PreparedStem:
        if path == stems[2].path:
            os.kill(os.getpid(), signal.SIGKILL)
        return prepare(path)

    monkeypatch.setattr(workers_module, "prepare", killed)
    for name in ("c", "vocals"):
        (tmp_path / f"{name}.wav").touch()
    models = ["--model", str(ast_path), "--speech-model", str(no_speech_path)]
    options = ["--output", str(tmp_path / "r.csv"), "--batch-size", "1", "--workers", "1"]
    assert analyze_dsd100.main([str(tmp_path), *models, *options]) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("error: a worker process died (DataLoader worker")
    assert "with fewer --workers; if one dies again" in error


def test_a_death_is_recognised_while_a_model_loads(stems: list[Stem]) -> None:
    error = UsageError("a.pth: no readable file")
    error.__cause__ = RuntimeError("DataLoader worker (1) died")
    assert str(worker_death(error, stems)).startswith("a worker process died (DataLoader")


def test_other_errors_are_no_worker_death(stems: list[Stem]) -> None:
    assert worker_death(RuntimeError("shapes do not fit"), stems) is None
