"""An array that grows block by block: in memory, or in a temporary file once it is large."""

import os
import tempfile
from collections.abc import Iterator
from multiprocessing import reduction
from multiprocessing.connection import Connection
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from AST.errors import StemError

Array = npt.NDArray[np.float32]

VALUES_AT_ONCE = 3_000_000
"""How many values an iteration reads from the file at once: 12 MB."""


class Spool:
    """Rows of float32 values, shape (length, *row_shape).

    The temporary file has no name, so it disappears even if the process is killed. A spool can be
    sent to another process, by pickle and ``send_file``: only the handle of the file travels.

    Args:
        rows_in_memory: A longer spool moves to the temporary file.

    >>> spool = Spool(rows_in_memory=2)
    >>> for block in ([1, 2], [3], [4]):
    ...     spool.append(np.array(block, np.float32))
    >>> len(spool), spool.read(1, 4).tolist(), spool.is_on_disk
    (4, [2.0, 3.0, 4.0], True)
    """

    def __init__(self, rows_in_memory: int, row_shape: tuple[int, ...] = ()) -> None:
        self._rows_in_memory, self._row_shape = rows_in_memory, row_shape
        self._blocks: list[Array] = []
        self._file: BinaryIO | None = None
        self._length = 0

    def __len__(self) -> int:
        return self._length

    @property
    def is_on_disk(self) -> bool:
        return self._length > self._rows_in_memory

    def append(self, rows: Array) -> None:
        """Adds rows at the end. Shape: (n, *row_shape).

        Raises:
            StemError: The temporary folder cannot hold them.
        """
        self._length += len(rows)
        self._blocks.append(rows)
        if self.is_on_disk:
            try:
                self._move_to_disk()
            except OSError as error:
                raise StemError(
                    f"is long, and {tempfile.gettempdir()} cannot hold its sound "
                    f"({error.strerror}); make room there, or name another folder by TMPDIR"
                ) from error

    def _move_to_disk(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the spool)
        self._file.seek(0, os.SEEK_END)
        for block in self._blocks:
            self._file.write(np.ascontiguousarray(block, np.float32).data)
        self._file.flush()
        self._blocks = []

    def read(self, start: int, stop: int) -> Array:
        """The rows from a start to before a stop. Shape: (stop - start, *row_shape)."""
        if self._file is None:
            if len(self._blocks) != 1:
                empty = np.zeros((0, *self._row_shape), np.float32)
                self._blocks = [np.concatenate([empty, *self._blocks])]
            return self._blocks[0][start:stop]
        row_bytes = 4 * int(np.prod(self._row_shape, dtype=int))
        self._file.seek(start * row_bytes)
        content = self._file.read((min(stop, self._length) - start) * row_bytes)
        return np.frombuffer(content, np.float32).reshape(-1, *self._row_shape)

    def __iter__(self) -> Iterator[Array]:
        """Yields the rows in blocks."""
        rows_at_once = max(1, VALUES_AT_ONCE // int(np.prod(self._row_shape, dtype=int)))
        for start in range(0, self._length, rows_at_once):
            yield self.read(start, start + rows_at_once)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_file": None}

    def send_file(self, connection: Connection, process: int) -> None:
        """Sends what pickle leaves out, if the spool is on disk; see ``receive_file``."""
        if self._file is not None:
            reduction.send_handle(connection, self._file.fileno(), process)

    def receive_file(self, connection: Connection) -> None:
        """Takes the file that the process at the other end sends."""
        if self.is_on_disk:
            self._file = os.fdopen(reduction.recv_handle(connection), "r+b")
