"""The part of a recording that AST hears: silence trimmed away, seconds 30 to 60 of a long one.

The trimming is that of pydub 0.25.1's ``split_on_silence``, sample for sample, chunks joined: the
reference study used it, and its rounding (to milliseconds, to whole RMS values) decides where an
excerpt starts.
"""

import math

import numpy as np
import numpy.typing as npt

from AST.audio import Recording, Samples, to_model_rate

Samples16Bit = npt.NDArray[np.int16]
"""Mono samples, shape (n,), full scale at -32768 and 32767."""
Milliseconds = npt.NDArray[np.int64]

FULL_SCALE = 32_768

# How silence is found, in the reference study's values.
MIN_SILENCE_MS = 500
SILENCE_BELOW_LEVEL_DB = 10
"""A window is silent at this many dB below the level of the whole file, or less."""
KEEP_SILENCE_MS = 200
SEEK_STEP_MS = 100

EXCERPT_START_MS = 30_000
EXCERPT_END_MS = 60_000
"""Of a recording with more sound than this, AST hears from the start above to here (study)."""


def excerpt(recording: Recording) -> Samples:
    """The excerpt of a recording at 16 kHz; empty when nothing in it sounds.

    Shape: (n,) -> (m,), m up to 960,000 (60 s).
    """
    sound = trim_silence(to_16_bit(recording.samples), recording.sample_rate_hz)
    sound = cut(sound, recording.sample_rate_hz)
    if not sound.any():
        return np.zeros(0, np.float32)
    return to_model_rate(
        sound.astype(np.float32) / np.float32(FULL_SCALE), recording.sample_rate_hz
    )


def to_16_bit(samples: Samples) -> Samples16Bit:
    """Samples rounded to the nearest of 16 bits, halves down, values beyond full scale clipped.

    Mixing two 16-bit channels gives halves, and pydub rounds those down; 16-bit mono stays as it
    is, and 24-bit and float samples lose at most half a step.

    >>> to_16_bit(np.array([-1.5, -1 / 65536, 1 / 65536, 3 / 65536, 1], np.float32)).tolist()
    [-32768, -1, 0, 1, 32767]
    """
    steps = samples * np.float32(FULL_SCALE)
    steps -= np.float32(0.5)
    np.ceil(steps, out=steps)
    np.clip(steps, -FULL_SCALE, FULL_SCALE - 1, out=steps)
    rounded: Samples16Bit = steps.astype(np.int16)
    return rounded


def cut(samples: Samples16Bit, sample_rate_hz: int) -> Samples16Bit:
    """Seconds 30 to 60 of more than 60 s, else all."""
    if _length_ms(samples, sample_rate_hz) <= EXCERPT_END_MS:
        return samples
    start, end = _position(np.array([EXCERPT_START_MS, EXCERPT_END_MS]), sample_rate_hz)
    return samples[start:end]


def trim_silence(samples: Samples16Bit, sample_rate_hz: int) -> Samples16Bit:
    """What is left of a recording when its silent parts are cut out.

    Shape: (n,) -> (m,), m <= n but for the up to half a millisecond of zeros that pydub appends.
    """
    length_ms = _length_ms(samples, sample_rate_hz)
    ranges_ms = _sound_ranges_ms(_silent_starts_ms(samples, sample_rate_hz), length_ms)
    ranges_ms += np.array([-KEEP_SILENCE_MS, KEEP_SILENCE_MS])
    meeting = ranges_ms[1:, 0] < ranges_ms[:-1, 1]  # kept silences that overlap share the middle
    middle = (ranges_ms[1:, 0] + ranges_ms[:-1, 1]) // 2
    ranges_ms[1:, 0] = np.where(meeting, middle, ranges_ms[1:, 0])
    ranges_ms[:-1, 1] = np.where(meeting, middle, ranges_ms[:-1, 1])
    ranges = _position(ranges_ms.clip(0, length_ms), sample_rate_hz)
    chunks = [samples[start:end] for start, end in ranges]
    if len(ranges) and ranges[-1, 1] > len(samples):  # the last millisecond was rounded up
        chunks.append(np.zeros(ranges[-1, 1] - len(samples), np.int16))
    return np.concatenate(chunks) if chunks else samples[:0]


def _length_ms(samples: Samples16Bit, sample_rate_hz: int) -> int:
    return round(1000 * (len(samples) / sample_rate_hz))


def _position(time_ms: Milliseconds, sample_rate_hz: int) -> npt.NDArray[np.int64]:
    position: npt.NDArray[np.int64] = (time_ms * (sample_rate_hz / 1000)).astype(np.int64)
    return position


def _silent_starts_ms(samples: Samples16Bit, sample_rate_hz: int) -> Milliseconds:
    """Where the silent windows of 500 ms start, on a grid of 100 ms and at the last possible."""
    last_ms = _length_ms(samples, sample_rate_hz) - MIN_SILENCE_MS
    if last_ms < 0:
        return np.zeros(0, np.int64)
    starts_ms = np.append(np.arange(0, last_ms, SEEK_STEP_MS), last_ms)
    starts = _position(starts_ms, sample_rate_hz)
    ends = _position(starts_ms + MIN_SILENCE_MS, sample_rate_hz)
    edges = np.unique(np.concatenate([starts, ends]))
    inner_edges = edges[edges < len(samples)]
    energies = np.add.reduceat(np.square(samples, dtype=np.int32), inner_edges, dtype=np.int64)
    energy_before = np.zeros(len(edges), np.int64)
    energy_before[1:] = np.cumsum(energies)[: len(edges) - 1]
    windows = energy_before[np.searchsorted(edges, ends)]
    windows -= energy_before[np.searchsorted(edges, starts)]
    rms_values = np.floor(np.sqrt(windows / (ends - starts)))
    is_silent = rms_values <= _silence_threshold(int(energies.sum()), len(samples))
    silent_starts_ms: Milliseconds = starts_ms[is_silent]
    return silent_starts_ms


def _silence_threshold(energy: int, sample_count: int) -> float:
    """Highest RMS value of a silent window, from the energy of the whole file."""
    rms_value = math.floor(math.sqrt(energy / sample_count))
    if not rms_value:
        return 0.0
    level_dbfs = 20 * math.log(rms_value / FULL_SCALE, 10)
    return float(10 ** ((level_dbfs - SILENCE_BELOW_LEVEL_DB) / 20)) * FULL_SCALE


def _sound_ranges_ms(silent_starts_ms: Milliseconds, length_ms: int) -> Milliseconds:
    """What lies between silent windows: starts and ends, shape (ranges, 2).

    Windows that overlap or touch make one silence.
    """
    if not len(silent_starts_ms):
        return np.array([[0, length_ms]])
    gaps = np.flatnonzero(np.diff(silent_starts_ms) > MIN_SILENCE_MS)
    starts_ms = np.concatenate([[0], silent_starts_ms[gaps] + MIN_SILENCE_MS])
    starts_ms = np.append(starts_ms, silent_starts_ms[-1] + MIN_SILENCE_MS)
    ends_ms = np.concatenate([silent_starts_ms[:1], silent_starts_ms[gaps + 1], [length_ms]])
    ranges_ms = np.stack([starts_ms, ends_ms], axis=1)
    return ranges_ms[starts_ms < ends_ms]
