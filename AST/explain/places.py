"""Which parts of a file belong to a window, and the outline of its waveform."""

import numpy as np
import numpy.typing as npt

from AST.audio.excerpt import Positions, length_of, part_of
from AST.audio.recording import Recording

OUTLINE_POINTS = 1500
"""More than a picture has columns."""

Places = list[tuple[float, float]]
"""Parts of a file: their starts and ends in seconds."""


def nearest_places_s(
    ranges: Positions, starts: Positions, window_length: float, sample_rate_hz: int
) -> list[Places]:
    """The parts of a file that each window is nearest to, of the windows that hear them.

    Where windows overlap, the one whose middle is nearer has the part.

    Args:
        ranges: Of the sound in the file: starts and ends in samples, shape (ranges, 2).
        starts: Where windows start in the file, in samples, ascending. Shape: (windows,).
        window_length: In samples.

    >>> nearest_places_s(np.array([[0, 10], [20, 40]]), np.array([0, 8, 24]), 8, 1)
    [[(0.0, 8.0)], [(8.0, 10.0), (20.0, 25.0)], [(25.0, 32.0)]]
    """
    trimmed = trimmed_positions(ranges, starts)
    between = (trimmed[1:] + trimmed[:-1] + window_length) / 2  # in the middle of two middles
    first, last = trimmed[:1], trimmed[-1:] + window_length
    begins = np.maximum(trimmed, np.concatenate([first, between]))
    ends = np.minimum(trimmed + window_length, np.concatenate([between, last]))
    limits = np.stack([begins, ends], axis=1).round().astype(np.int64).clip(0, length_of(ranges))
    parts = (part_of(ranges, *limit) / sample_rate_hz for limit in limits.tolist())
    return [[(start, end) for start, end in part.tolist()] for part in parts]


def trimmed_positions(ranges: Positions, positions: Positions) -> Positions:
    """Where samples of a recording are in the sound that trimming leaves. Shape: (n,) -> (n,).

    >>> trimmed_positions(np.array([[10, 20], [50, 60]]), np.array([10, 53])).tolist()
    [0, 13]
    """
    lengths = ranges[:, 1] - ranges[:, 0]
    before = np.cumsum(lengths) - lengths
    place = np.searchsorted(ranges[:, 0], positions, side="right") - 1
    trimmed: Positions = before[place] + positions - ranges[place, 0]
    return trimmed


def outline(recording: Recording) -> npt.NDArray[np.float32]:
    """The lowest and the highest sample in each of many equal parts. Shape: (parts, 2)."""
    step = -(-recording.length // OUTLINE_POINTS)
    parts = (
        recording.read(start, min(start + step, recording.length))
        for start in range(0, recording.length, step)
    )
    return np.array([(part.min(), part.max()) for part in parts], np.float32)
