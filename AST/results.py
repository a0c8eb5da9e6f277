"""The results file: its columns, how it is read, and how it is written."""

import csv
import io
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, TextIO

from AST.errors import UsageError

SCORES = "scores.npz"
RUN_RECORD = "run.json"
"""What a run writes beside its results file: ``results.scores.npz`` and ``results.run.json``."""
OUTPUT_FLAG = "--output"
"""The flag that names the results file, in every command that writes one."""


class Row(NamedTuple):
    """One stem's row. The fields are the columns of the results file, in this order."""

    label: str
    path: str
    prediction: str
    proposed_label: str


def beside(results: Path, kind: str) -> Path:
    """A file that belongs to a results file, and to no other one.

    >>> beside(Path("results_dsd100.csv"), SCORES).name, beside(Path("a.tsv"), SCORES).name
    ('results_dsd100.scores.npz', 'a.tsv-scores.npz')
    """
    name = results.name.removesuffix(".csv")
    # With a dot, the files of "a" would be those of "a.csv".
    return results.with_name(f"{name}{'-' if name == results.name else '.'}{kind}")


def check_distinct(inputs: Iterable[Path], outputs: Iterable[Path]) -> None:
    """Checks that a command overwrites nothing that it reads or writes.

    Raises:
        UsageError: Two of the paths are the same file.
    """
    taken = {path.resolve() for path in inputs}
    for output in outputs:
        if output.resolve() in taken:
            raise UsageError(
                f"{output}: this command reads or writes that file already; choose another name"
            )
        taken.add(output.resolve())


def check_output(path: Path) -> None:
    """Checks that a results file can be written to a path, before a run spends hours.

    Raises:
        UsageError: It cannot.
    """
    if not path.name or path.is_dir():
        raise UsageError(f"{path}: is a folder; expected the name of a file for {OUTPUT_FLAG}")
    if path.exists() and not path.is_file():
        raise UsageError(f"{path}: is not a regular file; choose another name for {OUTPUT_FLAG}")
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise UsageError(
            f"{path}: cannot be written; {OUTPUT_FLAG} needs an existing, writable folder"
        )


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
        UsageError: The file is missing, empty or not CSV, or a column or field is missing.
    """
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(
            f"{path}: {error.strerror}; expected a results file such as results_dsd100.csv"
        ) from error
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UsageError(
            f"{path}, line {line}: not UTF-8; expected a CSV file saved as UTF-8"
        ) from error
    rows = list(_parse(path, io.StringIO(text, newline="")))
    if not rows:
        raise UsageError(f"{path}: no rows below the header; expected one row per stem")
    return rows


def _parse(path: Path, file: TextIO) -> Iterator[Row]:
    reader = csv.reader(file, strict=True)
    number = 1  # of the row that comes next
    try:
        header: list[str] = next(filter(None, reader), [])  # blank lines do not count
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
            if len(fields) != len(header):
                raise csv.Error(f"{len(fields)} fields, expected {len(header)}")
            row = Row(*(fields[place] for place in places))
            if not row.label.strip() or not row.proposed_label.strip():
                raise csv.Error("label or proposed_label is empty")
            yield row
            number += 1
    except csv.Error as error:
        raise UsageError(
            f"{path}, row {number} (line {reader.line_num}): {error}; fix or delete that row"
        ) from error
