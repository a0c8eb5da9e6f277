"""Reads a table as people save it: with Excel, with LibreOffice, or by a script."""

import codecs
import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from AST.errors import UsageError

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
"""What may stand between two fields, and its name."""
MARK = "\ufeff"
"""Stands at the start of a file, and in the middle where such a file was joined to another."""


class NoRowsError(UsageError):
    """A file without rows."""


class TableRow(NamedTuple):
    """A row below the header: the fields of the wanted columns, and where the row ends."""

    number: int
    line: int
    fields: list[str]


class Table(NamedTuple):
    """The rows, how the file differs from UTF-8 with commas and exact names, and what it lacks."""

    rows: list[TableRow]
    remarks: list[str]
    missing: list[str]


def read_table(path: Path, columns: Sequence[str], needed: Sequence[str]) -> Table:
    """Reads the wanted columns of a table, whatever their order, separator and encoding.

    Args:
        needed: Which of the columns the file must have. The fields of a missing one are empty.

    Raises:
        NoRowsError: The file is empty.
        UsageError: The file is missing, empty or not a table, a column or a field is missing, or
            the header comes twice.
    """
    text, encoding = _read_text(path)
    separator = _separator(text, columns)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[TableRow] = []
    try:
        header: list[str] = next(filter(None, reader), [])  # blank lines do not count
        places = _places(path, header, columns, needed)
        found = {column for column in columns if column in places}
        for fields in filter(None, reader):
            if found <= set(_names(fields)):
                raise csv.Error("the header again, as if two files were joined")
            if len(fields) != len(header):
                raise csv.Error(f"{len(fields)} fields, expected {len(header)}")
            wanted = [fields[places[name]] if name in places else "" for name in columns]
            rows.append(TableRow(len(rows) + 1, reader.line_num, wanted))
    except csv.Error as error:
        raise row_error(path, len(rows) + 1, reader.line_num, error) from error
    remarks = [f"as {encoding}"] if encoding != "UTF-8" else []
    remarks += [f"with {SEPARATORS[separator]} between fields"] if separator != "," else []
    remarks += ["with column names in lower case"] if not found <= set(header) else []
    return Table(rows, remarks, [column for column in columns if column not in found])


def row_error(path: Path, number: int, line: int, problem: object) -> UsageError:
    """What is wrong with a row, for the user."""
    return UsageError(f"{path}, row {number} (line {line}): {problem}; fix or delete that row")


def _read_text(path: Path) -> tuple[str, str]:
    """The text of a file, and its encoding: UTF-8 or UTF-16, with or without a mark."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path}: {error.strerror}; expected a results file such as results_dsd100.csv"
        ) from error
    codec, encoding = "utf-8-sig", "UTF-8"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        codec, encoding = "utf-16", "UTF-16"
    elif b"\0" in content[:2]:  # half of the header's first letter
        codec, encoding = "utf-16-be" if content.startswith(b"\0") else "utf-16-le", "UTF-16"
    try:
        return content.decode(codec), encoding
    except UnicodeDecodeError as error:
        line = content[: error.start].decode(codec, "ignore").count("\n") + 1
        raise UsageError(
            f"{path}, line {line}: not {encoding}; expected a CSV file saved as UTF-8"
        ) from error


def _separator(text: str, columns: Sequence[str]) -> str:
    """The separator that finds most of the columns in the header."""

    def found(separator: str) -> int:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        try:
            return len(set(columns) & set(_names(next(filter(None, reader), []))))
        except csv.Error:
            return 0

    return max(SEPARATORS, key=found)


def _names(fields: Sequence[str]) -> list[str]:
    return [field.removeprefix(MARK).casefold() for field in fields]


def _places(
    path: Path, header: Sequence[str], columns: Sequence[str], needed: Sequence[str]
) -> dict[str, int]:
    """Where the columns are. A name in other than lower case counts if there is no exact one."""
    expected = ",".join(needed)
    if not header:
        raise NoRowsError(f"{path}: empty file; expected the columns {expected}")
    places: dict[str, int] = {}
    repeated = []
    for column in columns:
        names = header if column in header else _names(header)
        if column in names:
            places[column] = list(names).index(column)
        repeated += [column] if list(names).count(column) > 1 else []
    missing = [column for column in needed if column not in places]
    if missing or repeated:
        problem = "no column" if missing else "more than one column"
        raise UsageError(
            f"{path}: {problem} {', '.join(missing or repeated)} in the header "
            f"{','.join(header)!r}; expected {expected}"
        )
    return places
