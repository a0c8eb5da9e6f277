"""Figures by class, confidence intervals, and songs."""

import json
from pathlib import Path

import pytest

from AST.evaluation.accuracy.classes import (
    Confusion,
    confusion_matrix,
    no_class_counts,
    raw_confusions,
    without_errors,
)
from AST.evaluation.files.saved_run import SavedRun, read_run
from AST.evaluation.files.songs import guessed_songs
from AST.evaluation.findings import find
from AST.evaluation.text import describe
from AST.results import Row, format_rows

ROWS = [
    Row("bass", "D/Sources/Dev/1/bass.wav", "bass guitar", "bass"),
    Row("drums", "D/Sources/Dev/1/drums.wav", "drum kit", " Drums"),
    Row("vocals", "D/Sources/Dev/1/vocals.wav", "speech", "speech"),
    Row("bass", "D/Sources/Dev/2/bass.wav", "synthesizer", "other"),
    Row("drums", "D/Sources/Dev/2/drums.wav", "error", "error"),
    Row("Vocals ", "D/Sources/Dev/2/vocals.wav", "bass guitar", "bass"),
    Row("bass", "D/Sources/Test/3/bass.wav", "synthesizer", "other"),
]
"""Right: bass 1 of 3, drums 1 of 2, vocals 0 of 2; songs: 2 of 3, 0 of 3, 0 of 1."""


def at(rows: list[Row], root: str) -> list[Row]:
    return [row._replace(path=row.path.replace("D/", root, 1)) for row in rows]


def test_counts_of_labels_that_are_not_a_class() -> None:
    assert no_class_counts(ROWS) == {"other": 2, "speech": 1, "silence": 0, "error": 1}
    assert len(without_errors(ROWS)) == 6


def test_the_confusion_matrix_starts_with_the_classes() -> None:
    matrix = confusion_matrix(ROWS)
    assert list(matrix.index) == ["bass", "drums", "vocals"]
    assert list(matrix.columns) == ["bass", "drums", "vocals", "error", "other", "speech"]
    assert matrix.to_numpy().tolist() == [
        [1, 0, 0, 0, 2, 0],
        [0, 1, 0, 1, 0, 0],
        [1, 0, 0, 0, 0, 1],
    ]


def test_confusions_of_classes_with_predictions() -> None:
    first, *others = raw_confusions(ROWS)
    assert first == Confusion("bass", "synthesizer", "other", False, 2)
    assert "error" not in {one.prediction for one in others}
    assert "speech (speech model)" in {one.prediction_text for one in others}
    by_ast = Row("vocals", "v.wav", "speech", "other")
    assert raw_confusions([by_ast])[0].prediction_text == "speech (AST's name)"
    assert {one.count for one in others} == {1}


def test_songs_are_guessed_for_both_layouts() -> None:
    assert guessed_songs(ROWS)[:4:3] == ["D/Sources/Dev/1", "D/Sources/Dev/2"]
    tracks = [
        Row("Other_Keys", "m/moisesdb_v0.1/abc/other_keys/x.wav", "organ", "other_keys"),
        Row("keys", "m/moisesdb_v0.1/abc/other_keys/y.wav", "organ", "keys"),  # renamed
        Row("bass", "m/moisesdb_v0.1/abc/bass/z.wav", "bass guitar", "bass"),
    ]
    assert set(guessed_songs(tracks)) == {"m/moisesdb_v0.1/abc"}
    assert SavedRun(Path("a.csv"), tracks).paths_from_song[0] == "abc/other_keys/x.wav"
    called_bass = [Row(name, f"D/Bass/{name}.wav", "", "") for name in ("bass", "drums")]
    assert set(guessed_songs(called_bass)) == {"D/Bass"}
    both = [Row(name, f"D/s/{name}/{name}.wav", "", "") for name in ("bass", "drums")]
    assert set(guessed_songs(both)) == {"D/s"}


def test_recorded_songs_are_used_if_no_row_is_missing() -> None:
    recorded = {row.path: f"song {i}" for i, row in enumerate(ROWS)}
    run = SavedRun(Path("r.csv"), ROWS, record={"songs": recorded})
    assert run.songs == list(recorded.values())
    del recorded[ROWS[3].path]
    run = SavedRun(Path("r.csv"), ROWS, record={"songs": recorded})
    assert run.songs == guessed_songs(ROWS)


def test_findings_as_json_and_as_text(tmp_path: Path) -> None:
    file, other = tmp_path / "r.csv", tmp_path / "other.csv"
    for path, rows in ((file, ROWS), (other, at(ROWS, "E/"))):
        path.write_text(format_rows([Row._fields, *rows]), newline="")
    findings = find(read_run(file, ROWS), other)
    content = json.loads(json.dumps(findings.as_json(), allow_nan=False))
    assert content["accuracy_percent"] == pytest.approx(200 / 7)
    assert content["accuracy_without_errors_percent"] == pytest.approx(200 / 6)
    assert content["confusion"]["bass"] == {
        "bass": 1, "drums": 0, "vocals": 0, "error": 0, "other": 2, "speech": 0,
    }  # fmt: skip
    assert content["scores"] is None
    assert content["intervals"] == {"confidence": 0.95, "resamples": 10_000, "seed": 0}
    assert content["comparison"]["difference_percent"] == 0
    text = describe(findings)
    assert "over 3 songs (Wilson with the design effect of songs, 2." in text
    assert "Accuracy without the stems that failed: 33.33 %" in text
    assert "  bass -> synthesizer 2" in text
    assert "Scores: there is no r.scores.npz and no r.run.json beside the results." in text


def test_a_run_in_which_all_stems_failed_has_figures() -> None:
    rows = [row._replace(prediction="error", proposed_label="error") for row in ROWS]
    findings = find(SavedRun(Path("r.csv"), rows))
    assert findings.accuracy_without_errors_percent is None
    text = describe(findings)
    assert "Accuracy without the stems that failed: no stem is left" in text
    assert "error 7 (100.0 %)" in text
