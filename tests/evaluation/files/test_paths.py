"""Results whose paths were written on another system: on Windows, or with decomposed accents."""

import unicodedata
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from AST.errors import UsageError
from AST.evaluation.files.saved_run import SavedRun
from AST.evaluation.files.score_file import read_scores
from AST.evaluation.files.songs import guessed_songs
from AST.evaluation.several_runs.figures import compare_runs
from AST.results import Row
from tests.helpers import stem_scores, write_scores

ROWS = [
    Row(name, f"D/Sources/{part}/Café \\udce9/{name}.wav", "bass guitar", "bass")
    for part in ("Dev", "Test")
    for name in ("bass", "drums")
] + [Row("bass", "D/Sources/Test/2/bass.wav", "bass guitar", "bass")]
"""Two songs have a folder of the same name. One byte of that name is not UTF-8."""


def on_windows(path: str) -> str:
    return path.replace("/", "\\")


def decomposed(path: str) -> str:
    return unicodedata.normalize("NFD", path)


elsewhere = pytest.mark.parametrize("form", [on_windows, decomposed])


def rewritten(form: Callable[[str], str]) -> list[Row]:
    return [row._replace(path=form(row.path)) for row in ROWS]


@elsewhere
def test_songs_are_the_same(form: Callable[[str], str]) -> None:
    here = SavedRun(Path("a.csv"), ROWS)
    there = SavedRun(Path("b.csv"), rewritten(form))
    assert guessed_songs(there.rows) == guessed_songs(ROWS)
    assert len(set(there.songs)) == 3
    assert there.paths_from_song == here.paths_from_song
    recorded = {row.path: f"song {i}" for i, row in enumerate(ROWS)}
    known = SavedRun(Path("b.csv"), there.rows, record={"songs": recorded})
    assert known.songs == list(recorded.values())


@elsewhere
def test_runs_are_matched(form: Callable[[str], str]) -> None:
    result = compare_runs(
        [SavedRun(Path("a.csv"), ROWS), SavedRun(Path("b.csv"), rewritten(form)[1:])]
    )
    assert [run.left_out for run in result.runs] == [1, 0]
    assert (result.stems, result.disagreements) == (4, [])


def test_runs_are_matched_from_the_song_on() -> None:
    others = [row._replace(path="E:\\data\\" + on_windows(row.path)) for row in ROWS[2:]]
    result = compare_runs([SavedRun(Path("a.csv"), ROWS[2:]), SavedRun(Path("b.csv"), others)])
    assert [run.total for run in result.runs] == [3, 3]
    assert [run.left_out for run in result.runs] == [0, 0]


@elsewhere
def test_scores_are_found(tmp_path: Path, form: Callable[[str], str]) -> None:
    scores = stem_scores()
    write_scores(tmp_path / "r.scores.npz", [row.path for row in ROWS], scores)
    read = read_scores(tmp_path / "r.csv", rewritten(form)[::-1])
    assert read is not None
    np.testing.assert_array_equal(read.scores, scores.scores[::-1])
    stranger = Row("bass", "x\\y.wav", "tick", "other")
    with pytest.raises(UsageError, match=r"has no scores of x\\y\.wav and 0 more rows"):
        read_scores(tmp_path / "r.csv", [*ROWS, stranger])


def test_scores_of_names_that_differ_only_in_form_stay_apart(tmp_path: Path) -> None:
    rows = [Row("bass", name, "tick", "other") for name in ("é.wav", decomposed("é.wav"))]
    rows += [Row("bass", name, "tick", "other") for name in ("a/b.wav", "a\\b.wav", "c.wav")]
    scores = stem_scores()
    write_scores(tmp_path / "r.scores.npz", [row.path for row in rows], scores)
    read = read_scores(tmp_path / "r.csv", rows)
    assert read is not None
    np.testing.assert_array_equal(read.scores, scores.scores)
