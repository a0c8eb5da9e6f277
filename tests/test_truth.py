"""Stems that can be neither right nor wrong count in no figure."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from AST.commands.accuracy import main as computeaccuracy
from AST.commands.relabel import main as relabel
from AST.results import Row, format_rows
from AST.truth import truth_of

ROWS = [
    Row("bass", "1/bass.wav", "bass guitar", "bass"),
    Row("bass", "2/bass.wav", "tick", "percussion"),
    Row("drums", "2/drums.wav", "silence", "silence"),
    Row("", "2/other.wav", "piano", "piano"),
]
RECORD = {"label_dictionary": {"bass": ["bass guitar"]}, "silent_stems": "apart"}


def write(folder: Path, rows: list[Row], record: Mapping[str, object] | None) -> Path:
    file = folder / "r.csv"
    file.write_text(format_rows([Row._fields, *rows]), newline="")
    if record is not None:
        (folder / "r.run.json").write_text(json.dumps(record))
    return file


@pytest.mark.parametrize(
    ("record", "accuracy", "apart"),
    [
        (RECORD, "50.00% (1/2", "1 stem in which nothing sounds, 1 stem without a label"),
        ({**RECORD, "silent_stems": "counted"}, "33.33% (1/3", "1 stem without a label"),
        (None, "33.33% (1/3", "1 stem without a label"),
    ],
)
def test_computeaccuracy_counts_stems_with_a_truth(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    record: Mapping[str, object] | None,
    accuracy: str,
    apart: str,
) -> None:
    file = write(tmp_path, ROWS, record)
    assert computeaccuracy([str(file), "--json", str(tmp_path / "r.json")]) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"Accuracy: {accuracy} matches)\nNot counted: {apart}\n\nMismatches:")
    assert json.loads((tmp_path / "r.json").read_bytes())["total"] == int(accuracy[-1])


def test_every_output_says_what_does_not_count(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path, ROWS, RECORD)
    report, tables, figures = tmp_path / "r.html", tmp_path / "tables", tmp_path / "r.json"
    outputs = ["--report", str(report), "--tables", str(tables), "--json", str(figures)]
    assert computeaccuracy([str(file), "--summary", *outputs]) == 0
    apart = "1 stem in which nothing sounds, 1 stem without a label"
    first = capsys.readouterr().out.splitlines()[0]
    assert first == "Accuracy: 50.00% (1/2 matches); not counted: 1 silent, 1 without label"
    assert apart in report.read_text("utf-8")
    assert any(apart in path.read_text("utf-8") for path in tables.glob("*.tex"))
    found = json.loads(figures.read_bytes())
    assert (found["silent"], found["unlabelled"]) == (1, 1)


def test_without_any_truth_there_is_no_accuracy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path, ROWS[2:], RECORD)
    assert computeaccuracy([str(file)]) == 2
    output = capsys.readouterr()
    assert output.out == "No data to evaluate.\n"
    assert f"error: {file}: no stem that sounds has a label, so there is no" in output.err
    assert truth_of(ROWS[2:], RECORD).rows == []


def test_relabelling_keeps_all_rows_and_counts_the_same_stems(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path, ROWS, RECORD)
    assert relabel([str(file), "--labels", "corrected"]) == 0
    assert "Accuracy: 50.00% (1/2 matches)\nBefore: 50.00% (1/2" in capsys.readouterr().out
    relabelled = (tmp_path / "r.relabelled.csv").read_text().splitlines()
    assert len(relabelled) == 5
    assert (tmp_path / "r.relabelled.stems.csv").read_text().count("\n") == 5
