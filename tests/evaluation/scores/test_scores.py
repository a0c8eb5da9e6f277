"""Figures from the scores, and the files beside a results file."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from AST.errors import UsageError
from AST.evaluation.files.saved_run import read_run
from AST.evaluation.files.score_file import read_run_record, read_scores
from AST.evaluation.findings import find
from AST.evaluation.scores.calibration import (
    Bin,
    Shown,
    confidences,
    expected_calibration_error,
    reliability,
    shown_from,
)
from AST.evaluation.scores.figures import ranks_of_right_class, score_figures
from AST.evaluation.scores.rule_effects import decide_again, rule_effect
from AST.evaluation.summary import summarise
from AST.evaluation.text import describe
from AST.labels import AUDIOSET_SPEECH_INDEX, LabelMap
from AST.results import Row, format_rows
from AST.rules import SpeechRule
from tests.helpers import DICTIONARY, INDEX, ROWS, stem_scores, write_scores

LABEL_MAP = LabelMap(DICTIONARY)


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """The three files of a run."""
    file = tmp_path / "r.csv"
    file.write_text(format_rows([Row._fields, *ROWS]), newline="")
    write_scores(tmp_path / "r.scores.npz", [row.path for row in ROWS], stem_scores())
    (tmp_path / "r.run.json").write_text(json.dumps({"label_dictionary": DICTIONARY}))
    return file


def test_ranks_of_the_right_class() -> None:
    ranks = ranks_of_right_class(ROWS, stem_scores(), LABEL_MAP)
    assert ranks.tolist() == [1, 2, 3, 3, np.inf]  # a silent stem has no rank


def test_confidence_is_the_score_of_the_model_that_decided() -> None:
    expected = [0.9, 0.5, 0.8, 0.6, np.nan]
    np.testing.assert_allclose(confidences(ROWS, stem_scores()), expected, rtol=1e-6)


def test_coverage_and_accuracy_from_a_threshold() -> None:
    confidence = np.array([0.9, 0.5, 0.8, 0.6, np.nan])
    right = np.array([True, False, False, True, True])
    assert shown_from(confidence, right, 0) == Shown(0, 4 / 5, 2 / 4)
    assert shown_from(confidence, right, 0.6) == Shown(0.6, 3 / 5, 2 / 3)
    assert shown_from(confidence, right, 0.95) == Shown(0.95, 0, None)


def test_calibration_of_a_small_example() -> None:
    confidence = np.array([0.05, 0.95, 1.0, 0.85, np.nan])
    right = np.array([True, True, False, True, False])
    bins = reliability(confidence, right)
    assert bins[0] == Bin(0, 0.1, 1, 0.05, 1)
    assert bins[1] == Bin(0.1, 0.2, 0, None, None)
    assert bins[9] == Bin(0.9, 1, 2, 0.975, 0.5)
    # |0.05 - 1| + |0.85 - 1| + 2 |0.975 - 0.5|, of 4 predictions
    assert expected_calibration_error(bins) == pytest.approx((0.95 + 0.15 + 0.95) / 4)
    assert expected_calibration_error(reliability(np.array([np.nan]), right[:1])) is None


@pytest.mark.parametrize(
    ("rule", "matches", "changed"),
    [
        (SpeechRule(), 1, 0),
        (SpeechRule(speech_from_percent=10), 1, 1),  # the second vocals become speech too
        (SpeechRule(speech_from_percent=200), 1, 1),  # rapping: not in the dictionary, so other
        (SpeechRule(ignored_below_percent=30), 1, 0),  # piano: other too
    ],
)
def test_the_effect_of_other_rules(rule: SpeechRule, matches: int, changed: int) -> None:
    effect = rule_effect("another", rule, ROWS, stem_scores(), LABEL_MAP)
    assert (effect.matches, effect.total, effect.changed) == (matches, 5, changed)


def test_findings_with_scores(results: Path) -> None:
    findings = find(read_run(results, ROWS))
    assert findings.scores is not None
    assert findings.scores_missing is None
    assert findings.scores.top[2] == 2 / 5
    assert findings.scores.score_quartiles_of_right is None  # of one value
    assert json.loads(json.dumps(findings.as_json(), allow_nan=False))["scores"]["bins"]
    effects = {one.rule: (one.matches, one.changed) for one in findings.scores.rules}
    assert effects["as it is"] == (1, 0)
    assert effects["speech rule off"] == (1, 1)  # rapping instead of speech, so other
    text = describe(findings)
    assert "1: 20.00 %, 2: 40.00 %, 3: 80.00 %" in text
    assert "speech rule off" in text
    coverage = text.partition("score from")[2].partition("Area under")[0].splitlines()[1:]
    assert [line.split()[0] for line in coverage] == [f"0.{tenth}0" for tenth in range(10)]
    assert coverage[0].split() == ["0.00", "60.0", "%", "33.33", "%"]  # without speech and silence
    assert "0.60" in text


def test_the_three_rules_of_the_figures() -> None:
    scores = stem_scores()
    singing, speech = INDEX["Singing"], AUDIOSET_SPEECH_INDEX
    scores.scores[2, singing] = 0.9  # only the speech rule makes it wrong
    scores.scores[0, speech] = 0.95  # ignored, because the speech score is low
    rows = decide_again(ROWS, scores, LABEL_MAP)
    assert [row.proposed_label for row in rows[:3]] == ["bass", "other", "speech"]
    effects = score_figures(rows, scores, LABEL_MAP, list("11122")).rules
    assert [(one.rule, one.matches, one.changed) for one in effects] == [
        ("as it is", 1, 0),
        ("speech rule off", 2, 1),
        ('"Speech" never ignored', 0, 1),
    ]


def test_scores_are_read_in_the_order_of_the_rows(results: Path) -> None:
    rows = sorted(ROWS)
    scores = read_scores(results, rows)
    assert scores is not None
    expected = [stem_scores().speech_score_percent[ROWS.index(row)] for row in rows]
    assert scores.speech_score_percent.tolist() == expected


def test_scores_of_other_stems_are_refused(results: Path) -> None:
    path = results.with_name("r.scores.npz")
    write_scores(path, ["x.wav"] * 4 + ["D/1/bass.wav"], stem_scores())
    with pytest.raises(
        UsageError, match=r"ValueError: shapes \[\(5, 527\), \(5,\)\] for 2 paths, expected"
    ):
        read_scores(results, ROWS)
    write_scores(path, list("abcde"), stem_scores())
    with pytest.raises(UsageError, match=r"has no scores of D/1/bass\.wav and 4 more rows"):
        read_scores(results, ROWS)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"not an archive"])
def test_damaged_scores_are_refused(results: Path, content: bytes) -> None:
    results.with_name("r.scores.npz").write_bytes(content)
    with pytest.raises(UsageError, match=r"r\.scores\.npz: not the scores of a run"):
        read_run(results, ROWS)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("speech_score_percent", np.zeros((5, 1)), "shapes"),
        ("speech_score_percent", np.full(5, 101.0), "scores outside"),
        ("scores", np.full((5, 527), -1.0), "scores outside"),
        ("scores", np.full((5, 527), "x"), "could not convert"),
    ],
)
def test_arrays_that_are_not_scores_are_refused(
    results: Path, name: str, value: npt.NDArray[Any], message: str
) -> None:
    changes: dict[str, Any] = {name: value}
    scores = replace(stem_scores(), **changes)
    write_scores(results.with_name("r.scores.npz"), [row.path for row in ROWS], scores)
    with pytest.raises(
        UsageError, match=rf"r\.scores\.npz: not the scores of a run \(ValueError: {message}"
    ):
        read_scores(results, ROWS)


def test_a_flipped_bit_gives_at_most_a_usage_error(results: Path) -> None:
    path = results.with_name("r.scores.npz")
    content = path.read_bytes()
    generator = np.random.default_rng(0)
    refused = 0
    for place in generator.integers(0, len(content), 200):
        path.write_bytes(content[:place] + bytes([content[place] ^ 16]) + content[place + 1 :])
        try:
            read_scores(results, ROWS)
        except UsageError:
            refused += 1
    assert refused > 100


def test_rows_that_do_not_follow_from_the_scores_give_a_warning(results: Path) -> None:
    edited = [ROWS[0]._replace(prediction="tick", proposed_label="other"), *ROWS[1:]]
    findings = find(read_run(results, edited))
    assert findings.scores is not None
    assert findings.scores.decided_otherwise == 1
    text = " ".join(describe(findings).split())
    assert "the run's label dictionary: 1. They were edited, or" in text
    assert "Warning: 1 rows do not follow from the scores" in summarise(findings)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"label_dictionary": {"bass": []}, "dataset": "\\ud800"}',
        "{}",
        '{"label_dictionary": {"bass": []}, "models": []}',
        '{"label_dictionary": {"bass": []}, "models": {"ast": {"path": null}}}',
    ],
)
def test_damaged_run_records_are_refused(results: Path, content: str) -> None:
    results.with_name("r.run.json").write_text(content)
    with pytest.raises(UsageError, match=r"r\.run\.json: not the record of a run"):
        read_run(results, ROWS)


def test_a_record_with_a_song_that_is_not_a_text_is_refused(results: Path) -> None:
    record = {"label_dictionary": DICTIONARY, "songs": {ROWS[0].path: 1}}
    results.with_name("r.run.json").write_text(json.dumps(record))
    with pytest.raises(UsageError, match=r"not the record of a run .*a song is not a text"):
        read_run_record(results)


@pytest.mark.parametrize("dictionary", [3, {}, {"bass": "bass guitar"}, {"error": ["tick"]}])
def test_records_without_a_label_dictionary_are_refused(results: Path, dictionary: object) -> None:
    content = json.dumps({"label_dictionary": dictionary})
    results.with_name("r.run.json").write_text(content)
    with pytest.raises(UsageError, match=r"r\.run\.json: .*(expected|no class can be called)"):
        read_run(results, ROWS)
