import csv
import io
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from AST.errors import UsageError
from AST.results import Row, format_rows, read_rows

HEADER = "label,path,prediction,proposed_label\n"
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
FIELD = ANY_TEXT | st.text("'=+-@\t\r\n,;\" a")
LABEL = FIELD.filter(str.strip)
ROWS = st.lists(
    st.tuples(LABEL, FIELD, FIELD, LABEL).map(lambda fields: Row(*fields)),
    min_size=1,
    unique_by=lambda row: row.path,
)


@given(ROWS)
@example([Row("=a", "'=b", "''=c", "'d")])
def test_written_rows_are_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row]
) -> None:
    path = tmp_path_factory.mktemp("results") / "results.csv"
    path.write_bytes((HEADER + format_rows(rows)).encode())
    assert read_rows(path) == rows


@given(ROWS)
def test_no_written_cell_is_a_formula(rows: list[Row]) -> None:
    for cells in csv.reader(io.StringIO(format_rows(rows), newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in cells)


def test_formulas_and_apostrophes_of_others_are_read_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_text(HEADER + "bass,=1+1.wav,'tick,-\n")
    assert read_rows(path) == [Row("bass", "=1+1.wav", "'tick", "-")]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_bom_line_ends_commas_newlines_and_extra_columns(
    tmp_path: Path, line_end: str, mark: str
) -> None:
    path = tmp_path / "results.csv"
    lines = ["path,label,extra,prediction,proposed_label", '"a, b\nc.wav",bass,1,tick,other', ""]
    path.write_bytes((mark + line_end.join(lines)).encode())
    assert read_rows(path) == [Row("bass", "a, b\nc.wav", "tick", "other")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", r"results.csv: empty file; expected the columns label,path"),
        (HEADER, "results.csv: no rows below the header"),
        ("label,path,prediction\nx,y,z\n", "results.csv: no column proposed_label in the header"),
        (HEADER + "a,b,c,d\na,b,c\n", r"results.csv, row 2 \(line 3\): 3 fields, expected 4"),
        (HEADER + "a,b,c,d,e\n", r"results.csv, row 1 \(line 2\): 5 fields, expected 4"),
        (HEADER + "a,b,c,d\nb,c,d,\n", r"results.csv, row 2 \(line 3\): proposed_label is empty"),
        (
            HEADER + "a,b,c,d\na,B,c,d\ne,b,f,g\n",
            r"row 3 \(line 4\): its path b is in row 1 already",
        ),
        (HEADER + 'a,"b\n\n', r"results.csv, row 1 \(line 3\): unexpected end of data"),
    ],
)
def test_the_error_names_the_file_and_the_row(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "results.csv"
    path.write_text(content)
    with pytest.raises(UsageError, match=message):
        read_rows(path)


def test_wrong_encoding_and_missing_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_bytes(b"label,caf\xe9\n")
    with pytest.raises(UsageError, match=r"results\.csv, line 1: not UTF-8"):
        read_rows(path)
    with pytest.raises(UsageError, match="No such file or directory; expected a results file"):
        read_rows(tmp_path / "nowhere.csv")
