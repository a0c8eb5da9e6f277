"""Figures by class, confidence intervals, songs, and the comparison of two runs."""

import json
from math import comb
from pathlib import Path

import pytest

from AST.errors import UsageError
from AST.evaluation.classes import (
    Confusion,
    confusion_matrix,
    no_class_counts,
    raw_confusions,
    without_errors,
)
from AST.evaluation.comparison import compare, mcnemar_p
from AST.evaluation.findings import find
from AST.evaluation.saved_run import SavedRun, read_run
from AST.evaluation.songs import guessed_songs
from AST.evaluation.text import describe, probability
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


@pytest.mark.parametrize(("gained", "lost"), [(8, 1), (0, 3), (5, 5), (30, 12)])
def test_mcnemar_equals_the_binomial_sum(gained: int, lost: int) -> None:
    total = gained + lost
    tail = sum(comb(total, k) for k in range(min(gained, lost) + 1)) / 2**total
    assert mcnemar_p(gained, lost) == pytest.approx(min(1, 2 * tail))


def test_songs_are_guessed_for_both_layouts() -> None:
    assert guessed_songs(ROWS)[:4:3] == ["D/Sources/Dev/1", "D/Sources/Dev/2"]
    tracks = [
        Row("Other_Keys", "m/moisesdb_v0.1/abc/other_keys/x.wav", "organ", "other_keys"),
        Row("keys", "m/moisesdb_v0.1/abc/other_keys/y.wav", "organ", "keys"),  # renamed
        Row("bass", "m/moisesdb_v0.1/abc/bass/z.wav", "bass guitar", "bass"),
    ]
    assert set(guessed_songs(tracks)) == {"m/moisesdb_v0.1/abc"}
    assert saved("a.csv", tracks).paths_from_song[0] == "abc/other_keys/x.wav"
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


def saved(name: str, rows: list[Row]) -> SavedRun:
    return SavedRun(Path(name), rows)


def test_stems_are_matched_in_another_folder() -> None:
    others = at(ROWS, "/elsewhere/")
    others[3] = others[3]._replace(proposed_label="bass", prediction="bass guitar")
    others[0] = others[0]._replace(proposed_label="other", prediction="tick")
    others[6] = others[6]._replace(proposed_label="bass", prediction="bass guitar")
    result = compare(saved("a.csv", ROWS), saved("b.csv", others[:1] + others[2:]))
    assert (result.stems, result.only_here, result.only_there, result.songs) == (6, 1, 0, 3)
    assert result.accuracy_percent == pytest.approx(100 / 6)
    assert result.difference_percent == pytest.approx(-100 / 6)
    assert (result.gained, result.lost) == ({"bass": 1}, {"bass": 2})
    assert result.mcnemar_p == 1
    assert [change.path for change in result.changed] == [ROWS[i].path for i in (0, 3, 6)]
    assert result.changed[0].other_prediction == "tick"
    assert result.interval is not None
    assert result.interval.low_percent < result.difference_percent < result.interval.high_percent


def test_some_stems_may_be_in_the_same_folder() -> None:
    others = [ROWS[0], *at(ROWS[1:], "/elsewhere/")]
    result = compare(saved("a.csv", ROWS), saved("b.csv", others))
    assert (result.stems, result.only_here, result.changed) == (7, 0, [])


def test_runs_over_different_stems_are_not_compared() -> None:
    strangers = [Row("bass", "m/moisesdb_v0.1/x/bass/1.wav", "bass guitar", "bass")]
    with pytest.raises(UsageError, match=r"a\.csv and b\.csv have no stem in common: found D/S"):
        compare(saved("a.csv", ROWS), saved("b.csv", strangers))
    with pytest.raises(UsageError, match=r"class is bass in a\.csv and drums in b\.csv; expected"):
        compare(saved("a.csv", ROWS), saved("b.csv", [ROWS[0]._replace(label="drums")]))
    with pytest.raises(UsageError, match=r"b\.csv: 2 rows have the path D/Sources/Dev/1/bass\.wav"):
        compare(saved("a.csv", ROWS), saved("b.csv", [ROWS[0], ROWS[0]]))


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
    assert describe(findings).endswith("McNemar's exact p = 1, treating stems as independent")
    others = at(ROWS, "E/")
    others[3] = others[3]._replace(prediction="bass guitar", proposed_label="bass")
    other.write_text(format_rows([Row._fields, *others]), newline="")
    text = describe(find(read_run(file, ROWS), other))
    assert text.endswith(
        "D/Sources/Dev/2/bass.wav: other (synthesizer), in the other run bass (bass guitar); "
        "class bass"
    )
    assert "over 3 songs (Wilson with the design effect; design effect 2." in text
    assert "Accuracy without the stems that failed: 33.33 %" in text
    assert "  bass -> synthesizer 2" in text
    assert "Scores: there is no r.scores.npz and no r.run.json beside the results." in text
    assert "difference -14.29 percentage points" in text


def test_a_run_in_which_all_stems_failed_has_figures() -> None:
    rows = [row._replace(prediction="error", proposed_label="error") for row in ROWS]
    findings = find(SavedRun(Path("r.csv"), rows))
    assert findings.accuracy_without_errors_percent is None
    text = describe(findings)
    assert "Accuracy without the stems that failed: no stem is left" in text
    assert "error 7 (100.0 %)" in text


@pytest.mark.parametrize(("p", "text"), [(0.0390625, "= 0.0391"), (1e-13, "< 1e-12")])
def test_very_small_p_values_are_shown_as_a_bound(p: float, text: str) -> None:
    assert probability(p) == text
