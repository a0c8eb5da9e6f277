"""Confidence intervals of an accuracy."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

CONFIDENCE = 0.95
RESAMPLE_COUNT = 10_000
RESAMPLES_AT_ONCE = 500
SEED = 0
SETTINGS = {"confidence": CONFIDENCE, "resamples": RESAMPLE_COUNT, "seed": SEED}


@dataclass(frozen=True)
class Interval:
    """A 95 % interval, in percent or percentage points."""

    low_percent: float
    high_percent: float


def wilson_interval(matches: int, total: int) -> Interval:
    """Wilson's score interval of a share, treating stems as independent.

    Source: Wilson, Probable inference, JASA 1927.

    >>> wilson_interval(276, 300)
    Interval(low_percent=88.37..., high_percent=94.56...)
    """
    from scipy.stats import binomtest

    interval = binomtest(matches, total).proportion_ci(CONFIDENCE, method="wilson")
    return Interval(100 * float(interval.low), 100 * float(interval.high))


def song_interval(songs: Sequence[Hashable], values: Sequence[float]) -> Interval | None:
    """Percentile bootstrap of a mean. It draws whole songs, because stems of one song are alike.

    Source: Davison, Hinkley: Bootstrap Methods and their Application, 1997, chapter 3.8.

    Args:
        songs: The song of each stem.
        values: The value of each stem: 1 if right, 0 if wrong, or the difference of two of these.

    Returns:
        None for a single song, because it says nothing about other songs.
    """
    from scipy.stats import bootstrap

    number_of_song = {song: number for number, song in enumerate(dict.fromkeys(songs))}
    if len(number_of_song) < 2:
        return None
    numbers = [number_of_song[song] for song in songs]
    sums, counts = np.bincount(numbers, weights=values), np.bincount(numbers)
    interval = bootstrap(
        (sums, counts),
        lambda sums, counts, axis: sums.sum(axis=axis) / counts.sum(axis=axis),
        paired=True,
        n_resamples=RESAMPLE_COUNT,
        batch=RESAMPLES_AT_ONCE,
        confidence_level=CONFIDENCE,
        method="percentile",
        rng=np.random.default_rng(SEED),
    ).confidence_interval
    return Interval(100 * float(interval.low), 100 * float(interval.high))
