"""The windows of a recording: the parts of its sound, each as long as AST's input.

They are parts of the sound that trimming leaves. The first window is the one that the study's AST
hears: the start of the study's excerpt. The next ones go on from there to the end of the sound. If
the excerpt does not start with the sound, because that is longer than a minute, the windows before
it come last.
"""

import itertools
import math
from collections.abc import Iterator
from typing import NamedTuple

from AST.audio.excerpt import (
    at_model_rate,
    excerpt_bounds,
    length_of,
    part_of,
    read_16_bit,
    sound_ranges,
)
from AST.audio.recording import MODEL_SAMPLE_RATE_HZ, Recording, Samples
from AST.audio.spectrogram import PUBLISHED_INPUT, input_sample_count
from AST.settings import ALL, Windows
from AST.weights.checkpoint_config import InputFormat

LEAST_SHARE = 0.5
"""A shorter window at the end is left out if it holds less than this share of a window."""
RESAMPLER_REACH = 2
"""Samples that linear interpolation may look at after the last one that it needs."""


class Window(NamedTuple):
    """A part of a recording's sound, at 16 kHz.

    Attributes:
        start_s: Where its first sample is in the recording.
        samples: Shape (n,), at most what AST's input covers and a few samples more.
    """

    start_s: float
    samples: Samples


def windows_of(
    recording: Recording, windows: Windows, form: InputFormat = PUBLISHED_INPUT
) -> Iterator[Window]:
    """Yields the windows in which something sounds; none if the recording is silent.

    Each is read and resampled by itself, so that memory does not grow with their number.

    Args:
        form: Of AST's input.
    """
    found = _all_windows(recording, windows.hop_s or form.duration_s, form)
    if windows.windows == ALL:
        return found
    return itertools.islice(found, 1 if windows.are_the_studys else int(windows.windows))


def _all_windows(recording: Recording, hop_s: float, form: InputFormat) -> Iterator[Window]:
    rate_hz = recording.sample_rate_hz
    ranges = sound_ranges(recording)
    if not len(ranges):
        return
    read_count = RESAMPLER_REACH + math.ceil(
        input_sample_count(form) * rate_hz / MODEL_SAMPLE_RATE_HZ
    )
    length, (excerpt_start, _) = length_of(ranges), excerpt_bounds(ranges, rate_hz)
    window_length, hop = form.duration_s * rate_hz, hop_s * rate_hz
    after = window_starts(length - excerpt_start, window_length, hop)
    before = window_starts(excerpt_start, window_length, hop) if excerpt_start else iter(())
    for start in itertools.chain((excerpt_start + start for start in after), before):
        part = part_of(ranges, start, start + read_count)
        samples = read_16_bit(recording, part)
        if samples.any():
            yield Window(int(part[0, 0]) / rate_hz, at_model_rate(samples, rate_hz))


def window_starts(length: int, window_length: float, hop: float) -> Iterator[int]:
    """Where windows start in a stretch of sound; all in samples.

    They end with the one that reaches the end of the stretch. If that one is too short it is left
    out, unless it is the only one.

    >>> [list(window_starts(length, 10, 10)) for length in (3, 14, 16, 20)]
    [[0], [0], [0, 10], [0, 10]]
    """
    yield 0
    for number in itertools.count(1):
        start, end_before = round(number * hop), (number - 1) * hop + window_length
        if end_before >= length or length - start < LEAST_SHARE * window_length:
            return
        yield start
