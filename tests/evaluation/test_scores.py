"""Figures from the scores beside a results file."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from AST.errors import UsageError
from AST.evaluation.findings import find
from AST.evaluation.saved_run import read_run
from AST.evaluation.score_figures import (
    Bin,
    Shown,
    confidences,
    decided_anew,
    expected_calibration_error,
    places_of_right_class,
    reliability,
    rule_effect,
    score_figures,
    shown_from,
)
from AST.evaluation.score_file import read_scores
from AST.evaluation.text import describe
from AST.labels import AUDIOSET_SPEECH_INDEX, LabelMap
from AST.results import Row, format_rows
from AST.rules import SpeechRule
from tests.helpers import DICTIONARY, INDEX, ROWS, stem_scores, write_scores

LABEL_MAP = LabelMap(DICTIONARY)


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A run's three files."""
    file = tmp_path / "r.csv"
    file.write_text(format_rows([Row._fields, *ROWS]), newline="")
    write_scores(tmp_path / "r.scores.npz", [row.path for row in ROWS], stem_scores())
    (tmp_path / "r.run.json").write_text(json.dumps({"label_dictionary": DICTIONARY}))
    return file


def test_the_right_class_among_the_best() -> None:
    places = places_of_right_class(ROWS, stem_scores(), LABEL_MAP)
    assert places.tolist() == [1, 2, 3, 3, np.inf]  # silence never


def test_confidence_is_the_score_of_what_decided() -> None:
    expected = [0.9, 0.5, 0.8, 0.6, np.nan]
    np.testing.assert_allclose(confidences(ROWS, stem_scores()), expected, rtol=1e-6)


def test_what_is_withheld() -> None:
    confidence = np.array([0.9, 0.5, 0.8, 0.6, np.nan])
    right = np.array([True, False, False, True, True])
    assert shown_from(confidence, right, 0) == Shown(0, 4 / 5, 2 / 4)
    assert shown_from(confidence, right, 0.6) == Shown(0.6, 3 / 5, 2 / 3)
    assert shown_from(confidence, right, 0.95) == Shown(0.95, 0, None)


def test_calibration_by_hand() -> None:
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
        (SpeechRule(speech_from_percent=10), 1, 1),  # the second vocals too are speech now
        (SpeechRule(speech_from_percent=200), 1, 1),  # rapping, which the dictionary lacks
        (SpeechRule(ignored_below_percent=30), 1, 0),  # piano, other as well
    ],
)
def test_what_another_rule_would_have_made(rule: SpeechRule, matches: int, changed: int) -> None:
    effect = rule_effect("another", rule, ROWS, stem_scores(), LABEL_MAP)
    assert (effect.matches, effect.total, effect.changed) == (matches, 5, changed)


def test_findings_with_scores(results: Path) -> None:
    findings = find(read_run(results, ROWS))
    assert findings.scores is not None
    assert findings.scores_missing is None
    assert findings.scores.top[2] == 2 / 5
    assert findings.scores.score_quartiles_of_right == pytest.approx((0.9, 0.9, 0.9))
    assert findings.scores.score_quartiles_of_wrong == pytest.approx((0.55, 0.6, 0.7))
    assert json.loads(json.dumps(findings.as_json(), allow_nan=False))["scores"]["bins"]
    effects = {one.rule: (one.matches, one.changed) for one in findings.scores.rules}
    assert effects["as it is"] == (1, 0)
    assert effects["speech rule off"] == (1, 1)  # rapping instead of speech: other
    text = describe(findings)
    assert "1: 20.00 %, 2: 40.00 %, 3: 80.00 %" in text
    assert "speech rule off" in text
    withheld = text.partition("score from")[2].partition("The same scores")[0].splitlines()[1:]
    assert [line.split()[0] for line in withheld] == [f"0.{tenth}0" for tenth in range(10)]
    assert withheld[0].split() == ["0.00", "80.0", "%", "25.00", "%"]
    assert "0.60" in text


def test_rules_that_are_tried_on_scores() -> None:
    scores = stem_scores()
    singing, speech = INDEX["Singing"], AUDIOSET_SPEECH_INDEX
    scores.scores[2, singing] = 0.9  # the speech rule alone makes it wrong
    scores.scores[0, speech] = 0.95  # ignored, as the speech score is low
    rows = decided_anew(ROWS, scores, LABEL_MAP)
    assert [row.proposed_label for row in rows[:3]] == ["bass", "other", "speech"]
    effects = score_figures(rows, scores, LABEL_MAP).rules
    assert [(one.rule, one.matches, one.changed) for one in effects] == [
        ("as it is", 1, 0),
        ("speech rule off", 2, 1),
        ('"Speech" never ignored', 0, 1),
    ]


def test_scores_follow_the_rows_of_a_sorted_file(results: Path) -> None:
    rows = sorted(ROWS)
    scores = read_scores(results, rows)
    assert scores is not None
    expected = [stem_scores().speech_score_percent[ROWS.index(row)] for row in rows]
    assert scores.speech_score_percent.tolist() == expected


def test_scores_of_something_else(results: Path) -> None:
    path = results.with_name("r.scores.npz")
    write_scores(path, ["x.wav"] * 4 + ["D/1/bass.wav"], stem_scores())
    with pytest.raises(
        UsageError, match=r"ValueError: shapes \(5, 527\) and \(5,\) for 2 paths, expected"
    ):
        read_scores(results, ROWS)
    write_scores(path, list("abcde"), stem_scores())
    with pytest.raises(UsageError, match=r"no scores of D/1/bass\.wav and 4 more rows"):
        read_scores(results, ROWS)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"no archive"])
def test_damaged_scores(results: Path, content: bytes) -> None:
    results.with_name("r.scores.npz").write_bytes(content)
    with pytest.raises(UsageError, match=r"r\.scores\.npz: no scores of a run"):
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
def test_scores_that_are_none(
    results: Path, name: str, value: npt.NDArray[Any], message: str
) -> None:
    scores = replace(stem_scores(), **{name: value})
    write_scores(results.with_name("r.scores.npz"), [row.path for row in ROWS], scores)
    with pytest.raises(
        UsageError, match=rf"r\.scores\.npz: no scores of a run \(ValueError: {message}"
    ):
        read_scores(results, ROWS)


def test_every_flipped_bit_takes_one_line(results: Path) -> None:
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


def test_scores_of_another_run_are_told(results: Path) -> None:
    edited = [ROWS[0]._replace(prediction="tick", proposed_label="other"), *ROWS[1:]]
    findings = find(read_run(results, edited))
    assert findings.scores is not None
    assert findings.scores.decided_otherwise == 1
    assert "Warning: 1 rows are not what these scores" in describe(findings)


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
def test_damaged_run_records(results: Path, content: str) -> None:
    results.with_name("r.run.json").write_text(content)
    with pytest.raises(UsageError, match=r"r\.run\.json: no record of a run"):
        read_run(results, ROWS)


@pytest.mark.parametrize("dictionary", [3, {}, {"bass": "bass guitar"}, {"error": ["tick"]}])
def test_records_without_a_label_dictionary(results: Path, dictionary: object) -> None:
    content = json.dumps({"label_dictionary": dictionary})
    results.with_name("r.run.json").write_text(content)
    with pytest.raises(UsageError, match=r"r\.run\.json: .*(expected|cannot be a stem's name)"):
        read_run(results, ROWS)
