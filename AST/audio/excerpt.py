"""The excerpt of a recording that AST gets: without silence, seconds 30 to 60 of a long one.

The trimming gives the same samples as pydub 0.25.1's ``split_on_silence`` with its chunks joined.
The study used pydub, and pydub's rounding (to milliseconds, to whole RMS values) decides where an
excerpt starts.
"""

import math

import numpy as np
import numpy.typing as npt

from AST.audio.recording import Recording, Samples, resampled

Samples16Bit = npt.NDArray[np.int16]
"""Mono samples, shape (n,), full scale at -32768 and 32767."""
Milliseconds = npt.NDArray[np.int64]
Positions = npt.NDArray[np.int64]
"""Positions in a recording, in samples."""

FULL_SCALE = 32_768

# How silence is found, with the study's values.
MIN_SILENCE_MS = 500
SILENCE_BELOW_LEVEL_DB = 10
"""A window is silent if it is at least this much softer than the whole file."""
KEEP_SILENCE_MS = 200
SEEK_STEP_MS = 100

EXCERPT_START_MS = 30_000
EXCERPT_END_MS = 60_000
"""If trimming leaves more sound than this, the excerpt goes from the start to the end (study)."""


def excerpt(recording: Recording) -> Samples:
    """The excerpt of a recording at 16 kHz; empty if the recording is silent.

    Shape: (n,) -> (m,), m up to 960,000 (60 s).
    """
    samples = excerpt_16_bit(recording)
    if not samples.any():
        return np.zeros(0, np.float32)
    return at_model_rate(samples, recording.sample_rate_hz)


def at_model_rate(samples: Samples16Bit, sample_rate_hz: int) -> Samples:
    """An excerpt at 16 kHz. Shape: (n,) -> about (n * 16000 / sample_rate_hz,), n at least 1."""
    return resampled(samples.astype(np.float32) / np.float32(FULL_SCALE), sample_rate_hz)


def excerpt_16_bit(recording: Recording) -> Samples16Bit:
    """The excerpt of a recording at its own sample rate, as 16-bit samples.

    Shape: (n,) -> (m,). Like pydub, it may append up to half a millisecond of zeros; else m <= n.
    """
    return read_16_bit(recording, excerpt_ranges(recording))


def read_16_bit(recording: Recording, ranges: Positions) -> Samples16Bit:
    """Parts of a recording, joined. Shape: (ranges, 2) -> (m,)."""
    chunks = [to_16_bit(recording.read(start, min(end, recording.length))) for start, end in ranges]
    zero_count = max(0, ranges.max(initial=0) - recording.length)  # the last ms was rounded up
    return np.concatenate([*chunks, np.zeros(zero_count, np.int16)])


def excerpt_ranges(recording: Recording) -> Positions:
    """Where the excerpt is in the recording: starts and ends in samples, shape (ranges, 2)."""
    ranges = sound_ranges(recording)
    return part_of(ranges, *excerpt_bounds(ranges, recording.sample_rate_hz))


def excerpt_bounds(ranges: Positions, sample_rate_hz: int) -> tuple[int, int]:
    """The excerpt's start and end in samples of the trimmed sound.

    Args:
        ranges: Of the sound in the recording.
    """
    length = length_of(ranges)
    if _length_ms(length, sample_rate_hz) <= EXCERPT_END_MS:
        return 0, length
    first, last = _position(np.array([EXCERPT_START_MS, EXCERPT_END_MS]), sample_rate_hz)
    return int(first), int(last)


def length_of(ranges: Positions) -> int:
    """How many samples the ranges hold together."""
    return int((ranges[:, 1] - ranges[:, 0]).sum())


def part_of(ranges: Positions, first: int, last: int) -> Positions:
    """The ranges of a part of the trimmed sound, from its first sample to before its last.

    >>> part_of(np.array([[0, 10], [50, 60]]), 5, 12).tolist()
    [[5, 10], [50, 52]]
    """
    lengths = ranges[:, 1] - ranges[:, 0]
    offsets = ranges[:, 0] - (np.cumsum(lengths) - lengths)  # from trimmed sound to recording
    starts = np.maximum(ranges[:, 0], first + offsets)
    ends = np.minimum(ranges[:, 1], last + offsets)
    cut: Positions = np.stack([starts, ends], axis=1)[starts < ends]
    return cut


