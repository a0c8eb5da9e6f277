"""Hand percussion by its physics: skins, hands, feet and grains, each key one of its own."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from scipy.signal import butter, lfilter

from training.compose import Generator, Note
from training.fluid import SAMPLE_RATE_HZ, Samples

FloatArray = npt.NDArray[np.float64]
Hit = Callable[[Generator, float, FloatArray], FloatArray]
"""One stroke: of what loudness, and when its samples are; shape (n,) -> (n,)."""

LONGEST_HIT_S = 1.5
MEMBRANE = np.array((1, 1.594, 2.136, 2.296, 2.653, 2.918, 3.156, 3.501, 3.600, 4.060))
"""Frequencies of an ideal round skin's modes, as multiples of the lowest (Rossing: Science of
Percussion Instruments)."""


def play(rng: Generator, notes: Sequence[Note], duration_s: float) -> Samples:
    """A pattern; all its keys are of one kind, as one player's would be."""
    kind = (skin, skin, hand, hand, grains)[rng.integers(5)]
    size = float(np.exp(rng.uniform(-0.7, 0.7)))
    strokes = {key: kind(rng, size) for key in sorted({note.pitch for note in notes})}
    mix = np.zeros(round(duration_s * SAMPLE_RATE_HZ))
    time_s = np.arange(round(LONGEST_HIT_S * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    for note in notes:
        start = round(note.start_s * SAMPLE_RATE_HZ)
        count = min(len(mix) - start, len(time_s))
        if count > 0:
            loudness = note.velocity / 127
            hit = strokes[note.pitch](rng, loudness, time_s[:count])
            mix[start : start + count] += loudness**1.5 * hit
    return mix.astype(np.float32)


def skin(rng: Generator, size: float) -> Hit:
    """A drum played by hand: open, muffled, or slapped at the edge."""
    lowest_hz = float(np.exp(rng.uniform(np.log(60), np.log(420)))) / size
    decay_s = float(np.exp(rng.uniform(np.log(0.03), np.log(0.6))))
    levels = rng.uniform(0, 1, len(MEMBRANE)) * np.exp(-rng.uniform(0.05, 0.6) * np.arange(10))
    spread = 1 + rng.normal(0, 0.03, len(MEMBRANE))
    slap, slap_s, slap_hz = rng.uniform(0.02, 0.6), rng.uniform(0.002, 0.02), rng.uniform(600, 6000)
    bend = float(rng.choice((0, 0.03, 0.12)))

    def hit(rng: Generator, loudness: float, time_s: FloatArray) -> FloatArray:
        noise = slap * _noise(rng, slap_hz, 1.5, time_s) * np.exp(-time_s / slap_s)
        sounding = np.zeros(len(time_s))
        turns = time_s + bend * loudness * 0.03 * (1 - np.exp(-time_s / 0.03))
        for mode, (ratio, level) in enumerate(zip(MEMBRANE * spread, levels, strict=True)):
            bright = loudness ** (0.3 * mode)
            fading = np.exp(-time_s * (1 + 0.5 * mode) / decay_s)
            sounding += bright * level * fading * np.sin(2 * np.pi * lowest_hz * ratio * turns)
        return np.asarray(sounding + noise)

    return hit


def hand(rng: Generator, size: float) -> Hit:
    """Claps, snaps, stamps, and palms on the body or on a box."""
    kinds = ((700, 2500, 0.006, 0.03), (1500, 4000, 0.004, 0.015), (60, 180, 0.02, 0.09),
             (150, 700, 0.008, 0.05))  # fmt: skip
    low_hz, high_hz, shortest_s, longest_s = kinds[rng.integers(4)]
    centre_hz = rng.uniform(low_hz, high_hz) / size
    decay_s, quality = rng.uniform(shortest_s, longest_s), rng.uniform(0.7, 4)
    hands = rng.uniform(0, 0.025, rng.choice((1, 1, 3, 8)))
    skin_noise = rng.uniform(0, 0.4)

    def hit(rng: Generator, loudness: float, time_s: FloatArray) -> FloatArray:
        sounding = np.zeros(len(time_s))
        for late_s in hands:
            since_s = time_s - late_s * rng.uniform(0.8, 1.2)
            fading = np.where(since_s >= 0, np.exp(-np.maximum(since_s, 0) / decay_s), 0)
            sounding += fading * _noise(rng, centre_hz, quality, time_s)
        click = np.exp(-time_s / 0.003) * rng.standard_normal(len(time_s))
        return np.asarray(sounding + skin_noise * loudness * click)

    return hit


def grains(rng: Generator, size: float) -> Hit:
    """Shakers: many small impacts in a shell, some of them before the beat is over."""
    centre_hz, quality = rng.uniform(2500, 9000) / size**0.5, rng.uniform(0.7, 5)
    swell_s, decay_s = rng.uniform(0.003, 0.08), rng.uniform(0.02, 0.15)
    density = rng.uniform(0.02, 1)

    def hit(rng: Generator, loudness: float, time_s: FloatArray) -> FloatArray:
        impacts = rng.random(len(time_s)) < density
        envelope = np.minimum(1, time_s / swell_s) * np.exp(-time_s / decay_s)
        struck = impacts * _noise(rng, centre_hz, quality, time_s) / density**0.5
        return np.asarray(envelope * struck)

    return hit


def _noise(rng: Generator, centre_hz: float, quality: float, time_s: FloatArray) -> FloatArray:
    """Noise around a frequency, at a level of 1. Shape: (n,) -> (n,)."""
    half = centre_hz / (2 * quality)
    low_hz = max(20.0, centre_hz - half)
    high_hz = min(0.48 * SAMPLE_RATE_HZ, max(low_hz + 20, centre_hz + half))
    noise = lfilter(
        *butter(1, [low_hz, high_hz], "bandpass", fs=SAMPLE_RATE_HZ),
        rng.standard_normal(len(time_s)),
    )
    return np.asarray(noise / (noise.std() + 1e-9))
