"""Which predictions to show: from which score on are so many of them right?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from AST.evaluation.scores.calibration import Confidences, Matches
from AST.evaluation.statistics.song_bootstrap import SEED, song_numbers

WANTED_PRECISIONS = (0.9, 0.95, 0.99)
FOLDS = 10


@dataclass(frozen=True)
class Threshold:
    """From which score on predictions are shown, so that the wanted share of them is right.

    Attributes:
        wanted_precision: 0 to 1.
        score: The lowest one with that precision over all stems; None if there is none.
        precision: Of the predictions shown, the share that is right, 0 to 1, on songs that had no
            part in the choice of the score; None if none is shown.
        shown: Of all stems, the share whose prediction is shown, 0 to 1, on such songs.
    """

    wanted_precision: float
    score: float | None
    precision: float | None
    shown: float


def thresholds(confidence: Confidences, right: Matches, songs: Sequence[str]) -> list[Threshold]:
    """The scores for the wanted precisions; none for a single song.

    The songs are split into ten parts, by chance with a fixed seed. Each part is shown by the score
    that the other parts give.

    Args:
        confidence: NaN for a stem that is never shown.
    """
    numbers = song_numbers(songs)
    count = int(numbers.max()) + 1
    if count < 2:
        return []
    order = np.random.default_rng(SEED).permutation(count)
    part_of_song = np.empty(count, int)
    part_of_song[order] = np.arange(count) % FOLDS
    parts = part_of_song[numbers]
    found = []
    for wanted in WANTED_PRECISIONS:
        shown = np.zeros(len(right), bool)
        for part in range(min(FOLDS, count)):
            held_out = parts == part
            limit = lowest_score(confidence[~held_out], right[~held_out], wanted)
            shown[held_out] = limit is not None and confidence[held_out] >= limit
        precision = float(right[shown].mean()) if shown.any() else None
        score = lowest_score(confidence, right, wanted)
        found.append(Threshold(wanted, score, precision, float(shown.mean())))
    return found


def lowest_score(confidence: Confidences, right: Matches, wanted: float) -> float | None:
    """The lowest score from which on the wanted share, 0 to 1, is right; None if there is none.

    >>> lowest_score(np.array([0.9, 0.8, 0.4, 0.2]), np.array([True, False, True, False]), 0.6)
    0.4
    """
    scores, share = share_right_from(confidence, right)
    enough = np.flatnonzero(share >= wanted)
    return float(scores[enough[-1]]) if len(enough) else None


def share_right_from(
    confidence: Confidences, right: Matches
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Each score that occurs, the highest first, and which share is right from it on."""
    known = np.isfinite(confidence)
    scores, place = np.unique(-confidence[known], return_inverse=True)
    right_at, stems_at = np.bincount(place, weights=right[known]), np.bincount(place)
    return -scores, np.cumsum(right_at) / np.cumsum(stems_at)


def risk_coverage_area(confidence: Confidences, right: Matches) -> float | None:
    """Mean share of wrong predictions, 0 to 1, among the 1, 2, …, n predictions with best scores.

    Stems with the same score have each the mean of their results. NaN scores are left out.
    Source: Geifman, Uziel, El-Yaniv, Bias-reduced uncertainty estimation for deep neural
    classifiers, ICLR 2019.

    >>> risk_coverage_area(np.array([0.9, 0.5, 0.1]), np.array([True, False, True]))
    0.277...
    """
    known = np.isfinite(confidence)
    if not known.any():
        return None
    _, place, counts = np.unique(-confidence[known], return_inverse=True, return_counts=True)
    wrong = np.bincount(place, weights=~right[known]) / counts
    cumulated = np.cumsum(np.repeat(wrong, counts))
    return float((cumulated / np.arange(1, len(cumulated) + 1)).mean())