def to_16_bit(samples: Samples) -> Samples16Bit:
    """Rounds samples to the nearest 16-bit value, halves down, and clips them at full scale.

    The mean of two 16-bit channels can be a half, and pydub rounds halves down. 16-bit mono does
    not change; 24-bit and float samples change by at most half a step. Shape: (n,) -> (n,).

    >>> to_16_bit(np.array([-1.5, -1 / 65536, 1 / 65536, 3 / 65536, 1], np.float32)).tolist()
    [-32768, -1, 0, 1, 32767]
    """
    steps: Samples = samples * np.float32(FULL_SCALE)
    steps -= np.float32(0.5)
    np.ceil(steps, out=steps)
    np.clip(steps, -FULL_SCALE, FULL_SCALE - 1, out=steps)
    return steps.astype(np.int16)


def sound_ranges(recording: Recording) -> Positions:
    """The parts of a recording with sound, and 200 ms around them: starts and ends in samples.

    Shape: (ranges, 2).
    """
    rate_hz = recording.sample_rate_hz
    length_ms = _length_ms(recording.length, rate_hz)
    ranges_ms = _sound_ranges_ms(_silent_starts_ms(recording, length_ms), length_ms)
    ranges_ms += np.array([-KEEP_SILENCE_MS, KEEP_SILENCE_MS])
    middles_ms = (ranges_ms[1:, 0] + ranges_ms[:-1, 1]) // 2  # where overlapping ranges are split
    ranges_ms[1:, 0] = np.maximum(ranges_ms[1:, 0], middles_ms)
    ranges_ms[:-1, 1] = np.minimum(ranges_ms[:-1, 1], middles_ms)
    return _position(ranges_ms.clip(0, length_ms), rate_hz)


def _length_ms(sample_count: int, sample_rate_hz: int) -> int:
    return round(1000 * (sample_count / sample_rate_hz))


def _position(time_ms: Milliseconds, sample_rate_hz: int) -> Positions:
    return (time_ms * (sample_rate_hz / 1000)).astype(np.int64)


def _silent_starts_ms(recording: Recording, length_ms: int) -> Milliseconds:
    """Starts of silent 500 ms windows. One starts every 100 ms; the last ends with the file."""
    last_ms = length_ms - MIN_SILENCE_MS
    if last_ms < 0:
        return np.zeros(0, np.int64)
    starts_ms = np.append(np.arange(0, last_ms, SEEK_STEP_MS), last_ms)
    starts = _position(starts_ms, recording.sample_rate_hz)
    ends = _position(starts_ms + MIN_SILENCE_MS, recording.sample_rate_hz)
    positions = np.concatenate([starts, ends, [recording.length]])
    edges, places = np.unique(positions, return_inverse=True)
    before = _energy_before(recording, edges)[places]
    energies = before[len(starts) : -1] - before[: len(starts)]
    rms_values = np.floor(np.sqrt(energies / (ends - starts)))
    highest = _silence_threshold(int(before[-1]), recording.length)
    silent_starts_ms: Milliseconds = starts_ms[rms_values <= highest]
    return silent_starts_ms


def _energy_before(recording: Recording, edges: Positions) -> Positions:
    """Sum of the squared 16-bit samples before each edge. The edges rise and start at 0."""
    energies = np.zeros(len(edges), np.int64)  # from each edge to the next
    for start, block in recording.blocks():
        squares = np.square(to_16_bit(block), dtype=np.int32)
        first = np.searchsorted(edges, start, side="right") - 1  # at or before the start
        end = np.searchsorted(edges, start + len(block))
        inside = np.maximum(edges[first:end] - start, 0)
        energies[first:end] += np.add.reduceat(squares, inside, dtype=np.int64)
    return np.cumsum(energies) - energies


def _silence_threshold(energy: int, sample_count: int) -> float:
    """Highest RMS value of a silent window; energy and samples are those of the whole file."""
    rms_value = math.floor(math.sqrt(energy / sample_count))
    if not rms_value:
        return 0.0
    level_dbfs = 20 * math.log(rms_value / FULL_SCALE, 10)
    return float(10 ** ((level_dbfs - SILENCE_BELOW_LEVEL_DB) / 20)) * FULL_SCALE


def _sound_ranges_ms(silent_starts_ms: Milliseconds, length_ms: int) -> Milliseconds:
    """The ranges between silent windows: starts and ends in ms, shape (ranges, 2)."""
    # Windows that overlap or touch form one silence, from its first window to its last.
    is_first = np.diff(silent_starts_ms, prepend=-np.inf) > MIN_SILENCE_MS
    is_last = np.diff(silent_starts_ms, append=np.inf) > MIN_SILENCE_MS
    starts_ms = np.append(0, silent_starts_ms[is_last] + MIN_SILENCE_MS)
    ends_ms = np.append(silent_starts_ms[is_first], length_ms)
    ranges_ms = np.stack([starts_ms, ends_ms], axis=1)
    return ranges_ms[starts_ms < ends_ms]
