"""A disk that becomes full at any write: one line, and the next start loses nothing."""

import errno
import itertools
import resource
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest

from AST import writing
from AST.engines.stem_result import StemResult
from AST.errors import UsageError
from AST.results import RUN_RECORD, SCORES, Row, beside
from AST.run import journal as journal_module
from AST.run.journal import Journal

IDENTITY = {"dataset": "test"}
RESULTS = [
    StemResult(Row("bass", f"{number}.wav", "bass guitar", "bass"), np.full(527, 0.5, np.float32))
    for number in range(4)
]


class Disk:
    """Becomes full at one of its writes, in the middle of what is written."""

    def __init__(self, full_at: int | None = None) -> None:
        self.full_at, self.writes = full_at, 0

    def write(self, file: BinaryIO, content: bytes = b"") -> None:
        number, self.writes = self.writes, self.writes + 1
        if number != self.full_at:
            file.write(content)
            file.flush()
            return
        file.write(content[: len(content) // 2])
        file.flush()
        raise OSError(errno.ENOSPC, "No space left on device")


def run(output: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch) -> int:
    """Writes the results that are left. Returns how many were there at the start."""
    monkeypatch.setattr(writing, "force_to_disk", disk.write)
    monkeypatch.setattr(journal_module, "force_to_disk", disk.write)
    journal = Journal(output, IDENTITY)
    before = len(journal.results)
    try:
        for result in RESULTS[before:]:
            journal.append([result])
        journal.complete({"finished": "now"})
    finally:
        journal.close()
    return before


def content(output: Path) -> list[bytes]:
    paths = [output, beside(output, SCORES), beside(output, RUN_RECORD)]
    return [path.read_bytes() for path in paths]


def write_count(folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    disk = Disk()
    run(folder / "whole.csv", disk, monkeypatch)
    return disk.writes


def test_a_disk_that_is_full_at_any_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    count = write_count(tmp_path, monkeypatch)
    assert count > 2 * len(RESULTS)
    for full_at in range(count):
        output = tmp_path / f"{full_at}.csv"
        with pytest.raises(UsageError, match=r"cannot be written .*No space left on device"):
            run(output, Disk(full_at), monkeypatch)
        assert not output.exists()
        run(output, Disk(), monkeypatch)
        assert content(output)[0] == content(tmp_path / "whole.csv")[0]
        assert content(output)[2] == content(tmp_path / "whole.csv")[2]
    assert sorted(path.suffix for path in tmp_path.iterdir()) == sorted(
        itertools.chain.from_iterable([[".csv", ".csv", ".json", ".npz"]] * (count + 1))
    )


def test_an_earlier_run_survives_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for full_at in range(write_count(tmp_path, monkeypatch)):
        output = tmp_path / f"{full_at}.csv"
        run(output, Disk(), monkeypatch)
        earlier = content(output)
        with pytest.raises(UsageError, match="No space left on device"):
            run(output, Disk(full_at), monkeypatch)
        assert content(output) == earlier


def test_a_disk_that_is_full_in_the_middle_of_the_scores(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "r.csv", IDENTITY)
    journal.append(RESULTS)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500, limits[1]))  # less than the scores need
    try:
        with pytest.raises(UsageError, match="cannot be written"):
            journal.complete({})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    journal.complete({})
    assert len(content(tmp_path / "r.csv")[1]) > 500
