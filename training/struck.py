"""Hand percussion by its physics: skins, hands, feet and grains, each key one of its own."""

from collections.abc import Callable, Sequence

import numpy as np

from training.building import FloatArray, around
from training.compose import Generator, Note
from training.fluid import SAMPLE_RATE_HZ, Samples

Hit = Callable[[Generator, float], FloatArray]
"""One stroke of what loudness, 0 to 1; shape (HIT_SAMPLES,)."""

HIT_S = 1.5
HIT_SAMPLES = round(HIT_S * SAMPLE_RATE_HZ)
TIME_S = np.arange(HIT_SAMPLES) / SAMPLE_RATE_HZ
FADE_S = 0.05
"""At the end of a stroke, for skins that ring longer."""
MEMBRANE = np.array((1, 1.594, 2.136, 2.296, 2.653, 2.918, 3.156, 3.501, 3.600, 4.060))
"""Frequencies of an ideal round skin's modes, as multiples of the lowest (Rossing: Science of
Percussion Instruments)."""


def play(rng: Generator, notes: Sequence[Note], duration_s: float) -> Samples:
    """A pattern; all its keys are of one kind, as one player's would be."""
    kind = (skin, skin, hand, hand, grains)[rng.integers(5)]
    size = float(np.exp(rng.uniform(-0.7, 0.7)))
    strokes = {key: kind(rng, size) for key in sorted({note.pitch for note in notes})}
    fading_out = np.clip((HIT_S - TIME_S) / FADE_S, 0, 1)
    mix = np.zeros(round(duration_s * SAMPLE_RATE_HZ))
    for note in notes:
        start = round(note.start_s * SAMPLE_RATE_HZ)
        heard = mix[start : start + HIT_SAMPLES]  # less of it at the end, or nothing
        loudness = note.velocity / 127
        hit = loudness**1.5 * fading_out * strokes[note.pitch](rng, loudness)
        heard += hit[: len(heard)]
    return mix.astype(np.float32)


def skin(rng: Generator, size: float) -> Hit:
    """A drum played by hand: open, muffled, or slapped at the edge."""
    lowest_hz = float(np.exp(rng.uniform(np.log(60), np.log(420)))) / size
    decay_s = float(np.exp(rng.uniform(np.log(0.03), np.log(0.6))))
    modes = np.arange(len(MEMBRANE))
    levels = rng.uniform(0, 1, len(MEMBRANE)) * np.exp(-rng.uniform(0.05, 0.6) * modes)
    ratios = MEMBRANE * (1 + rng.normal(0, 0.03, len(MEMBRANE)))
    slap, slap_s, slap_hz = rng.uniform(0.02, 0.6), rng.uniform(0.002, 0.02), rng.uniform(600, 6000)
    bend = float(rng.choice((0, 0.03, 0.12)))

    def hit(rng: Generator, loudness: float) -> FloatArray:
        noise = around(rng.standard_normal(HIT_SAMPLES), slap_hz, 1.5)
        heard = slap * noise * np.exp(-TIME_S / slap_s)
        bent_s = TIME_S + bend * loudness * 0.03 * (1 - np.exp(-TIME_S / 0.03))
        for mode, ratio, level in zip(modes, ratios, levels, strict=True):
            bright = loudness ** (0.3 * mode)
            fading = np.exp(-TIME_S * (1 + 0.5 * mode) / decay_s)
            heard += bright * level * fading * np.sin(2 * np.pi * lowest_hz * ratio * bent_s)
        return np.asarray(heard)

    return hit


def hand(rng: Generator, size: float) -> Hit:
    """Claps, snaps, stamps, and palms on the body or on a box; at times of several people."""
    kinds = ((700, 2500, 0.006, 0.03), (1500, 4000, 0.004, 0.015), (60, 180, 0.02, 0.09),
             (150, 700, 0.008, 0.05))  # fmt: skip
    low_hz, high_hz, shortest_s, longest_s = kinds[rng.integers(4)]
    centre_hz = rng.uniform(low_hz, high_hz) / size
    decay_s, quality = rng.uniform(shortest_s, longest_s), rng.uniform(0.7, 4)
    late_s = rng.uniform(0, 0.025, rng.choice((1, 1, 3, 8)))
    late_s -= late_s.min()
    click = rng.uniform(0, 0.4)

    def hit(rng: Generator, loudness: float) -> FloatArray:
        heard = click * loudness * np.exp(-TIME_S / 0.003) * rng.standard_normal(HIT_SAMPLES)
        for own_s in late_s:
            since_s = TIME_S - own_s * rng.uniform(0.8, 1.2)
            fading = np.where(since_s >= 0, np.exp(-np.maximum(since_s, 0) / decay_s), 0)
            heard += fading * around(rng.standard_normal(HIT_SAMPLES), centre_hz, quality)
        return np.asarray(heard)

    return hit


def grains(rng: Generator, size: float) -> Hit:
    """Shakers: many small impacts in a shell (Cook, 1997), swelling and fading with the hand."""
    centre_hz, quality = rng.uniform(2500, 9000) / size**0.5, rng.uniform(0.7, 5)
    swell_s, decay_s = rng.uniform(0.003, 0.08), rng.uniform(0.02, 0.15)
    density = rng.uniform(0.02, 1)

    def hit(rng: Generator, loudness: float) -> FloatArray:
        is_struck = rng.random(HIT_SAMPLES) < density
        impacts = is_struck * rng.standard_normal(HIT_SAMPLES) / density**0.5
        envelope = np.minimum(1, TIME_S / swell_s) * np.exp(-TIME_S / decay_s)
        return envelope * around(impacts, centre_hz, quality)

    return hit
