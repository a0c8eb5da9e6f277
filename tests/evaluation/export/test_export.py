"""Tables and figures for a paper."""

import csv
import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

from AST.commands.accuracy import main
from AST.evaluation.export.figure import Figure, reach, saved
from AST.evaluation.export.table import Column, Ranged, Rows, Table, as_csv, as_latex, escaped
from AST.evaluation.statistics.uncertainty import Interval
from AST.metrics import normalised
from AST.results import Row, format_rows
from tests.helpers import DICTIONARY, ROOT, ROWS, stem_scores, write_scores

ODD = "R&B_50%#1 $x$ {a} ~ ^ \\ [b] <c>"
"""A class name with all signs that mean something to LaTeX."""


def test_text_is_escaped_for_latex() -> None:
    assert escaped(ODD) == (
        r"R\&B\_50\%\#1 \$x\$ \{a\} \textasciitilde{} \textasciicircum{} \textbackslash{} "
        r"{[}b] \textless{}c\textgreater{}"
    )
    assert escaped("a\nb\x1b[31m") == "a b {[}31m"


def test_a_table_as_latex() -> None:
    columns = [Column("class"), Column("stems"), Column("F1", 2, is_ranged=True), Column("gain", 1)]
    rows: Rows = [["a_b", 3, Ranged(0.5, 0.25, 1), -1.25], ["c", 10, Ranged(1.0, None, None), None]]
    assert as_latex(Table("classes", "Some 100 % figures.", columns, rows)).splitlines() == [
        r"\begin{table}",
        r"  \centering",
        r"  \caption{Some 100 \% figures.}",
        r"  \label{tab:classes}",
        r"  \begin{tabular}{lrrr}",
        r"    \toprule",
        r"    class & stems & F1 & gain \\",
        r"    \midrule",
        r"    a\_b & 3 & 0.50 (0.25 to 1.00) & $-1.2$ \\",
        r"    c & 10 & 1.00 & -- \\",
        r"    \bottomrule",
        r"  \end{tabular}",
        r"\end{table}",
    ]


def test_a_long_table_is_cut_in_latex_but_not_in_csv() -> None:
    table = Table("t", "All.", [Column("n")], [[n] for n in range(100)])
    assert r"\caption{All. The first 40 of 100 rows.}" in as_latex(table)
    assert "    39 \\\\\n    \\bottomrule" in as_latex(table)
    assert as_csv(table).split() == ["n", *map(str, range(100))]


def test_a_table_as_csv_has_all_digits_and_no_formula() -> None:
    columns = [Column("class"), Column("F1", is_ranged=True), Column("gain")]
    text = as_csv(Table("t", "", columns, [["=1+1", Ranged(1 / 3, 0.25, None), -0.125]]))
    header, row = csv.reader(text.splitlines())
    assert header == ["class", "F1", "F1 low", "F1 high", "gain"]
    assert row == ["'=1+1", "0.3333333333333333", "0.25", "", "-0.125"]


