"""Voices: spoken lines strung together, and sung ones made of them by a vocoder."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyworld
import soundfile
from scipy.signal import resample_poly

from AST.errors import UsageError
from training.compose import Generator, Note
from training.fluid import SAMPLE_RATE_HZ, Samples

FloatArray = npt.NDArray[np.float64]

VOICE_RATE_HZ = 16_000
FRAME_MS = 5.0
LOWEST_VOICE_HZ = 60.0
UNKNOWN_VOICE_HZ = 150.0
VIBRATO_HZ = (4.5, 6.5)


@lru_cache(maxsize=3000)
def line(path: Path) -> Samples:
    """A spoken line in mono at 16 kHz, silence at both ends cut off, its peak at 1.

    Raises:
        UsageError: There is nothing in it but silence.
    """
    samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    mono = samples.mean(axis=1)
    if rate_hz != VOICE_RATE_HZ:
        common = int(np.gcd(rate_hz, VOICE_RATE_HZ))
        mono = resample_poly(mono, VOICE_RATE_HZ // common, rate_hz // common)
    peak = np.abs(mono).max(initial=0)
    if peak == 0:
        raise UsageError(f"{path}: silent, expected a spoken line; delete it")
    loud = np.flatnonzero(np.abs(mono) > 0.02 * peak)
    trimmed: Samples = (mono[loud[0] : loud[-1] + 1] / peak).astype(np.float32)
    return trimmed


def spoken(
    rng: Generator, lines: Sequence[Path], duration_s: float, pause_s: tuple[float, float]
) -> Samples:
    """Lines of one voice, one after another, at 16 kHz."""
    end = round(duration_s * VOICE_RATE_HZ)
    parts: list[Samples] = []
    count = 0
    while count < end:
        part = line(lines[int(rng.integers(len(lines)))])
        pause = np.zeros(round(rng.uniform(*pause_s) * VOICE_RATE_HZ), np.float32)
        parts += [part, pause]
        count += len(part) + len(pause)
    return np.concatenate(parts)[:end]


def to_working_rate(samples: Samples) -> Samples:
    doubled: Samples = resample_poly(samples, SAMPLE_RATE_HZ // VOICE_RATE_HZ, 1).astype(np.float32)
    return doubled


def sung(
    rng: Generator, lines: Sequence[Path], notes: Sequence[Note], duration_s: float
) -> Samples:
    """The lines' words on the notes' pitches, stretched in time, with vibrato, at 32 kHz.

    Parts without pitch (consonants) keep their length; the vowels are drawn out.
    """
    stretch = float(rng.uniform(1.3, 4.0))
    source = spoken(rng, lines, duration_s / stretch, (0.0, 0.15)).astype(np.float64)
    pitch_hz, times_s = pyworld.dio(source, VOICE_RATE_HZ, frame_period=FRAME_MS)
    envelope = pyworld.cheaptrick(source, pitch_hz, times_s, VOICE_RATE_HZ)
    aperiodicity = pyworld.d4c(source, pitch_hz, times_s, VOICE_RATE_HZ)
    count = round(1000 * duration_s / FRAME_MS)
    weights = np.where(pitch_hz > 0, stretch * 1.4, 1.0)
    position = np.interp(
        np.linspace(0, 1, count), np.cumsum(weights) / weights.sum(), np.arange(len(weights))
    )
    index = position.round().astype(int)
    voiced = pitch_hz[index] > 0
    speaking_hz = float(np.median(pitch_hz[pitch_hz > 0])) if pitch_hz.any() else UNKNOWN_VOICE_HZ
    target_hz = _melody_hz(rng, notes, count, speaking_hz)
    envelope = _moved_formants(envelope[index], float(rng.uniform(0.88, 1.14)))
    aperiodicity = aperiodicity[index]
    if rng.random() < 0.7:  # sung vowels are less breathy than spoken ones
        aperiodicity = aperiodicity**1.5
    wave = pyworld.synthesize(
        np.where(voiced, target_hz, 0.0),
        np.ascontiguousarray(envelope),
        np.ascontiguousarray(aperiodicity),
        VOICE_RATE_HZ,
        FRAME_MS,
    )
    return to_working_rate(wave.astype(np.float32))


def _melody_hz(rng: Generator, notes: Sequence[Note], count: int, speaking_hz: float) -> FloatArray:
    """The pitch of each frame: the notes near the voice's own register, gliding into each other."""
    pitches: FloatArray = np.full(count, np.nan)
    for note in notes:
        start = round(1000 * note.start_s / FRAME_MS)
        pitches[start:] = note.pitch
    pitches = np.where(np.isnan(pitches), np.nanmin(pitches) if notes else 60, pitches)
    speaking = 69 + 12 * np.log2(max(speaking_hz, LOWEST_VOICE_HZ) / 440)
    octaves = np.round((speaking + rng.uniform(0, 7) - pitches.mean()) / 12)
    glide = np.ones(int(rng.integers(6, 30)))
    pitches = np.convolve(np.pad(pitches + 12 * octaves, len(glide), "edge"), glide / len(glide))
    pitches = pitches[len(glide) + len(glide) // 2 :][:count]
    time_s = np.arange(count) * FRAME_MS / 1000
    swell = np.clip(np.convolve(rng.random(count), np.ones(80) / 80, "same") * 2 - 0.6, 0, 1)
    vibrato = rng.uniform(0, 0.7) * swell * np.sin(2 * np.pi * rng.uniform(*VIBRATO_HZ) * time_s)
    drift = np.convolve(rng.normal(0, 1.0, count), np.ones(40) / 40, "same")
    return np.asarray(440 * 2 ** ((pitches + vibrato + drift - 69) / 12))


def _moved_formants(envelope: FloatArray, factor: float) -> FloatArray:
    """Another singer: the spectral envelope stretched along frequency."""
    bins = np.arange(envelope.shape[1])
    source = np.clip(bins / factor, 0, bins[-1])
    low = np.floor(source).astype(int)
    high = np.minimum(low + 1, bins[-1])
    part = source - low
    return np.asarray(envelope[:, low] * (1 - part) + envelope[:, high] * part)
