"""Tables in the forms that Excel, LibreOffice and scripts save."""

import io
from pathlib import Path

import pandas
import pytest

from AST.errors import UsageError
from AST.results import Row, format_rows, is_complete, read_rows

ROWS = [
    Row("bass", "a, b; c/bass.wav", "bass guitar", "bass"),
    Row("Flügel", 'd\t"e"\nf/piano.wav', "piano", "other"),
]
HEADER = ",".join(Row._fields)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("quoting", [0, 1])  # where needed, or everywhere
def test_any_separator_and_encoding(
    tmp_path: Path, separator: str, encoding: str, quoting: int
) -> None:
    path = tmp_path / "r.csv"
    text = io.StringIO()
    pandas.DataFrame(ROWS).to_csv(text, sep=separator, index=False, quoting=quoting)
    path.write_bytes(text.getvalue().encode(encoding))
    assert read_rows(path) == ROWS


@pytest.mark.parametrize(
    ("content", "how"),
    [
        (f"{HEADER}\na,b,c,d\n".encode("utf-8-sig"), ""),
        (f"{HEADER},Label\na,b,c,d,x\n".encode(), ""),
        (f"{HEADER}\na,b,c,d\n".encode("utf-16"), "as UTF-16"),
        (f"{HEADER}\na,b,c,d\n".replace(",", ";").encode(), "with semicolons between fields"),
        (b"Label,PATH,Prediction,Proposed_Label\na,b,c,d\n", "with column names in lower case"),
        (b"label,PATH,Prediction,proposed_label\na,b,c,d\n", "with column names in lower case"),
        (
            f"{HEADER.title()}\na,b,c,d\n".replace(",", "\t").encode("utf-16-be"),
            "as UTF-16, with tabs between fields, with column names in lower case",
        ),
    ],
)
def test_one_line_says_how_a_file_was_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, how: str
) -> None:
    path = tmp_path / "r.csv"
    path.write_bytes(content)
    assert read_rows(path) == [Row("a", "b", "c", "d")]
    assert capsys.readouterr().err == (f"note: {path}: read {how}\n" if how else "")


@pytest.mark.parametrize("header", [HEADER, "\ufeff" + HEADER.upper(), "x,path," + HEADER])
def test_joined_files_are_refused(tmp_path: Path, header: str) -> None:
    path = tmp_path / "r.csv"
    path.write_text(f"{HEADER}\n{format_rows(ROWS)}{header}\na,b,c,d\n")
    with pytest.raises(UsageError, match=r"r\.csv, row 3 \(line 5\): the header again, as if two"):
        read_rows(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("label;path\na;b\n".encode("utf-16"), "no column prediction, proposed_label in the"),
        (f"{HEADER},label\na,b,c,d,e\n".encode(), "more than one column label in the header"),
        (f"{HEADER}\na,b,c,d\n".encode("utf-16")[:-1], r"r\.csv, line 2: not UTF-16; expected"),
        (f"{HEADER}\na;b;c;d\n".encode(), r"row 1 \(line 2\): 1 fields, expected 4; fix or del"),
        (b'"' + b"a" * 200_000, r"row 1 \(line 1\): field larger than field limit"),
    ],
)
def test_tables_that_cannot_be_read_are_refused(
    tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "r.csv"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=message):
        read_rows(path)


def test_columns_that_are_not_needed(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    needed = ("label", "proposed_label")
    path.write_text("label,Path,Prediction,proposed_label\na,b,c,d\n")
    assert read_rows(path, needed) == [Row("a", "b", "c", "d")]
    path.write_text("label,path,proposed_label\na,,d\ne,,f\n")
    assert read_rows(path, needed) == [
        Row("a", "not given, row 1", "not given", "d"),
        Row("e", "not given, row 2", "not given", "f"),
    ]
    path.write_text("label,path,prediction,proposed_label\na,b,,d\n")
    [row] = read_rows(path, needed)
    assert (row, is_complete(row)) == (Row("a", "b", "", "d"), True)
    path.write_text("label,path\ndrums,label\n")
    assert [row.label for row in read_rows(path, ["label"])] == ["drums"]
    path.write_text("label,proposed_label\na,\n")
    with pytest.raises(UsageError, match=r"row 1 \(line 2\): proposed_label is empty"):
        read_rows(path, needed)
