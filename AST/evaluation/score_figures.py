"""What the scores say beyond the one label: second choices, confidence, the rules' effect."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from AST.evaluation.score_file import StemScores
from AST.labels import SPEECH, LabelMap, audioset_labels
from AST.metrics import is_match, normalised
from AST.results import Row
from AST.rules import STUDY_RULE, SpeechRule, decide, ranked_instruments

TOP_COUNTS = (1, 2, 3, 5, 10)
THRESHOLDS = tuple(step / 20 for step in range(20))
"""Scores below which a prediction could be withheld."""
BIN_COUNT = 10
NO_SPEECH_RULE = SpeechRule(speech_from_percent=math.inf)
SPEECH_NEVER_IGNORED = SpeechRule(ignored_below_percent=0)

Confidences = npt.NDArray[np.float64]
"""How sure a model was of each prediction, 0 to 1, shape (n,); NaN where none was asked."""
Matches = npt.NDArray[np.bool_]
"""Which predictions are right, shape (n,)."""


@dataclass(frozen=True)
class Shown:
    """What is left when predictions with a score below a threshold are withheld.

    Attributes:
        share: Of all stems those whose prediction is shown (coverage), 0 to 1.
        accuracy: Of what is shown, 0 to 1; None when that is nothing.
    """

    threshold: float
    share: float
    accuracy: float | None


@dataclass(frozen=True)
class Bin:
    """The predictions whose score lies in one part of the range."""

    low: float
    high: float
    count: int
    mean_score: float | None
    accuracy: float | None


@dataclass(frozen=True)
class RuleEffect:
    """What another rule would have made of the same scores."""

    rule: str
    matches: int
    total: int
    changed: int


@dataclass(frozen=True)
class ScoreFigures:
    """All that is said of a run's scores.

    Attributes:
        decided_otherwise: Rows whose labels are not what the scores and the rules of today give.
        top: For some k the share of stems whose class is among AST's k best instrument labels, the
            speech rule left aside.
        score_quartiles_of_right: Lower quartile, median, upper quartile; None when there is none.
        expected_calibration_error: Mean distance of score and accuracy over the bins, 0 to 1; None
            when no prediction has a score.
    """

    decided_otherwise: int
    top: dict[int, float]
    score_quartiles_of_right: tuple[float, float, float] | None
    score_quartiles_of_wrong: tuple[float, float, float] | None
    shown: list[Shown]
    bins: list[Bin]
    expected_calibration_error: float | None
    rules: list[RuleEffect]


def score_figures(rows: Sequence[Row], scores: StemScores, label_map: LabelMap) -> ScoreFigures:
    """The figures of a run, from its rows and scores and its label dictionary."""
    confidence = confidences(rows, scores)
    right = np.array([is_match(row) for row in rows])
    bins = reliability(confidence, right)
    places = places_of_right_class(rows, scores, label_map)
    return ScoreFigures(
        decided_otherwise=len(decided_otherwise(rows, scores, label_map)),
        top={k: float((places <= k).mean()) for k in TOP_COUNTS},
        score_quartiles_of_right=_quartiles(confidence[right]),
        score_quartiles_of_wrong=_quartiles(confidence[~right]),
        shown=[shown_from(confidence, right, threshold) for threshold in THRESHOLDS],
        bins=bins,
        expected_calibration_error=expected_calibration_error(bins),
        rules=[
            rule_effect("as it is", STUDY_RULE, rows, scores, label_map),
            rule_effect("speech rule off", NO_SPEECH_RULE, rows, scores, label_map),
            rule_effect('"Speech" never ignored', SPEECH_NEVER_IGNORED, rows, scores, label_map),
        ],
    )


def confidences(rows: Sequence[Row], scores: StemScores) -> Confidences:
    """AST's score of each prediction, or where the speech model decided, its score."""
    place = {name.lower(): index for index, name in enumerate(audioset_labels())}
    confidence = np.full(len(rows), np.nan)
    for i, row in enumerate(rows):
        if not scores.has_scores[i]:
            continue
        if normalised(row.proposed_label) == SPEECH:
            confidence[i] = scores.speech_score_percent[i] / 100
        elif row.prediction.lower() in place:
            confidence[i] = scores.scores[i, place[row.prediction.lower()]]
    return confidence


