"""The commands that read a results file."""

import json
import os
import sys
from pathlib import Path

import pytest

from tests.helpers import RunScript

RESULTS = """label,path,prediction,proposed_label
drums,b/drums.wav,drum kit,Drums
bass,"a, a/bass.wav",tick,other
vocals,a/vocals.wav,singing,vocals
"""


@pytest.fixture
def results(tmp_path: Path) -> Path:
    path = tmp_path / "results.csv"
    path.write_text(RESULTS)
    return path


def test_computeaccuracy_prints_accuracy_and_mismatches(run: RunScript, results: Path) -> None:
    result = run("computeaccuracy.py", results)
    assert result.returncode == 0
    assert result.stderr == ""
    assert result.stdout.splitlines()[:8] == [
        "Accuracy: 66.67% (2/3 matches)",
        "",
        "Mismatches:",
        "- File: a, a/bass.wav",
        "  Expected label: bass",
        "  Predicted label: tick",
        "  Proposed label: other",
        "",
    ]


@pytest.mark.parametrize("script", ["AST/list_labels.py", "AST.list_labels"])
def test_list_labels_prints_the_labels(run: RunScript, results: Path, script: str) -> None:
    result = run(script, results)
    assert result.returncode == 0
    assert result.stdout == "Unique labels found:\n['bass', 'drums', 'vocals']\n"


def test_list_labels_prints_each_label_once(run: RunScript, results: Path) -> None:
    results.write_text(RESULTS + "Flu\u0308gel,c.wav,x,y\nFl\u00fcgel,d.wav,x,y\n", "utf-8")
    assert run("AST/list_labels.py", results).stdout.count("gel") == 1
    results.write_text("label\nOther_Keys\nother_keys\n Bass \n")
    assert run("AST/list_labels.py", results).stdout.endswith("\n['bass', 'other_keys']\n")


def test_an_accuracy_needs_two_columns(run: RunScript, results: Path) -> None:
    results.write_text("label,proposed_label\nbass,Bass\ndrums,other\n")
    result = run("computeaccuracy.py", results)
    assert (result.returncode, result.stderr.count("\n")) == (0, 1)
    assert "results.csv: has no column path, prediction" in result.stderr
    start = "Accuracy: 50.00% (1/2 matches)\n\nMismatches:\n- File: not given, row 2\n"
    assert result.stdout.startswith(start)
    results.with_name("results.scores.npz").write_text("of a table with all columns")
    assert run("computeaccuracy.py", results).stdout == result.stdout
    result = run("computeaccuracy.py", results, "--json", "figures.json")
    assert result.returncode == 2
    assert "results.csv: lacks paths or predictions" in result.stderr
    result = run("relabel.py", results, "--dataset", "dsd100", "--output", results.parent / "b.csv")
    assert result.returncode == 2
    assert "no column path, prediction" in result.stderr


def test_without_rows_there_is_nothing_to_evaluate(run: RunScript, results: Path) -> None:
    for content, problem in ((RESULTS.splitlines()[0], "no rows below"), ("", "empty file")):
        results.write_text(content)
        result = run("computeaccuracy.py", results)
        assert (result.returncode, result.stdout) == (2, "No data to evaluate.\n")
        assert result.stderr.startswith(f"error: {results}: {problem}")


def test_one_line_says_how_a_file_was_read(run: RunScript, results: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text(RESULTS, "utf-16")
    results.write_text("Label;PATH;prediction;proposed_label\nbass;a, a\\bass.wav;tick;other\n")
    how = "with semicolons between fields, with column names in lower case"
    note = f"note: {results}: read {how}\n"
    for command in (
        ["AST/list_labels.py", results],
        ["computeaccuracy.py", results],
        ["computeaccuracy.py", results, "--against", results],
    ):
        result = run(*command)
        assert (result.returncode, result.stderr) == (0, note)
    result = run("relabel.py", results, "--dataset", "dsd100", "--output", tmp_path / "new.csv")
    assert result.stderr.count("note: ") == 1
    result = run("computeaccuracy.py", other, "--against", tmp_path / "new.csv")
    assert result.stderr == f"note: {other}: read as UTF-16\n"


@pytest.mark.parametrize("script", ["computeaccuracy.py", "AST/list_labels.py"])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "results.csv: No such file or directory; expected a results file"),
        ("", "results.csv: empty file; expected the columns"),
        ("path,prediction\n", "results.csv: no column label"),
        (RESULTS + "x,y\n", "results.csv, row 4 (line 5): 2 fields, expected 4"),
    ],
)
def test_a_broken_results_file_gives_one_line(
    run: RunScript, tmp_path: Path, script: str, content: str | None, message: str
) -> None:
    if content is not None:
        (tmp_path / "results.csv").write_text(content)
    result = run(script, "results.csv")
    assert result.returncode == 2
    assert result.stdout in ("", "No data to evaluate.\n")
    assert result.stderr.startswith(f"error: {message}")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "script",
    [
        "analyze_dsd100.py",
        "analyze_moisesdb.py",
        "computeaccuracy.py",
        "relabel.py",
        "merge_results.py",
        "explain.py",
        "AST.weights",
    ],
)
def test_every_script_has_a_help_text(run: RunScript, script: str) -> None:
    result = run(script, "--help")
    assert result.returncode == 0
    assert result.stdout.startswith("usage: ")


@pytest.mark.parametrize("flag", ["--json", "--report"])
def test_an_output_never_overwrites_an_input(run: RunScript, results: Path, flag: str) -> None:
    (results.parent / "results.run.json").write_text("kept")
    for name in ("results.csv", "results.run.json", "results.scores.npz"):
        result = run("computeaccuracy.py", results, flag, results.with_name(name))
        assert result.returncode == 2
        assert f"{name}: this command reads or writes that file already" in result.stderr
    assert results.read_text() == RESULTS
    assert (results.parent / "results.run.json").read_text() == "kept"


def test_two_outputs_cannot_be_the_same_file(run: RunScript, results: Path, tmp_path: Path) -> None:
    result = run("computeaccuracy.py", results, "--json", tmp_path / "x", "--report", "x")
    assert result.returncode == 2
    assert "x: this command reads or writes that file already" in result.stderr


def test_damaged_scores_do_not_hide_the_accuracy(run: RunScript, results: Path) -> None:
    results.with_name("results.scores.npz").write_bytes(b"not an archive")
    result = run("computeaccuracy.py", results)
    assert result.returncode == 2
    assert result.stdout.startswith("Accuracy: 66.67% (2/3 matches)\n\nMismatches:\n")
    assert result.stdout.endswith("  Proposed label: other\n")
    assert "results.scores.npz: not the scores of a run" in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="macOS has no such names")
def test_a_folder_whose_name_is_not_utf_8(run: RunScript, tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    (folder / "b").mkdir(parents=True)
    (folder / "b" / "drums.wav").touch()
    results = folder / "r.csv"
    results.write_text(RESULTS)
    written = ["--report", tmp_path / "page.html", "--json", folder / "figures.json"]
    result = run("computeaccuracy.py", results, "--against", results, *written)
    assert result.returncode == 0, result.stderr
    assert "caf%E9/b/drums.wav" in (tmp_path / "page.html").read_text("utf-8")
    assert r"caf\udce9/r.csv" in json.loads((folder / "figures.json").read_text("utf-8"))["file"]
    result = run("computeaccuracy.py", results, "--report", folder / "page.html")
    assert result.returncode == 0, result.stderr
    assert run("relabel.py", results, "--dataset", "dsd100").returncode == 0
