"""Tests of the processes that prepare files: their order, their deaths, and their end."""

import errno
import faulthandler
import gc
import multiprocessing
import os
import random
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest

import analyze_dsd100
from AST.audio.preparation import PreparedStem, prepare
from AST.datasets.stem import Stem
from AST.engines import worker_process, workers
from AST.engines.worker_process import FailedStem, Prepared
from AST.engines.workers import Preparation
from AST.results import read_rows

KINDS = ["sound", "silent", "failed", "sound"]
"""Of the four stems of the fixture."""
DIES = "ends the process that decodes it, each time; replace the file, or leave it out"


def kind(prepared: Prepared) -> str:
    if isinstance(prepared, FailedStem):
        return "dead" if prepared.reason == DIES else "failed"
    return "sound" if len(prepared.spectrograms) else "silent"


def kinds(preparation: Preparation) -> list[str]:
    return [kind(prepared) for batch in preparation.batches() for prepared in batch]


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_batches_keep_the_order_of_the_walk(stems: list[Stem], workers: int) -> None:
    batches = list(Preparation(stems * 3, workers, batch_size=5).batches())
    assert [len(batch) for batch in batches] == [5, 5, 2]
    assert [kind(prepared) for batch in batches for prepared in batch] == KINDS * 3


def test_processes_are_stopped_in_the_middle_of_a_file(
    stems: list[Stem], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_process, "prepare", lambda path, form: time.sleep(1000))
    others = set(multiprocessing.active_children())
    preparation = Preparation(stems, 2, 1)
    processes = set(multiprocessing.active_children()) - others
    assert len(processes) == 2
    preparation.stop()
    for process in processes:
        process.join(timeout=10)
    assert set(multiprocessing.active_children()) <= others


def dies_of(*paths: Path, monkeypatch: pytest.MonkeyPatch, how: int = signal.SIGSEGV) -> None:
    def prepare_or_die(path: Path, *form: Any) -> PreparedStem:
        if path in paths:
            faulthandler.disable()  # pytest's would print
            os.kill(os.getpid(), how)
        return prepare(path, *form)

    monkeypatch.setattr(worker_process, "prepare", prepare_or_die)


@pytest.mark.parametrize("workers", [0, 1, 3])
@pytest.mark.parametrize("how", [signal.SIGSEGV, signal.SIGKILL])
def test_a_file_that_ends_its_process_fails_alone(
    stems: list[Stem], monkeypatch: pytest.MonkeyPatch, workers: int, how: int
) -> None:
    dies_of(stems[1].path, monkeypatch=monkeypatch, how=how)
    expected = ["sound", "dead", "failed", "sound"]
    assert kinds(Preparation(stems * 2, workers, batch_size=3)) == expected * 2


def test_every_file_may_end_its_process(stems: list[Stem], monkeypatch: pytest.MonkeyPatch) -> None:
    dies_of(*(stem.path for stem in stems), monkeypatch=monkeypatch)
    assert kinds(Preparation(stems, 2, batch_size=4)) == ["dead"] * 4


def test_processes_that_are_killed_by_others_cost_no_file(stems: list[Stem]) -> None:
    generator = random.Random(0)
    others = set(multiprocessing.active_children())
    found = []
    for batch in Preparation(stems * 20, 2, batch_size=4).batches():
        found += [kind(prepared) for prepared in batch]
        if generator.random() < 0.4:
            alive = set(multiprocessing.active_children()) - others
            os.kill(generator.choice(sorted(process.pid or 0 for process in alive)), signal.SIGKILL)
    assert found == KINDS * 20


class Noted:
    """Something that leaves a file where it ends."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.itself = folder, self  # a circle, so that only the collector frees it

    def __del__(self) -> None:
        (self.folder / f"ended in {os.getpid()}").touch()


def test_a_process_does_not_free_what_the_main_process_has(
    stems: list[Stem], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def collect_and_prepare(*how: Any) -> PreparedStem:
        gc.collect()
        return prepare(*how)

    monkeypatch.setattr(worker_process, "prepare", collect_and_prepare)
    gc.disable()
    try:
        Noted(tmp_path)
        assert kinds(Preparation(stems, 1, batch_size=4)) == KINDS
        assert not [*tmp_path.glob("ended in *")]
        gc.collect()
        assert [path.name for path in tmp_path.glob("ended in *")] == [f"ended in {os.getpid()}"]
    finally:
        gc.enable()


def test_whatever_a_file_does_the_others_go_on(
    stems: list[Stem], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*how: Any) -> PreparedStem:
        raise MemoryError("too long")

    monkeypatch.setattr(worker_process, "prepare", broken)
    [[first, *_]] = Preparation(stems, 1, batch_size=4).batches()
    assert first == FailedStem("fails unexpectedly: MemoryError: too long")


def test_without_processes_files_are_prepared_here(
    stems: list[Stem], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*how: Any) -> None:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(workers, "WorkerProcess", refused)
    preparation = Preparation(stems * 2, 3, batch_size=3)
    assert "Resource temporarily unavailable" in str(preparation.fallback)
    assert kinds(preparation) == KINDS * 2


def test_without_threads_processes_are_asked_one_by_one(
    stems: list[Stem], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refused)
    assert kinds(Preparation(stems * 2, 3, batch_size=3)) == KINDS * 2


@pytest.mark.parametrize("workers", [0, 2])
def test_a_run_with_a_file_that_ends_its_process(
    stems: list[Stem], ast_path: Path, no_speech_path: Path, monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path, capsys: pytest.CaptureFixture[str], workers: int,
) -> None:  # fmt: skip
    dies_of(stems[1].path, monkeypatch=monkeypatch)
    stems[0].path.rename(tmp_path / "bass.wav")
    models = ["--model", str(ast_path), "--speech-model", str(no_speech_path)]
    options = ["--output", str(tmp_path / "r.csv"), "--workers", str(workers)]
    assert analyze_dsd100.main([str(tmp_path), *models, *options]) == 1
    assert f"error: {stems[1].path}: {DIES}\n" in capsys.readouterr().err
    predictions = [row.prediction for row in read_rows(tmp_path / "r.csv")]
    assert [prediction == "error" for prediction in predictions] == [True, False, False]