def places_of_right_class(
    rows: Sequence[Row], scores: StemScores, label_map: LabelMap
) -> npt.NDArray[np.float64]:
    """Where among AST's instrument labels, the best being 1, the first of the right class stands.

    Shape: (n,); infinite where none is of that class or AST heard nothing.
    """
    places = np.full(len(rows), np.inf)
    for i in np.flatnonzero(scores.has_scores).tolist():
        wanted = normalised(rows[i].label)
        ranking = ranked_instruments(scores.scores[i], scores.speech_score_percent[i])
        for place, (name, _) in enumerate(ranking, 1):
            if normalised(label_map(name)) == wanted:
                places[i] = place
                break
    return places


def shown_from(confidence: Confidences, right: Matches, threshold: float) -> Shown:
    """What is shown from a score on; without a score (silence, failure) nothing ever is.

    >>> shown_from(np.array([0.9, 0.4, 0.2]), np.array([True, False, True]), 0.3)
    Shown(threshold=0.3, share=0.666..., accuracy=0.5)
    """
    shown = confidence >= threshold
    return Shown(
        threshold, float(shown.mean()), float(right[shown].mean()) if shown.any() else None
    )


def reliability(confidence: Confidences, right: Matches) -> list[Bin]:
    """Ten equal parts of the range of scores, each with what its predictions are worth."""
    parts = np.minimum(confidence * BIN_COUNT, BIN_COUNT - 1) // 1
    bins = []
    for part in range(BIN_COUNT):
        inside = parts == part
        bins.append(
            Bin(
                part / BIN_COUNT,
                (part + 1) / BIN_COUNT,
                int(inside.sum()),
                float(confidence[inside].mean()) if inside.any() else None,
                float(right[inside].mean()) if inside.any() else None,
            )
        )
    return bins


def expected_calibration_error(bins: Sequence[Bin]) -> float | None:
    """Mean distance of mean score and accuracy, each bin weighted by its predictions.

    Source: Guo and others, On Calibration of Modern Neural Networks, ICML 2017.
    """
    total = sum(one.count for one in bins)
    distances = [
        one.count * abs(one.mean_score - one.accuracy)
        for one in bins
        if one.mean_score is not None and one.accuracy is not None
    ]
    return sum(distances) / total if total else None


def rule_effect(
    name: str, rule: SpeechRule, rows: Sequence[Row], scores: StemScores, label_map: LabelMap
) -> RuleEffect:
    """Accuracy under a rule, and in how many stems the proposed label is not that of the file.

    Stems without scores keep their label.
    """
    decided = decided_anew(rows, scores, label_map, rule)
    changed = [
        row
        for row, was in zip(decided, rows, strict=True)
        if normalised(row.proposed_label) != normalised(was.proposed_label)
    ]
    return RuleEffect(name, sum(map(is_match, decided)), len(rows), len(changed))


def decided_otherwise(rows: Sequence[Row], scores: StemScores, label_map: LabelMap) -> list[Row]:
    """The rows that the scores do not give: edited ones, or all if the scores are another run's."""
    decided = decided_anew(rows, scores, label_map)
    return [
        row
        for row, again in zip(rows, decided, strict=True)
        if any(normalised(a) != normalised(b) for a, b in zip(row[2:], again[2:], strict=True))
    ]


def decided_anew(
    rows: Sequence[Row],
    scores: StemScores,
    label_map: LabelMap,
    rule: SpeechRule = STUDY_RULE,
) -> list[Row]:
    """The rows with the labels that the scores give; those without scores as they are."""
    decided = list(rows)
    for i in np.flatnonzero(scores.has_scores).tolist():
        labels = decide(scores.scores[i], scores.speech_score_percent[i], label_map, rule)
        decided[i] = Row(rows[i].label, rows[i].path, *labels)
    return decided


def _quartiles(confidence: Confidences) -> tuple[float, float, float] | None:
    known = confidence[np.isfinite(confidence)]
    if not len(known):
        return None
    lower, median, upper = np.quantile(known, [0.25, 0.5, 0.75])
    return float(lower), float(median), float(upper)