def test_error_bars_reach_from_the_value_to_the_interval() -> None:
    assert reach(0.5, Interval(40, 75), unit_percent=100) == (0.1, 0.25)
    assert reach(3, None) == (0, 0)
    assert reach(1, Interval(99, 99.5), unit_percent=100)[1] == 0  # never negative


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A run with scores; the class names and one path are odd."""
    rows = [
        row._replace(
            label=row.label.replace("vocals", ODD),
            proposed_label=row.proposed_label.replace("vocals", ODD),
        )
        for row in ROWS
    ]
    file = tmp_path / "r.csv"
    file.write_text(format_rows([Row._fields, *rows]), newline="")
    write_scores(tmp_path / "r.scores.npz", [row.path for row in rows], stem_scores())
    (tmp_path / "r.run.json").write_text(json.dumps({"label_dictionary": DICTIONARY}))
    return file


def exported(folder: Path, *arguments: Path | str) -> dict[str, bytes]:
    """The files that the command writes into a folder."""
    assert main([*map(str, arguments), "--tables", str(folder)]) == 0
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_same_findings_give_the_same_files(tmp_path: Path, results: Path) -> None:
    names = {
        "tables": "summary classes confusion_matrix mistakes songs worst_songs top coverage "
        "calibration rules",
        "figures": "confusion_matrix class_recall songs risk_coverage reliability",
        "of runs": "runs",
    }
    first = exported(tmp_path / "a", results, "--compare", results, results)
    assert exported(tmp_path / "b", results, "--compare", results, results) == first
    kinds = {"tables": ("csv", "tex"), "figures": ("pdf", "svg"), "of runs": ("csv", "svg")}
    for group, listed in names.items():
        assert {f"{name}.{kind}" for name in listed.split() for kind in kinds[group]} <= set(first)
    captions = first["captions.txt"].decode()
    assert set(re.findall(r"\w+\.(?:csv|tex|pdf|svg)", captions)) == set(first) - {"captions.txt"}
    escaped_names = escaped(normalised(ODD))
    assert escaped_names in first["classes.tex"].decode()
    assert rf"\rotatebox{{90}}{{{escaped_names}}}" in first["confusion_matrix.tex"].decode()


def test_the_figures_of_a_table_are_those_of_the_run(tmp_path: Path) -> None:
    files = exported(tmp_path / "a", ROOT / "results_moises.csv")
    header, *rows = csv.reader(files["confusion_matrix.csv"].decode().splitlines())
    guitar = dict(zip(header, next(row for row in rows if row[0] == "guitar"), strict=True))
    assert (guitar["guitar"], guitar["other_plucked"], guitar["drums"]) == ("2", "1", "0")
    assert b"guitar,mandolin,other_plucked,1" in files["mistakes.csv"]
    assert "coverage.csv" not in files  # there are no scores


def test_a_folder_with_other_files_is_left_alone(
    tmp_path: Path, results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "captions.txt").write_bytes(b"\xff of somebody else")
    before = sorted(tmp_path.iterdir())
    assert main([str(results), "--tables", str(tmp_path)]) == 2
    assert f"error: {tmp_path}: holds files that are not tables" in capsys.readouterr().err
    assert sorted(tmp_path.iterdir()) == before


def test_an_earlier_export_is_replaced(tmp_path: Path, results: Path) -> None:
    folder = tmp_path / "a"
    first = exported(folder, results, "--compare", results, results)
    (folder / "notes.md").write_text("mine")
    second = exported(folder, results)
    assert set(first) - set(second) == {
        "runs.csv", "runs.tex", "runs.pdf", "runs.svg", "pairs.csv", "pairs.tex",
    }  # fmt: skip
    assert second["notes.md"] == b"mine"


def test_figures_have_the_same_bytes_and_no_date(tmp_path: Path) -> None:
    def draw(canvas: Any) -> None:
        canvas.subplots().set_title("a $b_1$ c")

    figure = Figure("x", "", 2, draw)
    for kind in ("pdf", "svg"):
        content = saved(figure, kind)
        assert content == saved(figure, kind)
        assert b"Date" not in content
        assert b"date>" not in content
    assert ElementTree.fromstring(saved(figure, "svg")).tag.endswith("svg")


def test_a_folder_that_cannot_be_made_gives_one_line(
    tmp_path: Path, results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "no" / "x"
    assert main([str(results), "--tables", str(folder)]) == 2
    assert f"{folder}: cannot be written (No such file or directory)" in capsys.readouterr().err
    assert main([str(results), "--tables", str(results)]) == 2
    assert f"{results}: cannot be written (File exists)" in capsys.readouterr().err


def test_latex_has_as_many_columns_as_fit_and_csv_all() -> None:
    names = [f"n{place}" for place in range(30)]
    table = Table("x", "Caption.", [*map(Column, names)], [[*range(100, 130)]])
    latex = as_latex(table)
    assert "The first 24 of 30 columns." in latex
    assert rf"    {' & '.join(names[:24])} \\" in latex
    assert rf"    {' & '.join(map(str, range(100, 124)))} \\" in latex
    assert as_csv(table).splitlines()[0].split(",") == names
