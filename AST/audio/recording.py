"""Samples of a recording: in blocks, their level, and resampling to 16 kHz."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from AST.audio.essentia_quietly import essentia_standard
from AST.errors import StemError, UsageError

Samples = npt.NDArray[np.float32]
"""Mono samples, shape (n,), full scale at -1 and 1."""

MODEL_SAMPLE_RATE_HZ = 16_000
"""What both models were trained on (AST paper; Essentia's VGGish)."""

RESAMPLE_QUALITY = 4
"""Essentia's scale from 0, the best, to 4, the fastest (linear): the reference study's choice."""

RMS_FLOOR = 1e-10
"""Added to the RMS level before the logarithm: digital silence reads -200 dBFS (study)."""

LONG_S = 600
"""Longer recordings are worked on in blocks, so that memory does not grow with their length."""
LONG_RATE_HZ = 48_000
"""At higher rates recordings are long that have as many samples as ten minutes at this rate."""
BLOCK_S = 60

LOUDEST_SAMPLE = 1000.0
"""Times full scale. Float files beyond this, 60 dB above, have a wrong scale; they are not loud."""

LOWEST_RATE_HZ = 63
"""Essentia resamples by a factor of up to 256."""


@dataclass(frozen=True)
class Recording:
    """A decoded file: in memory, or, if it is long, in a temporary file.

    Attributes:
        length: Number of samples.
        sample_rate_hz: The file's own rate.
        read: Gives the mono mix, mean of the channels, from one sample to before another.
        warning: What is odd about a file that could be decoded all the same, or None.
    """

    length: int
    sample_rate_hz: int
    read: Callable[[int, int], Samples] = field(repr=False)
    warning: str | None = None

    @classmethod
    def in_memory(cls, samples: Samples, sample_rate_hz: int) -> "Recording":
        return cls(len(samples), sample_rate_hz, lambda start, stop: samples[start:stop])

    @classmethod
    def from_array(cls, samples: npt.NDArray[Any], sample_rate_hz: int) -> "Recording":
        """A recording from floating point samples, shape (n,) or (n, channels).

        Raises:
            UsageError: These are not such samples, or the sample rate is too low.
            StemError: A sample is not finite, or absurdly large, or there is none.
        """
        if samples.dtype.kind != "f" or samples.ndim not in (1, 2):
            raise UsageError(
                f"samples of type {samples.dtype} and shape {samples.shape}; expected floating "
                "point samples with full scale at 1, shape (n,) or (n, channels)"
            )
        if sample_rate_hz < LOWEST_RATE_HZ:
            raise UsageError(
                f"sample rate {sample_rate_hz} Hz; expected {LOWEST_RATE_HZ} Hz or more"
            )
        if not samples.size:
            raise StemError("holds no audio samples; expected at least one")
        columns = samples.astype(np.float32).reshape(len(samples), -1)
        return cls.in_memory(checked(mono_mix(columns)), sample_rate_hz)

    @property
    def samples(self) -> Samples:
        """All of them; of a long recording read blocks instead."""
        return self.read(0, self.length)

    @property
    def duration_s(self) -> float:
        return self.length / self.sample_rate_hz

    @property
    def is_long(self) -> bool:
        """Whether it is worked on in blocks."""
        return is_long(self.length, self.sample_rate_hz)

    def blocks(self) -> Iterator[tuple[int, Samples]]:
        """Its parts in order, each with the place of its first sample; a short one has one part."""
        step = BLOCK_S * self.sample_rate_hz if self.is_long else max(1, self.length)
        for start in range(0, self.length, step):
            yield start, self.read(start, min(start + step, self.length))


def is_long(length: int, sample_rate_hz: int) -> bool:
    """Whether so many samples are too many to be held at once.

    >>> is_long(600 * 44_100, 44_100), is_long(400 * 96_000, 96_000)
    (False, True)
    """
    return length > LONG_S * min(sample_rate_hz, LONG_RATE_HZ)


def mono_mix(samples: npt.NDArray[np.float32]) -> Samples:
    """The mean of the channels. Shape: (n, channels) -> (n,)."""
    if samples.shape[1] == 2:  # ten times faster than the mean of each row
        mixed: Samples = 0.5 * (samples[:, 0] + samples[:, 1])
        return mixed
    return samples.mean(axis=1) if samples.shape[1] > 1 else np.ascontiguousarray(samples[:, 0])


def checked(samples: Samples) -> Samples:
    """The same samples, if they can be samples of sound.

    Raises:
        StemError: One is not finite, or absurdly large.
    """
    loudest = max(samples.max(initial=0), -samples.min(initial=0))
    if not np.isfinite(loudest):
        raise StemError(
            "holds samples that are not finite numbers (NaN or infinity); export it again"
        )
    if loudest > LOUDEST_SAMPLE:
        raise StemError(f"holds samples up to {loudest:.3g}; full scale is 1, export it again")
    return samples


def rms_dbfs(recording: Recording) -> float:
    """RMS level, 0 dBFS being a full-scale square wave.

    >>> f"{rms_dbfs(Recording.in_memory(np.full(8000, 0.1, np.float32), 8000)):.1f}"
    '-20.0'
    """
    energies = [np.square(block, dtype=np.float64).sum() for _, block in recording.blocks()]
    return 20 * math.log10(math.sqrt(sum(energies) / recording.length) + RMS_FLOOR)


def to_model_rate(recording: Recording) -> Iterator[Samples]:
    """Blocks at 16 kHz; a recording that is not long bit for bit as Essentia's MonoLoader gives it.

    Later blocks are resampled together with the second before them, because the resampler looks
    back, and all but the last to whole seconds, because it gives a sample too many. They lie a
    fraction of a sample from where one pass would put them: Essentia rounds the ratio of the rates.
    """
    rate_hz = recording.sample_rate_hz
    for start, block in recording.blocks():
        before = recording.read(max(0, start - rate_hz), start)
        at_model_rate = resampled(np.concatenate([before, block]), rate_hz)
        is_last = start + len(block) == recording.length
        end = None if is_last else len(before) // rate_hz + len(block) // rate_hz
        skipped = len(before) // rate_hz * MODEL_SAMPLE_RATE_HZ
        yield at_model_rate[skipped : end and end * MODEL_SAMPLE_RATE_HZ]


def resampled(samples: Samples, sample_rate_hz: int) -> Samples:
    """Samples at 16 kHz, as Essentia's MonoLoader makes them.

    Shape: (n,) -> about (n * 16000 / sample_rate_hz,).
    """
    resample = essentia_standard().Resample(
        inputSampleRate=sample_rate_hz,
        outputSampleRate=MODEL_SAMPLE_RATE_HZ,
        quality=RESAMPLE_QUALITY,
    )
    at_model_rate: Samples = resample(samples)
    return at_model_rate
