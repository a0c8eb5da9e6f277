"""Pianos by their physics: struck strings, as sums of their partials.

Stiffness stretches the partials (Fletcher, 1964), the hammer's place and hardness colour them, the
strings of a note beat against each other and ring in two stages (Weinreich, 1977).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from training.compose import Generator, Note
from training.fluid import SAMPLE_RATE_HZ, Samples

LONGEST_NOTE_S = 5.0
MOST_PARTIALS = 40
FAINTEST = 1e-4
"""Amplitude from which on a partial is left out."""
ENVELOPE_STEP = 64
"""Samples between the points that envelopes are drawn through."""
VELOCITY_STEP = 16
"""Notes of one pitch, and as loud but for this, sound the same: computed once."""
HIGHEST_HZ = 0.45 * SAMPLE_RATE_HZ
REFERENCE_PITCH = 60
"""Middle C, where a piano's ranges hold."""


@dataclass(frozen=True)
class Piano:
    """One piano.

    Attributes:
        decay_s: Until a partial of middle C has fallen by 60 dB, in the second stage.
        treble_loss: How much faster each kHz makes partials decay, as a share.
        stiffness: By which the n-th partial is n * sqrt(1 + stiffness * n ** 2) times the first.
        strike: Where the hammer strikes, as a share of the string's length.
        hardness_hz: Up to where the hammer excites partials of middle C at full force.
        beating_hz: Between the strings of middle C.
        aftersound: What is left for the second stage, as a share of the amplitude.
        knock: Of the hammer and the key, beside the strings' amplitude of 1.
        release_s: Of the damper.
    """

    decay_s: float
    treble_loss: float
    stiffness: float
    strike: float
    hardness_hz: float
    beating_hz: float
    aftersound: float
    knock: float
    release_s: float


def drawn(rng: Generator) -> Piano:
    """A piano from a spinet to a concert grand; a third of them with the pedal down."""
    return Piano(
        decay_s=float(np.exp(rng.uniform(np.log(4), np.log(16)))),
        treble_loss=float(rng.uniform(0.1, 0.9)),
        stiffness=float(np.exp(rng.uniform(np.log(1.5e-4), np.log(1.2e-3)))),
        strike=float(rng.uniform(0.07, 0.16)),
        hardness_hz=float(np.exp(rng.uniform(np.log(500), np.log(4000)))),
        beating_hz=float(np.exp(rng.uniform(np.log(0.1), np.log(2)))),
        aftersound=float(rng.uniform(0.1, 0.6)),
        knock=float(rng.choice((0.0, 0.02, 0.08, 0.2)) * rng.random()),
        release_s=LONGEST_NOTE_S if rng.random() < 1 / 3 else float(rng.uniform(0.05, 0.3)),
    )


def play(rng: Generator, notes: Sequence[Note], duration_s: float) -> Samples:
    """A part on a piano that ``rng`` draws. Shape: (samples,), at 32 kHz."""
    piano = drawn(rng)
    mix = np.zeros(round(duration_s * SAMPLE_RATE_HZ), np.float32)
    struck: dict[tuple[int, int], Samples] = {}
    for note in notes:
        start = round(note.start_s * SAMPLE_RATE_HZ)
        sounding_s = min(LONGEST_NOTE_S, note.duration_s + piano.release_s)
        count = min(len(mix) - start, round(sounding_s * SAMPLE_RATE_HZ))
        if count <= 0:
            continue
        key = note.pitch, note.velocity // VELOCITY_STEP
        if len(struck.get(key, ())) < count:
            velocity = (key[1] + 0.5) * VELOCITY_STEP
            struck[key] = strike(rng, note.pitch, velocity, count, piano)
        held = round(note.duration_s * SAMPLE_RATE_HZ)
        after_s = np.maximum(0, np.arange(count, dtype=np.float32) - held) / SAMPLE_RATE_HZ
        mix[start : start + count] += struck[key][:count] * np.exp(-5 / piano.release_s * after_s)
    return mix


def strike(rng: Generator, pitch: int, velocity: float, count: int, piano: Piano) -> Samples:
    """One note, struck once. Shape: (count,)."""
    loudness = velocity / 127
    octaves = (pitch - REFERENCE_PITCH) / 12
    first_hz = 440 * 2 ** ((pitch - 69) / 12)
    stiffness = piano.stiffness * 2 ** (1.2 * octaves)
    decay_s = piano.decay_s * 2 ** (-0.4 * octaves)
    hardness_hz = piano.hardness_hz * 2 ** (0.5 * octaves) * 4 ** (loudness - 1)
    beating_hz = piano.beating_hz * 2 ** (0.5 * octaves)
    time_s = np.arange(count) / SAMPLE_RATE_HZ
    coarse_s = np.arange(0, count + ENVELOPE_STEP, ENVELOPE_STEP) / SAMPLE_RATE_HZ
    sounding = piano.knock * rng.standard_normal(count) * np.exp(-time_s / 0.008)
    for partial in range(1, MOST_PARTIALS + 1):
        frequency_hz = first_hz * partial * np.sqrt(1 + stiffness * partial**2)
        amplitude = abs(np.sin(np.pi * partial * piano.strike)) / partial
        amplitude *= np.exp(-frequency_hz / hardness_hz / 2) * rng.uniform(0.5, 1.2)
        if frequency_hz > HIGHEST_HZ:
            break
        if amplitude < FAINTEST:
            continue
        rate = 6.9 * (1 + piano.treble_loss * frequency_hz / 1000) / decay_s
        stages = (1 - piano.aftersound) * np.exp(-3 * rate * coarse_s)
        stages += piano.aftersound * np.exp(-rate * coarse_s)
        beat_hz = beating_hz * rng.uniform(0.3, 1) * np.sqrt(partial)
        beats = 0.7 + 0.3 * np.cos(np.pi * beat_hz * coarse_s + rng.uniform(0, 1))
        end = ENVELOPE_STEP * max(1, int(np.sum(amplitude * stages > FAINTEST)))
        turns = (frequency_hz * time_s[:end] + rng.random()) % 1
        wave = np.sin(2 * np.pi * turns.astype(np.float32))
        sounding[:end] += amplitude * np.interp(time_s[:end], coarse_s, stages * beats) * wave
    scaled: Samples = (loudness**1.5 * sounding).astype(np.float32)
    return scaled
