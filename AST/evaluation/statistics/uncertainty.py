"""Confidence intervals of shares and of differences of shares. None of them has zero width."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from AST.evaluation.statistics.design_effect import effective_count, measured_design_effect
from AST.evaluation.statistics.song_bootstrap import (
    CONFIDENCE,
    RESAMPLE_COUNT,
    SEED,
    Array,
    song_numbers,
)
from AST.evaluation.statistics.tango import Z, tango_interval

SETTINGS = {"confidence": CONFIDENCE, "resamples": RESAMPLE_COUNT, "seed": SEED}
SONGS_FOR_BOOTSTRAP = 30
"""With fewer songs the bootstrap's intervals are too narrow (measured: doc/statistics.md)."""


@dataclass(frozen=True)
class Interval:
    """A 95 % interval, in percent or percentage points."""

    low_percent: float
    high_percent: float


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval.

    Attributes:
        value: In its own unit, such as 0 to 1; None if it is not defined.
        interval: In percent; None if there is none.
    """

    value: float | None
    interval: Interval | None


@dataclass(frozen=True)
class SongInterval:
    """An interval of a share that respects that stems of one song are alike.

    Attributes:
        design_effect: How many times more stems are needed than if stems were independent;
            at least 1.
    """

    interval: Interval
    design_effect: float


def wilson_interval(matches: float, total: float) -> Interval:
    """Wilson's score interval of a share, treating stems as independent.

    Source: Wilson, Probable inference, JASA 1927.

    >>> wilson_interval(276, 300)
    Interval(low_percent=88.37..., high_percent=94.56...)
    """
    share, weight = matches / total, 1 / (1 + Z**2 / total)
    middle = weight * (share + Z**2 / (2 * total))
    half = weight * Z * (share * (1 - share) / total + (Z / (2 * total)) ** 2) ** 0.5
    return Interval(100 * max(middle - half, 0), 100 * min(middle + half, 1))


def share_interval(matches: Array, totals: Array) -> SongInterval | None:
    """Wilson's interval of a share of stems, for the number of stems divided by the design effect.

    Args:
        matches, totals: Each song's right stems and all its stems, shape (songs,).

    Returns:
        None for a single song with stems, because it says nothing about other songs.
    """
    matches, totals = matches[totals > 0], totals[totals > 0]
    if len(totals) < 2:
        return None
    share, total = float(matches.sum() / totals.sum()), float(totals.sum())
    effect = measured_design_effect(matches, totals, share * (1 - share))
    count = effective_count(total, effect, len(totals))
    return SongInterval(wilson_interval(share * count, count), effect)


def song_interval(songs: Sequence[Hashable], right: Sequence[float]) -> SongInterval | None:
    """The interval of an accuracy, from each stem's song and whether it is right: 1 or 0."""
    return share_interval(*_song_totals(songs, right))


def difference_interval(songs: Sequence[Hashable], differences: Sequence[float]) -> Interval | None:
    """Tango's interval of the difference of two accuracies on the same stems, in percentage points.

    It is the one for the number of stems divided by the design effect.

    Args:
        songs: The song of each stem.
        differences: Of each stem: 1 if only the first run is right, -1 if only the other one is,
            else 0.

    Returns:
        None for a single song, because it says nothing about other songs.
    """
    sums, counts = _song_totals(songs, differences)
    if len(counts) < 2:
        return None
    signs, total = np.asarray(differences), len(differences)
    gained, lost = float((signs > 0).mean()), float((signs < 0).mean())
    effect = measured_design_effect(sums, counts, gained + lost - (gained - lost) ** 2)
    low, high = tango_interval(gained, lost, effective_count(total, effect, len(counts)))
    return Interval(100 * low, 100 * high)


def _song_totals(songs: Sequence[Hashable], values: Sequence[float]) -> tuple[Array, Array]:
    numbers = song_numbers(songs)
    sums = np.asarray(np.bincount(numbers, weights=values), np.float64)
    return sums, np.bincount(numbers).astype(np.float64)
