"""Draws whole songs again and again, because stems of one song are alike.

Source: Davison, Hinkley: Bootstrap Methods and their Application, 1997, chapter 3.8.
"""

from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt

CONFIDENCE = 0.95
RESAMPLE_COUNT = 10_000
RESAMPLES_AT_ONCE = 500
SEED = 0

Array = npt.NDArray[np.float64]


def song_numbers(songs: Sequence[Hashable]) -> npt.NDArray[np.int64]:
    """A number for each stem's song: 0 for the first song, and so on. Shape: (stems,).

    >>> song_numbers(["b", "a", "b"]).tolist()
    [0, 1, 0]
    """
    number_of_song = {song: number for number, song in enumerate(dict.fromkeys(songs))}
    return np.array([number_of_song[song] for song in songs], np.int64)


def resampled_totals(
    by_song: npt.NDArray[np.number], resamples: int = RESAMPLE_COUNT, seed: int = SEED
) -> Array:
    """Sums over as many songs as there are, drawn with replacement.

    Songs with the same counts are one outcome of the draw, with the probability of all of them.
    So ten thousand songs of one stem cost no more than a few.

    Args:
        by_song: What each song adds to the sums, shape (songs, columns).

    Returns:
        Shape (resamples, columns).
    """
    generator = np.random.default_rng(seed)
    kinds, songs_of_kind = np.unique(by_song, axis=0, return_counts=True)
    kinds = kinds.astype(float)
    songs = len(by_song)
    return np.concatenate(
        [
            generator.multinomial(songs, songs_of_kind / songs, size) @ kinds
            for size in _sizes(resamples)
        ]
    )


def _sizes(resamples: int) -> list[int]:
    """How many resamples are drawn at once, so that memory does not grow with their number."""
    whole, rest = divmod(resamples, RESAMPLES_AT_ONCE)
    return [RESAMPLES_AT_ONCE] * whole + [rest] * bool(rest)


def percentile_interval(values: Array) -> tuple[float, float] | None:
    """The middle 95 % of a figure's resamples, shape (n,). NaN, an undefined figure, is left out.

    Returns:
        None if all resamples are alike: they say nothing about other songs.
    """
    known = values[np.isfinite(values)]
    if not len(known) or np.ptp(known) == 0:
        return None
    tail = 50 * (1 - CONFIDENCE)
    low, high = np.percentile(known, [tail, 100 - tail]).tolist()
    return (low, high) if low < high else None
