"""Reads the log of a journal: lines of JSON, of which the last one may have been cut off."""

import json
from typing import Any, BinaryIO


def whole_entries(log: BinaryIO) -> tuple[list[dict[str, Any]], int]:
    """The log's entries and their size in bytes, without a last one that was cut off.

    Raises:
        ValueError: A line before the last one is not an entry.
    """
    entries: list[dict[str, Any]] = []
    size = 0
    log.seek(0)
    lines = log.readlines()
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line.decode())
        except ValueError:
            entry = None
        if isinstance(entry, dict) and line.endswith(b"\n"):
            entries.append(entry)
            size += len(line)
        elif number < len(lines):
            raise ValueError(f"line {number} is not an entry")
    return entries, size
