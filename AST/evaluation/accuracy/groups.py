"""Accuracy song by song, and of groups of stems with a similar level or duration."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from AST.evaluation.statistics.song_bootstrap import song_numbers
from AST.evaluation.statistics.uncertainty import Interval, song_interval

WORST_SONGS = 10
TENTHS = 10
FEWEST_FOR_QUARTILES = 5
LEVELS_DBFS = (-48, -36, -30, -24, -18, -12)
"""Limits of the groups. Below -48 dBFS Hi-Audio calls a file silent."""
DURATIONS_S = (10.24, 30, 60, 120, 240, 480)
"""Limits of the groups. AST takes 10.24 s of a stem."""

Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SongFigure:
    """How many of a song's stems are right."""

    song: str
    matches: int
    total: int


@dataclass(frozen=True)
class SongFigures:
    """The accuracies of the songs.

    Attributes:
        mean_percent: Each song counts the same, whatever its number of stems.
        quartiles_percent: Lower quartile, median, upper quartile; empty for fewer than 5 songs.
        counts_by_tenth: Number of songs with an accuracy from 0 to below 10 %, and so on; the last
            tenth holds 100 % too.
        worst: At most ten songs with a wrong stem, the lowest accuracy first.
    """

    count: int
    mean_percent: float
    quartiles_percent: list[float]
    counts_by_tenth: list[int]
    worst: list[SongFigure]


@dataclass(frozen=True)
class Group:
    """The stems with a value from ``low`` to below ``high``.

    Attributes:
        interval: Of the accuracy, over songs; None if all stems are of one song.
    """

    low: float
    high: float
    matches: int
    total: int
    interval: Interval | None


def song_figures(songs: Sequence[str], right: Sequence[bool]) -> SongFigures | None:
    """The accuracies of the songs; None for a single song, or if each stem is its own song."""
    names = list(dict.fromkeys(songs))
    if len(names) in (1, len(songs)):
        return None
    numbers = song_numbers(songs)
    matches = np.bincount(numbers, weights=right).astype(int).tolist()
    totals = np.bincount(numbers).tolist()
    found = [SongFigure(*one) for one in zip(names, matches, totals, strict=True)]
    # In whole numbers: a rounded quotient could put 7 of 10 into the tenth below.
    tenths = [min(TENTHS * one.matches // one.total, TENTHS - 1) for one in found]
    percent = np.array([100 * one.matches / one.total for one in found])
    worst = sorted(found, key=lambda one: (one.matches / one.total, -one.total, one.song))
    return SongFigures(
        count=len(found),
        mean_percent=float(percent.mean()),
        quartiles_percent=quartiles(percent) or [],
        counts_by_tenth=np.bincount(tenths, minlength=TENTHS).tolist(),
        worst=[one for one in worst[:WORST_SONGS] if one.matches < one.total],
    )


def quartiles(values: Values) -> list[float] | None:
    """Lower quartile, median and upper quartile; None for fewer than 5 known values.

    >>> quartiles(np.array([1.0, 2, 3, 4, 5, np.nan]))
    [2.0, 3.0, 4.0]
    """
    known = values[np.isfinite(values)]
    if len(known) < FEWEST_FOR_QUARTILES:
        return None
    return [float(value) for value in np.quantile(known, [0.25, 0.5, 0.75])]


def grouped(
    values: Values | None, limits: Sequence[float], songs: Sequence[str], right: Sequence[bool]
) -> list[Group]:
    """The groups that have stems, the lowest values first. Stems without a value are left out.

    Args:
        values: Of each stem, shape (n,); None if they are not known.
        limits: Between the groups. The first group starts at the smallest value rounded down, the
            last one ends at the largest value rounded up.
    """
    if values is None or not np.isfinite(values).any():
        return []
    known = values[np.isfinite(values)]
    lowest, highest = float(np.floor(known.min())), float(np.floor(known.max()) + 1)
    ends = [lowest, *limits, highest]
    group_of_stem = np.where(np.isfinite(values), np.searchsorted(limits, values, "right"), -1)
    groups = []
    for number, (low, high) in enumerate(itertools.pairwise(ends)):
        stems = np.flatnonzero(group_of_stem == number).tolist()
        if stems:
            own = [right[stem] for stem in stems]
            found = song_interval([songs[stem] for stem in stems], own)
            interval = found.interval if found else None
            bounds = max(low, lowest), min(high, highest)
            groups.append(Group(*bounds, sum(own), len(own), interval))
    return groups
