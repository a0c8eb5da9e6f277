"""The results file: its columns, how it is read, and how it is written."""

import csv
import functools
import io
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from AST.cells import as_it_was, as_text
from AST.errors import UsageError
from AST.table import NoRowsError, read_table, row_error

SCORES = "scores.npz"
RUN_RECORD = "run.json"
STEMS = "stems.csv"
WINDOWS = "windows.npz"
"""What a run writes beside its results file: ``results.scores.npz`` and the others."""
SIDE_FILES = (SCORES, RUN_RECORD, STEMS, WINDOWS)
"""``windows.npz`` is only there if AST heard more than the study's window."""
SCORE_FIGURES = ("speech_score_percent", "rms_dbfs", "duration_s")
"""Arrays of the scores file with one number for each stem; NaN for a stem that failed."""
OUTPUT_NAMES = "names"
"""An array of the scores file: what AST's outputs are called, if not as AudioSet's classes."""
PUBLISHED_RUNS = "published"
"""Stands for the study's own results where a command takes a run to compare with."""
OUTPUT_FLAG = "--output"
"""The flag that names the results file, in every command that writes one."""


NOT_GIVEN = "not given"
"""Stands in a field that a file does not give; before the row's number if the path is missing."""


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


def check_output(path: Path, flag: str = OUTPUT_FLAG) -> None:
    """Checks that a results file can be written to a path, before a run spends hours.

    Args:
        flag: What chooses the path.

    Raises:
        UsageError: It cannot.
    """
    if not path.name or path.is_dir():
        raise UsageError(f"{path}: is a folder; expected the name of a file for {flag}")
    if path.exists() and not path.is_file():
        raise UsageError(f"{path}: is not a regular file; choose another name for {flag}")
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise UsageError(f"{path}: cannot be written; {flag} needs an existing, writable folder")


def format_rows(rows: Iterable[Iterable[str]]) -> str:
    r"""Rows as CSV text with the line ends of RFC 4180, as in the published results.

    >>> format_rows([Row("bass", "a, b/bass.wav", "bass guitar", "bass")])
    'bass,"a, b/bass.wav",bass guitar,bass\r\n'
    >>> format_rows([Row("bass", "=1+1/bass.wav", "bass guitar", "bass")])  # not run as a formula
    "bass,'=1+1/bass.wav,bass guitar,bass\r\n"
    """
    text = io.StringIO()
    csv.writer(text).writerows(map(as_text, row) for row in rows)
    return text.getvalue()


def read_rows(path: Path, needed: Sequence[str] = Row._fields) -> list[Row]:
    """Reads a results file, also one that a spreadsheet saved. A line on stderr says how.

    Args:
        needed: The columns that the file must have. A field of another column that is missing, and
            an empty path, is ``NOT_GIVEN``.

    Raises:
        NoRowsError: The file is empty, or there is only a header.
        UsageError: The file cannot be read as a table with these columns, a row has no proposed
            label, or two rows have the same path.
    """
    table = read_table(path, Row._fields, needed)
    rows: list[Row] = []
    number_of_path: dict[str, int] = {}
    for number, line, fields in table.rows:
        row = _row(number, fields, table.missing, needed)
        if not row.proposed_label.strip():
            raise row_error(path, number, line, "proposed_label is empty")
        first = number_of_path.setdefault(row.path, number)
        if first != number:
            raise row_error(path, number, line, f"its path {row.path} is in row {first} already")
        rows.append(row)
    if not rows:
        raise NoRowsError(f"{path}: no rows below the header; expected one row per stem")
    if table.remarks:
        say_once(f"note: {path}: read {', '.join(table.remarks)}")
    if table.missing:
        say_once(f"note: {path}: has no column {', '.join(table.missing)}")
    return rows


def _row(number: int, fields: Sequence[str], missing: Sequence[str], needed: Sequence[str]) -> Row:
    given = dict(zip(Row._fields, map(as_it_was, fields), strict=True))
    given |= dict.fromkeys(missing, NOT_GIVEN)
    if "path" not in needed and given["path"] in ("", NOT_GIVEN):
        given["path"] = f"{NOT_GIVEN}, row {number}"
    return Row(**given)


def is_complete(row: Row) -> bool:
    """Whether the file gave all fields of a row.

    >>> is_complete(Row("bass", "not given, row 1", "bass guitar", "bass"))
    False
    """
    return not (row.path.startswith(NOT_GIVEN) or row.prediction == NOT_GIVEN)


@functools.cache
def say_once(line: str) -> None:
    """Prints a line on stderr, once even if a file is read twice, as with ``--against`` itself."""
    print(line, file=sys.stderr)
