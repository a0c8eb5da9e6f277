"""The results file: its columns, and how it is read and written."""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, TextIO

from AST.errors import UsageError


class Row(NamedTuple):
    """One stem's line; the fields are the columns of the results file, in this order."""

    label: str
    path: str
    prediction: str
    proposed_label: str


def format_rows(rows: Iterable[Iterable[str]]) -> str:
    r"""Rows as CSV text with the line ends of RFC 4180, as in the published results.

    >>> format_rows([Row("bass", "a, b/bass.wav", "bass guitar", "bass")])
    'bass,"a, b/bass.wav",bass guitar,bass\r\n'
    """
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def read_rows(path: Path) -> list[Row]:
    """Reads a results file: UTF-8 with or without BOM, any line ends, columns in any order.

    Raises:
        UsageError: The file is missing, empty, no CSV, or a column or field is missing.
    """
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            rows = list(_parse(path, file))
    except OSError as error:
        raise UsageError(
            f"{path}: {error.strerror}; expected a results file such as results_dsd100.csv"
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{path}: not UTF-8 at byte {error.start}; expected a CSV file saved as UTF-8"
        ) from error
    if not rows:
        raise UsageError(f"{path}: no rows below the header; expected one row per stem")
    return rows


def _parse(path: Path, file: TextIO) -> Iterator[Row]:
    reader = csv.reader(file, strict=True)
    number = 0
    try:
        header: list[str] = next(reader, [])
        missing = [column for column in Row._fields if column not in header]
        if not header:
            raise UsageError(f"{path}: empty file; expected the columns {','.join(Row._fields)}")
        if missing:
            raise UsageError(
                f"{path}: no column {', '.join(missing)} in the header {','.join(header)!r}; "
                f"expected {','.join(Row._fields)}"
            )
        places = [header.index(column) for column in Row._fields]
        for fields in reader:
            if not fields:
                continue
            number += 1
            if len(fields) != len(header):
                raise UsageError(
                    f"{path}, row {number} (line {reader.line_num}): {len(fields)} fields, "
                    f"expected {len(header)}; mend or delete that row"
                )
            yield Row(*(fields[place] for place in places))
    except csv.Error as error:
        raise UsageError(
            f"{path}, row {number + 1} (line {reader.line_num}): {error}; mend or delete that row"
        ) from error
