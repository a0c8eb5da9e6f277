"""The two readers, from the command line."""

import csv
from pathlib import Path

import pytest

import analyze_dsd100
import analyze_moisesdb
from AST.labels import LabelMap
from tests.helpers import ROOT, RunScript

PUBLISHED = ROOT.parent / "shared" / "reference" / "published"
needs_published = pytest.mark.skipif(
    not PUBLISHED.is_dir(), reason="the published results are not part of the project"
)

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


def test_computeaccuracy(run: RunScript, results: Path) -> None:
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
def test_list_labels(run: RunScript, results: Path, script: str) -> None:
    result = run(script, results)
    assert result.returncode == 0
    assert result.stdout == "Unique labels found:\n['bass', 'drums', 'vocals']\n"


@pytest.mark.parametrize("script", ["computeaccuracy.py", "AST/list_labels.py"])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "results.csv: No such file or directory; expected a results file"),
        ("", "results.csv: empty file; expected the columns"),
        ("label,path\n", "results.csv: no column prediction, proposed_label in the header"),
        (RESULTS + "x,y\n", "results.csv, row 4 (line 5): 2 fields, expected 4"),
    ],
)
def test_a_broken_results_file_takes_one_line(
    run: RunScript, tmp_path: Path, script: str, content: str | None, message: str
) -> None:
    if content is not None:
        (tmp_path / "results.csv").write_text(content)
    result = run(script, "results.csv")
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.startswith(f"error: {message}")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "script",
    [
        "analyze_dsd100.py",
        "analyze_moisesdb.py",
        "computeaccuracy.py",
        "relabel.py",
        "explain.py",
        "AST.weights",
    ],
)
def test_help(run: RunScript, script: str) -> None:
    result = run(script, "--help")
    assert result.returncode == 0
    assert result.stdout.startswith("usage: ")


@needs_published
@pytest.mark.parametrize(
    ("name", "figure", "songs", "mistake"),
    [
        ("results_dsd100.csv", "92.00% (276/300", 100, "bass -> guitar 9"),
        ("results_moises.csv", "87.29% (2219/2542", 240, "bass -> synthesizer 52"),
    ],
)
def test_the_published_figures(
    run: RunScript, name: str, figure: str, songs: int, mistake: str
) -> None:
    result = run("computeaccuracy.py", PUBLISHED / name)
    assert result.stdout.startswith(f"Accuracy: {figure} matches)\n")
    assert f"drawing songs ({songs} songs," in result.stdout
    assert f"what AST heard):\n  {mistake}\n" in result.stdout


@needs_published
@pytest.mark.parametrize("script", [analyze_dsd100, analyze_moisesdb])
def test_the_label_dictionaries_give_the_published_labels(script: object) -> None:
    dataset = script.DATASET  # type: ignore[attr-defined]
    proposed_label = LabelMap(dataset.names_of_stem)
    with open(PUBLISHED / dataset.results_file, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) in (300, 2542)
    for row in rows:
        assert proposed_label(row["prediction"]) == row["proposed_label"]


@pytest.mark.parametrize("flag", ["--json", "--report"])
def test_nothing_that_is_read_is_overwritten(run: RunScript, results: Path, flag: str) -> None:
    (results.parent / "results.run.json").write_text("kept")
    for name in ("results.csv", "results.run.json", "results.scores.npz"):
        result = run("computeaccuracy.py", results, flag, results.with_name(name))
        assert result.returncode == 2
        assert f"{name}: this command reads or writes that file already" in result.stderr
    assert results.read_text() == RESULTS
    assert (results.parent / "results.run.json").read_text() == "kept"


def test_two_outputs_are_two_files(run: RunScript, results: Path, tmp_path: Path) -> None:
    result = run("computeaccuracy.py", results, "--json", tmp_path / "x", "--report", "x")
    assert result.returncode == 2
    assert "x: this command reads or writes that file already" in result.stderr


def test_the_plain_figure_is_given_whatever_lies_beside(run: RunScript, results: Path) -> None:
    results.with_name("results.scores.npz").write_bytes(b"no archive")
    result = run("computeaccuracy.py", results)
    assert result.returncode == 2
    assert result.stdout.startswith("Accuracy: 66.67% (2/3 matches)\n\nMismatches:\n")
    assert result.stdout.endswith("  Proposed label: other\n")
    assert "results.scores.npz: no scores of a run" in result.stderr
    assert len(result.stderr.splitlines()) == 1
