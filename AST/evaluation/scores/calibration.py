"""How scores and accuracy go together: coverage, reliability and calibration error."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from AST.evaluation.files.score_file import StemScores
from AST.labels import SPEECH
from AST.metrics import normalised
from AST.results import Row

BIN_COUNT = 10
SIMULATIONS = 200
SEED = 0

Confidences = npt.NDArray[np.float64]
"""The model's score of each prediction, 0 to 1, shape (n,); NaN for a stem without scores."""
Matches = npt.NDArray[np.bool_]
"""Which predictions are right, shape (n,)."""


@dataclass(frozen=True)
class Shown:
    """The figures if predictions with a score below a threshold are not shown.

    Attributes:
        share: Coverage: the share of all stems whose prediction is shown, 0 to 1.
        accuracy: Accuracy of the shown predictions, 0 to 1; None if nothing is shown.
    """

    threshold: float
    share: float
    accuracy: float | None


@dataclass(frozen=True)
class Bin:
    """The predictions with a score in one part of the range; None in an empty part."""

    low: float
    high: float
    count: int
    mean_score: float | None
    accuracy: float | None


def confidences(rows: Sequence[Row], scores: StemScores) -> Confidences:
    """AST's score of each prediction, or the speech model's score where that model decided."""
    index_of_name = {name.lower(): index for index, name in enumerate(scores.outputs.names)}
    indices = np.array([index_of_name.get(row.prediction.lower(), -1) for row in rows])
    confidence = np.asarray(scores.scores[np.arange(len(rows)), indices], np.float64)
    confidence[indices < 0] = np.nan
    speech = decided_by_speech_model(rows)
    confidence[speech] = scores.speech_score_percent[speech] / 100
    confidence[~scores.has_scores] = np.nan
    return confidence


def decided_by_speech_model(rows: Sequence[Row]) -> Matches:
    """The stems whose prediction is the speech model's, shape (n,)."""
    return np.array([normalised(row.proposed_label) == SPEECH for row in rows])


def shown_from(confidence: Confidences, right: Matches, threshold: float) -> Shown:
    """The figures if only scores from a threshold on are shown. A NaN score is never shown.

    >>> shown_from(np.array([0.9, 0.4, 0.2]), np.array([True, False, True]), 0.3)
    Shown(threshold=0.3, share=0.666..., accuracy=0.5)
    """
    shown = confidence >= threshold
    return Shown(threshold, float(shown.mean()), _mean(right[shown]))


def reliability(confidence: Confidences, right: Matches) -> list[Bin]:
    """Mean score and accuracy of the predictions in each tenth of the score range."""
    parts = _bins_of(confidence)
    bins = []
    for part in range(BIN_COUNT):
        inside = parts == part
        low, high, count = part / BIN_COUNT, (part + 1) / BIN_COUNT, int(inside.sum())
        bins.append(Bin(low, high, count, _mean(confidence[inside]), _mean(right[inside])))
    return bins


def _bins_of(confidence: Confidences) -> Confidences:
    return np.minimum(confidence * BIN_COUNT, BIN_COUNT - 1) // 1


def _mean(values: Confidences | Matches) -> float | None:
    return float(values.mean()) if len(values) else None


def expected_calibration_error(bins: Sequence[Bin]) -> float | None:
    """Mean distance between mean score and accuracy, 0 to 1; each bin weighted by its count.

    It is None if all bins are empty.
    Source: Guo and others, On Calibration of Modern Neural Networks, ICML 2017.
    """
    total = sum(one.count for one in bins)
    distances = [
        one.count * abs(one.mean_score - one.accuracy)
        for one in bins
        if one.mean_score is not None and one.accuracy is not None
    ]
    return sum(distances) / total if total else None


def expected_error_if_calibrated(confidence: Confidences) -> float | None:
    """The expected calibration error, 0 to 1, if each score were the probability of being right.

    It is above 0, because few stems differ from their probability by chance: an error that is no
    larger is no sign of bad calibration. It is the mean of simulated results with a fixed seed;
    None if no prediction has a score.
    Source: Bröcker, Smith, Increasing the reliability of reliability diagrams, Weather and
    Forecasting 2007.
    """
    known = confidence[np.isfinite(confidence)]
    if not len(known):
        return None
    generator = np.random.default_rng(SEED)
    bins = _bins_of(known).astype(int)
    errors = [
        np.abs(np.bincount(bins, weights=(generator.random(len(known)) < known) - known)).sum()
        for _ in range(SIMULATIONS)
    ]
    return float(np.mean(errors)) / len(known)
