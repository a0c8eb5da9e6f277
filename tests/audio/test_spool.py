"""Tests of arrays that grow: in memory and in a temporary file."""

import multiprocessing
import os
from multiprocessing.connection import Connection

import numpy as np
import pytest

from AST.audio.spool import Spool

ROWS = np.arange(60, dtype=np.float32).reshape(20, 3)


def filled(rows_in_memory: int) -> Spool:
    spool = Spool(rows_in_memory, (3,))
    for block in np.array_split(ROWS, [1, 5, 5, 14]):
        spool.append(block)
    return spool


@pytest.mark.parametrize(("rows_in_memory", "is_on_disk"), [(20, False), (19, True), (0, True)])
def test_rows_come_back_as_they_were(rows_in_memory: int, is_on_disk: bool) -> None:
    spool = filled(rows_in_memory)
    assert spool.is_on_disk == is_on_disk
    assert len(spool) == 20
    for start, stop in [(0, 20), (3, 7), (19, 20), (5, 5), (18, 99)]:
        np.testing.assert_array_equal(spool.read(start, stop), ROWS[start:stop])


@pytest.mark.parametrize("rows_in_memory", [0, 20])
def test_blocks_can_be_read_twice(rows_in_memory: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("AST.audio.spool.VALUES_AT_ONCE", 21)
    spool = filled(rows_in_memory)
    for _ in range(2):
        blocks = list(spool)
        assert [len(block) for block in blocks] == [7, 7, 6]
        np.testing.assert_array_equal(np.concatenate(blocks), ROWS)


def test_an_empty_spool() -> None:
    assert list(Spool(5, (96, 64))) == []
    assert Spool(5, (96, 64)).read(0, 3).shape == (0, 96, 64)


def send_spool(connection: Connection, rows_in_memory: int) -> None:
    spool = filled(rows_in_memory)
    connection.send(spool)
    spool.send_file(connection, os.getppid())


@pytest.mark.parametrize("rows_in_memory", [0, 20])
def test_a_spool_from_another_process(rows_in_memory: int) -> None:
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=send_spool, args=(theirs, rows_in_memory))
    process.start()
    spool = ours.recv()
    spool.receive_file(ours)
    process.join()
    np.testing.assert_array_equal(spool.read(0, 20), ROWS)
    assert spool.is_on_disk == (rows_in_memory == 0)


def test_nothing_is_left_in_the_temporary_folder(
    tmp_path: os.PathLike[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    spool = filled(0)
    assert os.listdir(tmp_path) == []
    assert len(spool.read(0, 20)) == 20
