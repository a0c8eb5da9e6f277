"""A recording: its samples in blocks, its level, and resampling to 16 kHz."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import samplerate

from AST.errors import StemError, UsageError

Samples = npt.NDArray[np.float32]
"""Mono samples, shape (n,), full scale at -1 and 1."""

MODEL_SAMPLE_RATE_HZ = 16_000
"""Both models were trained at this rate (AST paper; Essentia's VGGish)."""
RESAMPLE_METHOD = "linear"
"""libsamplerate's fastest method: the study resampled with Essentia's quality 4, which is this."""
RMS_FLOOR = 1e-10
"""Added to the RMS level before the logarithm, so that digital silence gives -200 dBFS (study)."""
LONG_S = 600
"""Longer recordings are processed in blocks, so that memory does not grow with their length."""
LONG_RATE_HZ = 48_000
"""Above this rate, a recording with more samples than ten minutes at this rate is long."""
BLOCK_S = 60
LOUDEST_SAMPLE = 1000.0
"""Full scale is 1. Float files with louder samples (60 dB above) have a wrong scale."""
LOWEST_RATE_HZ, HIGHEST_RATE_HZ = 1_000, 768_000
"""No recording has another sample rate: a header that says so is damaged."""
EXPECTED_RATES = f"{LOWEST_RATE_HZ:,} to {HIGHEST_RATE_HZ:,} Hz"


@dataclass(frozen=True)
class Recording:
    """A decoded file: in memory, or in a temporary file if it is long.

    Attributes:
        length: Number of samples.
        sample_rate_hz: The file's own sample rate.
        read: Returns the mono mix (mean of the channels) from a start to before a stop, in samples.
        warning: What is wrong with the file although it could be decoded, or None.
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
        """Makes a recording from floating-point samples, shape (n,) or (n, channels).

        Raises:
            UsageError: The samples have another type or shape, or the sample rate is too low.
            StemError: There are no samples, or one is not finite or far beyond full scale.
        """
        is_transposed = samples.ndim == 2 and samples.shape[1] > samples.shape[0]
        if samples.dtype.kind != "f" or samples.ndim not in (1, 2) or is_transposed:
            raise UsageError(
                f"samples of type {samples.dtype} and shape {samples.shape}; expected floating "
                "point samples with full scale at 1, shape (n,) or (n, channels)"
            )
        if not LOWEST_RATE_HZ <= sample_rate_hz <= HIGHEST_RATE_HZ:
            raise UsageError(f"sample rate {sample_rate_hz} Hz; expected {EXPECTED_RATES}")
        if not samples.size:
            raise StemError("holds no audio samples; expected at least one")
        columns = samples.astype(np.float32).reshape(len(samples), -1)
        return cls.in_memory(checked(mono_mix(columns)), sample_rate_hz)

    @property
    def samples(self) -> Samples:
        """All samples, shape (length,); for a long recording use ``blocks`` instead."""
        return self.read(0, self.length)

    @property
    def duration_s(self) -> float:
        return self.length / self.sample_rate_hz

    @property
    def is_long(self) -> bool:
        """Whether it is processed in blocks."""
        return self.length > longest_in_memory(self.sample_rate_hz)

    def blocks(self) -> Iterator[tuple[int, Samples]]:
        """Yields (first sample's position, samples) of each part; a short recording is one part."""
        step = BLOCK_S * self.sample_rate_hz if self.is_long else max(1, self.length)
        for start in range(0, self.length, step):
            yield start, self.read(start, min(start + step, self.length))


def longest_in_memory(sample_rate_hz: int) -> int:
    """Number of samples; a recording with more is long.

    >>> longest_in_memory(44_100) / 44_100, longest_in_memory(96_000) / 96_000
    (600.0, 300.0)
    """
    return LONG_S * min(sample_rate_hz, LONG_RATE_HZ)


def mono_mix(samples: npt.NDArray[np.float32]) -> Samples:
    """The mean of the channels. Shape: (n, channels) -> (n,)."""
    if samples.shape[1] == 2:  # ten times faster than the mean of each row
        mixed: Samples = 0.5 * (samples[:, 0] + samples[:, 1])
        return mixed
    return samples.mean(axis=1) if samples.shape[1] > 1 else np.ascontiguousarray(samples[:, 0])


def checked(samples: Samples) -> Samples:
    """Checks samples and returns them unchanged.

    Raises:
        StemError: A sample is not finite, or far beyond full scale.
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
    """RMS level in dBFS; a full-scale square wave has 0 dBFS.

    >>> f"{rms_dbfs(Recording.in_memory(np.full(8000, 0.1, np.float32), 8000)):.1f}"
    '-20.0'
    """
    energies = [np.square(block, dtype=np.float64).sum() for _, block in recording.blocks()]
    return 20 * math.log10(math.sqrt(sum(energies) / recording.length) + RMS_FLOOR)


def to_model_rate(recording: Recording) -> Iterator[Samples]:
    """Yields the recording in blocks at 16 kHz, shape (n,) each, resampled in one pass."""
    if recording.sample_rate_hz == MODEL_SAMPLE_RATE_HZ:
        yield from (block for _, block in recording.blocks())
        return
    resampler = samplerate.Resampler(RESAMPLE_METHOD)
    for start, block in recording.blocks():
        is_last = start + len(block) == recording.length
        at_model_rate: Samples = resampler.process(block, _ratio(recording.sample_rate_hz), is_last)
        yield at_model_rate


def resampled(samples: Samples, sample_rate_hz: int) -> Samples:
    """Resamples to 16 kHz, as Essentia's MonoLoader does.

    Shape: (n,) -> about (n * 16000 / sample_rate_hz,).
    """
    [at_model_rate] = to_model_rate(Recording.in_memory(samples, sample_rate_hz))
    return at_model_rate


def _ratio(sample_rate_hz: int) -> float:
    """In single precision, as Essentia has it: otherwise long recordings would drift apart."""
    return float(np.float32(MODEL_SAMPLE_RATE_HZ / sample_rate_hz))
