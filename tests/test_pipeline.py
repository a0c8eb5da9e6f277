import os
import signal
from pathlib import Path

import numpy as np
import pytest
import torch

import analyze_dsd100
from AST import preparation
from AST.audio import Recording, decode
from AST.datasets import Stem
from AST.errors import UsageError
from AST.labels import LabelMap
from AST.pipeline import Models, Preparation, analyse_batch, worker_death
from AST.preparation import FailedStem, PreparedStem, PreparedStems, prepare
from bench.synthetic_stems import SAMPLE_RATE_HZ, write_samples
from tests.conftest import tone


@pytest.fixture
def stems(tmp_path: Path) -> list[Stem]:
    """A tone, silence, a file that is none, and another tone."""
    write_samples(tmp_path / "a.wav", tone(100, 1, SAMPLE_RATE_HZ))
    write_samples(tmp_path / "b.wav", np.zeros(SAMPLE_RATE_HZ))
    write_samples(tmp_path / "d.wav", tone(3000, 1, SAMPLE_RATE_HZ))
    return [Stem(name, tmp_path / f"{name}.wav") for name in "abcd"]


def test_a_file_is_decoded_once(stems: list[Stem], monkeypatch: pytest.MonkeyPatch) -> None:
    decoded = []

    def counted(path: Path) -> Recording:
        decoded.append(path)
        return decode(path)

    monkeypatch.setattr(preparation, "decode", counted)
    prepared = prepare(stems[0].path)
    assert decoded == [stems[0].path]
    assert prepared.spectrogram is not None
    assert prepared.spectrogram.shape == (1024, 128)
    assert abs(len(prepared.samples) - 16_000) <= 1
    assert prepared.rms_dbfs == pytest.approx(-9.03, abs=0.01)


def test_silence_has_no_spectrogram(stems: list[Stem]) -> None:
    prepared = prepare(stems[1].path)
    assert prepared.spectrogram is None
    assert prepared.rms_dbfs == -200


def test_whatever_a_file_does_the_others_go_on(
    stems: list[Stem], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(path: Path) -> PreparedStem:
        raise MemoryError("too long")

    monkeypatch.setattr(preparation, "prepare", broken)
    assert PreparedStems(stems)[0] == FailedStem("fails unexpectedly: MemoryError: too long")


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


def test_a_batch_may_mix_sound_silence_and_failures(
    stems: list[Stem], ast_path: Path, no_speech_path: Path
) -> None:
    models = Models.load(ast_path, no_speech_path, torch.device("cpu"))
    prepared = [PreparedStems(stems)[index] for index in range(4)]
    results = list(analyse_batch(stems, prepared, models, LabelMap({})))
    assert [result.row.label for result in results] == ["a", "b", "c", "d"]
    assert [result.row.prediction for result in results][1:3] == ["silence", "error"]
    assert results[2].failure == "cannot be opened: No such file or directory"
    for index in (0, 3):
        [alone] = analyse_batch([stems[index]], [prepared[index]], models, LabelMap({}))
        assert alone.row == results[index].row
        assert alone.scores is not None
        assert results[index].scores is not None
        np.testing.assert_allclose(results[index].scores, alone.scores, atol=1e-6)  # type: ignore[arg-type]
    [failed] = analyse_batch(stems[2:3], prepared[2:3], models, LabelMap({}))
    assert failed.row.prediction == "error"


def test_a_killed_worker_takes_one_line(
    stems: list[Stem], ast_path: Path, no_speech_path: Path, monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    def killed(path: Path) -> PreparedStem:
        if path == stems[2].path:
            os.kill(os.getpid(), signal.SIGKILL)
        return prepare(path)

    monkeypatch.setattr(preparation, "prepare", killed)
    (tmp_path / "c.wav").touch()
    models = ["--model", str(ast_path), "--speech-model", str(no_speech_path)]
    options = ["--output", str(tmp_path / "r.csv"), "--batch-size", "1", "--workers", "1"]
    assert analyze_dsd100.main([str(tmp_path), *models, *options]) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("error: a worker process died (DataLoader worker")
    assert "with fewer --workers; if one dies again" in error


def test_a_death_while_a_model_loads_is_told_as_such(stems: list[Stem]) -> None:
    error = UsageError("a.pth: no readable file")
    error.__cause__ = RuntimeError("DataLoader worker (1) died")
    assert str(worker_death(error, stems)).startswith("a worker process died (DataLoader")


def test_other_errors_are_no_worker_death(stems: list[Stem]) -> None:
    assert worker_death(RuntimeError("shapes do not fit"), stems) is None
