"""What the instruments that this project builds have in common: notes in time, coloured noise."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from scipy.signal import butter, lfilter

from training.compose import Note
from training.fluid import SAMPLE_RATE_HZ

FloatArray = npt.NDArray[np.float64]


def sounding(
    notes: Sequence[Note], length: int, release_s: float
) -> Iterator[tuple[Note, slice, FloatArray]]:
    """Each note with its samples within the length, release included, and when they are heard.

    >>> notes = [Note(1.0, 0.5, 60, 100), Note(3.0, 1.0, 60, 100)]
    >>> [place for _, place, _ in sounding(notes, 2 * 32_000, release_s=0.1)]
    [slice(32000, 51200, None)]
    """
    for note in notes:
        start = round(note.start_s * SAMPLE_RATE_HZ)
        count = min(length - start, round((note.duration_s + release_s) * SAMPLE_RATE_HZ))
        if count > 0:
            yield note, slice(start, start + count), np.arange(count) / SAMPLE_RATE_HZ


def ending(note: Note, release_s: float, time_s: FloatArray) -> FloatArray:
    """1 while the note lasts, then down to 0. Shape: (n,) -> (n,)."""
    return np.clip((note.duration_s + release_s - time_s) / release_s, 0, 1)


def around(excitation: FloatArray, centre_hz: float, quality: float) -> FloatArray:
    """What a resonance lets through, as loud as what went in. Shape: (n,) -> (n,)."""
    half_hz = centre_hz / (2 * quality)
    low_hz = max(20.0, centre_hz - half_hz)
    high_hz = min(0.48 * SAMPLE_RATE_HZ, max(low_hz + 20, centre_hz + half_hz))
    numerator, denominator = butter(1, (low_hz, high_hz), "bandpass", fs=SAMPLE_RATE_HZ)
    heard = lfilter(numerator, denominator, excitation)
    share = np.sqrt(np.square(excitation).mean() / (np.square(heard).mean() + 1e-12))
    return np.asarray(share * heard)
