"""Tests of the difference of two runs over the same stems: p values and the odds ratio."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

HALDANE_CORRECTION = 0.5
"""Stems, added to both counts. Source: Haldane, Annals of Human Genetics 1956."""

SMALLEST = float(np.finfo(np.float64).tiny)
"""No p value is 0: a smaller one is given as this, the smallest number with all its digits."""


@dataclass(frozen=True)
class OddsRatio:
    """Stems that are right only in the first run, for each one that is right only in the second.

    Attributes:
        value: None if there is no such stem.
        is_corrected: One of the counts is 0, so half a stem was added to both.
    """

    value: float | None
    is_corrected: bool


def sign_flip_p(songs: Sequence[Hashable], gains: Sequence[int]) -> float:
    """The two-sided p value, 0 to 1, of a permutation test that keeps songs whole.

    If the runs are equally good, each song's gain could as well have the other sign. The p value is
    the share of all choices of signs whose sum is at least as far from 0 as the sum that was seen.
    It is exact for any number of songs, because gains are whole numbers of stems: the distribution
    of the sum is built song by song.
    Source: Good, Permutation, Parametric and Bootstrap Tests of Hypotheses, 2005, chapter 3.

    Args:
        songs: The song of each stem.
        gains: 1 if only the first run is right about a stem, -1 if only the second is, else 0.

    >>> sign_flip_p(["a", "a", "b", "c"], [1, 1, 1, 0])
    0.5
    """
    number_of_song = {song: number for number, song in enumerate(dict.fromkeys(songs))}
    numbers = [number_of_song[song] for song in songs]
    sums = np.rint(np.bincount(numbers, weights=gains)).astype(int)
    furthest = int(np.abs(sums).sum())
    # The chance of each sum, from -furthest to furthest.
    chances: npt.NDArray[np.float64] = np.zeros(2 * furthest + 1)
    chances[furthest] = 1
    for size in np.abs(sums[sums != 0]).tolist():
        chances = (np.roll(chances, size) + np.roll(chances, -size)) / 2
    is_as_far = np.abs(np.arange(-furthest, furthest + 1)) >= abs(int(sums.sum()))
    return min(1.0, max(SMALLEST, float(chances[is_as_far].sum())))


def mcnemar_p(gained: int, lost: int) -> float:
    """The two-sided p value, 0 to 1, of McNemar's exact test. It treats stems as independent.

    It is the probability of counts at least this unequal if gains and losses are equally likely.
    Source: McNemar, Note on the sampling error of the difference between correlated proportions or
    percentages, Psychometrika 1947.

    >>> mcnemar_p(8, 1)
    0.0390625
    >>> mcnemar_p(0, 0)
    1.0
    """
    from scipy.stats import binomtest

    return max(SMALLEST, float(binomtest(gained, gained + lost).pvalue)) if gained + lost else 1.0


def holm(p_values: Sequence[float]) -> list[float]:
    """P values for several tests: with a limit of 5 %, the risk of any false finding is 5 %.

    Source: Holm, A simple sequentially rejective multiple test procedure, 1979.

    >>> holm([0.04, 0.01, 0.03])
    [0.06, 0.03, 0.06]
    """
    corrected = [0.0] * len(p_values)
    largest = 0.0
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    for place, i in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - place) * p_values[i]))
        corrected[i] = largest
    return corrected


def odds_ratio(gained: int, lost: int) -> OddsRatio:
    """The conditional odds ratio of two runs over the same stems.

    >>> odds_ratio(8, 2), odds_ratio(3, 0)
    (OddsRatio(value=4.0, is_corrected=False), OddsRatio(value=7.0, is_corrected=True))
    """
    if gained and lost:
        return OddsRatio(gained / lost, False)
    if not gained and not lost:
        return OddsRatio(None, False)
    return OddsRatio((gained + HALDANE_CORRECTION) / (lost + HALDANE_CORRECTION), True)
