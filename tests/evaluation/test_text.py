"""The figures as text: on one screen, within 80 columns, and without steering the terminal."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from AST.commands.accuracy import main
from AST.evaluation.definitions import DEFINITIONS
from AST.evaluation.files.saved_run import SavedRun, read_run
from AST.evaluation.findings import find
from AST.evaluation.layout import WIDTH, matrix
from AST.evaluation.summary import summarise
from AST.evaluation.text import describe
from AST.labels import instrument_labels
from AST.list_labels import main as list_labels
from AST.metrics import accuracy_report
from AST.results import Row, format_rows
from tests.evaluation.scores.test_ranking import random_run
from tests.evaluation.windows.window_runs import window_run, written
from tests.helpers import DICTIONARY, ROWS, stem_scores

EVIL = "bass\x1b[2k\x07\r\n\x9b31m\u202egnos\u2028x"
"""Clears the screen, rings, begins another line, and turns the direction of writing."""
ESCAPED = "bass\\x1b[2k\\x07\\r\\n\\x9b31m\\u202egnos\\u2028x"


def large_run(classes: int = 25) -> SavedRun:
    """A run with long names of songs and classes, with scores, in which much is wrong."""
    rows, scores = random_run(0, count=400)
    names = [f"a class with the long name {number}" for number in range(classes)]
    rows = [
        row._replace(label=names[i % classes], path=f"{'a long song ' * 9}{i % 40}/{i}.wav")
        for i, row in enumerate(rows)
    ]
    record = {
        "label_dictionary": {names[0]: [instrument_labels()[1]]},
        "songs": {row.path: row.path.partition("/")[0] for row in rows},
    }
    return SavedRun(Path(f"{'x' * 90}.csv"), rows, scores, record)


def test_the_summary_is_one_screen(tmp_path: Path) -> None:
    run = large_run()
    other = tmp_path / f"{'y' * 90}.csv"
    other.write_text(format_rows([Row._fields, *run.rows]), newline="")
    for findings in (find(run, other), find(SavedRun(Path("r.csv"), ROWS[:1]))):
        lines = summarise(findings).splitlines()
        assert len(lines) <= 24
        assert max(map(len, lines)) <= 80
    lines = summarise(find(run, other)).splitlines()
    assert lines[0] == f"Accuracy: 0.00% (0/{len(run.rows)} matches)"
    assert any("more classes" in line for line in lines)
    assert any("do not follow" in line for line in lines)
    assert any("Difference +0.00" in line for line in lines)


def test_the_command_prints_the_summary_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "r.csv"
    file.write_text(format_rows([Row._fields, *ROWS]), newline="")
    assert main([str(file), "--summary"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("Accuracy: 20.00% (1/5 matches)\n95 % interval: ")
    assert "Proposed label other 2, speech 1, silence 1, error 0\n" in text
    assert "Mismatches" not in text


@pytest.mark.parametrize("classes", [3, 10, 40])
def test_the_matrix_fits_eighty_columns_and_keeps_every_count(classes: int) -> None:
    names = [f"class {number}" for number in range(classes)]
    generator = np.random.default_rng(classes)
    counts = {
        name: dict(zip([*names, "other"], generator.integers(1, 9999, classes + 1), strict=True))
        for name in names
    }
    lines = matrix(counts)
    assert max(map(len, lines)) <= WIDTH
    for name, cells in counts.items():
        own = [line for line in lines if line.startswith(f"  {name} ")]
        found = [cell for line in own for cell in line.removeprefix(f"  {name} ").split()]
        assert found == [str(cell) for cell in cells.values()]
    heads = " ".join(lines)
    assert ("Columns: 1 class 0, 2 class 1" in heads) == (classes > 3)
    assert "other" in heads


def test_each_figure_is_defined_in_the_json_file(tmp_path: Path) -> None:
    run = window_run()
    instruments = {
        "instruments": {run.rows[1].path: "snare drum"},
        "instrument_names": {"snare drum": {"exact": ["snare drum"], "broader": ["drum"]}},
    }
    record = {**(run.record or {}), **instruments}
    file = written(replace(run, record=record), tmp_path / "r.csv")
    assert main([str(file), "--against", str(file), "--json", str(tmp_path / "x.json")]) == 0
    content: dict[str, Any] = json.loads((tmp_path / "x.json").read_bytes())
    assert content.pop("definitions") == DEFINITIONS
    assert keys_of(content) >= DEFINITIONS.keys()
    assert set(content["macro"]) <= DEFINITIONS.keys()


def keys_of(value: Any) -> set[str]:
    """All keys of nested JSON objects."""
    if isinstance(value, dict):
        return set(value).union(*map(keys_of, value.values()))
    return set().union(*map(keys_of, value)) if isinstance(value, list) else set()


def test_the_text_says_what_each_figure_means() -> None:
    run = SavedRun(Path("r.csv"), ROWS, stem_scores(), {"label_dictionary": DICTIONARY})
    text = " ".join(describe(find(run)).split())
    for name in ("precision", "macro_f1", "macro_f1_all_labels", "cohens_kappa", "top_classes"):
        assert DEFINITIONS[name] in text
    assert "stems that a dataset itself calls other were not analysed" in text


def test_the_two_models_that_can_say_speech_are_named_apart() -> None:
    run = SavedRun(Path("r.csv"), ROWS)
    text = " ".join(describe(find(run)).split())
    assert "proposed label speech 1 (20.0 %)" in text
    assert "vocals -> speech (AST's name) 1" in text
    assert "vocals -> speech (speech model) 1" in text


def test_no_text_of_a_file_steers_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [Row(EVIL, f"{EVIL}/{i}.wav", EVIL, proposed) for i, proposed in enumerate((EVIL, "x"))]
    file, other = tmp_path / "r.csv", tmp_path / "other.csv"
    file.write_text(format_rows([Row._fields, *rows]), newline="")
    rows = [rows[1]._replace(path=rows[0].path), rows[0]._replace(path=rows[1].path)]
    other.write_text(format_rows([Row._fields, *rows]), newline="")
    for flags in ([], ["--summary"], ["--against", str(other)]):
        assert main([str(file), *flags]) == 0
        shown = capsys.readouterr().out
        assert ESCAPED in shown
        assert not set(EVIL) - set("bas2kgnox31m[\n") & set(shown)
    assert accuracy_report(rows).count("\n") == 6
    assert list_labels([str(file)]) == 0
    assert capsys.readouterr().out.count("\n") == 2
    file.write_text(format_rows([Row._fields, *rows, rows[0]]), newline="")
    assert main([str(file)]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert ESCAPED in error


def test_a_run_read_from_files_has_groups_and_thresholds_in_its_text(tmp_path: Path) -> None:
    rows, stems = random_run(5)
    file = tmp_path / "r.csv"
    file.write_text(format_rows([Row._fields, *rows]), newline="")
    levels = np.linspace(-60, -6, 150)
    np.savez(
        tmp_path / "r.scores.npz",
        paths=np.array([row.path for row in rows][::-1]),
        scores=stems.scores[::-1],
        speech_score_percent=stems.speech_score_percent[::-1],
        rms_dbfs=levels[::-1],
        duration_s=np.linspace(99, 1, 150),
    )
    songs = {row.path: f"song {i // 4}" for i, row in enumerate(rows)}
    record = {"label_dictionary": {"bass": ["bass guitar"]}, "songs": songs}
    (tmp_path / "r.run.json").write_text(json.dumps(record))
    run = read_run(file, rows)
    assert run.scores is not None
    assert run.scores.rms_dbfs is not None
    np.testing.assert_array_equal(run.scores.rms_dbfs, levels)
    findings = find(run)
    assert [(one.low, one.high) for one in findings.by_duration] == [
        (1, 10.24), (10.24, 30), (30, 60), (60, 100),
    ]  # fmt: skip
    assert sum(one.total for one in findings.by_level) == 150
    text = describe(findings)
    assert "Accuracy by level (RMS of the whole stem)" in text
    assert "For 90 % right: " in text
