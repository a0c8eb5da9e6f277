"""A folder of recorded notes: what its index.csv lists, and which notes are not to be learned."""

import csv
from pathlib import Path

from AST.errors import UsageError

INDEX_FILE = "index.csv"
INDEX_COLUMNS = ("file", "set", "audioset_label", "source_path")
LEFT_OUT_FILE = Path(__file__).with_name("notes_left_out.csv")
"""Notes that recordings for testing hold too; made by ``python -m training.overlaps``."""
LEFT_OUT_COLUMNS = ("set", "source_path")


def read_index(folder: Path) -> list[dict[str, str]]:
    """The rows of a folder's index, in its order.

    Raises:
        UsageError: It cannot be read, lacks a column, or lists a file that is not there.
    """
    index = folder / INDEX_FILE
    rows = _read(index, INDEX_COLUMNS)
    for number, row in enumerate(rows, start=2):
        if not (folder / row["file"]).is_file():
            raise UsageError(f"{index}, row {number}: no file {row['file']} in {folder}")
    return rows


def notes_left_out() -> frozenset[tuple[str, str]]:
    """Set and source path of each."""
    return frozenset(
        (row["set"], row["source_path"]) for row in _read(LEFT_OUT_FILE, LEFT_OUT_COLUMNS)
    )


def _read(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    try:
        with open(path, encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            rows = list(reader)
            names = reader.fieldnames or ()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path}: cannot be read; expected a table with the columns {', '.join(columns)}"
        ) from error
    if missing := [column for column in columns if column not in names]:
        raise UsageError(f"{path}: no column {', '.join(missing)}")
    for number, row in enumerate(rows, start=2):
        if any(row[column] is None for column in columns):
            raise UsageError(f"{path}, row {number}: too few columns")
    return rows
