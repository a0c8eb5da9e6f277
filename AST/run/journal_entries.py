"""Reads the log of a journal: lines of JSON, of which the last one may have been cut off."""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO


def whole_entries(log: BinaryIO) -> Iterator[tuple[dict[str, Any], int]]:
    """Each entry, with the size in bytes of the log up to its end. A cut-off last one is left out.

    Raises:
        ValueError: A line before the last one is not an entry.
    """
    size = 0
    log.seek(0)
    for number, line in enumerate(log, 1):
        try:
            entry = json.loads(line.decode())
        except ValueError:
            entry = None
        if not isinstance(entry, dict) or not line.endswith(b"\n"):
            if log.readline():
                raise ValueError(f"line {number} is not an entry")
            return
        size += len(line)
        yield entry, size
