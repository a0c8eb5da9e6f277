"""Free reeds, built up from harmonics: harmonicas and accordions that no SoundFont holds.

A harmonica has one reed to a note and a player's breath and hands; an accordion has up to four,
none quite in tune with another, and a bellows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from training.building import FloatArray, ending, sounding
from training.compose import Generator, Note
from training.fluid import SAMPLE_RATE_HZ, Samples

HARMONICS = 30
HIGHEST_HZ = 14_000


@dataclass(frozen=True)
class Instrument:
    """One instrument.

    Attributes:
        reeds: Of a note, in semitones from its pitch.
        levels: Of the harmonics, 1 for the first.
        attack_s, release_s: Until a reed has swung in, and out.
        scoop: How far below its pitch a note starts, in semitones.
        vibrato_hz, vibrato: Of the level, as a share of it; hands or bellows.
        breath: Level of the noise beside the tone.
    """

    reeds: tuple[float, ...]
    levels: FloatArray
    attack_s: float
    release_s: float
    scoop: float
    vibrato_hz: float
    vibrato: float
    breath: float


def _levels(rng: Generator) -> FloatArray:
    """Falling harmonics with two or three broad resonances."""
    number = np.arange(1, HARMONICS + 1)
    level_db = -20 * rng.uniform(0.5, 1.5) * np.log10(number) + rng.normal(0, 2.5, HARMONICS)
    for _ in range(rng.integers(1, 4)):
        distance = np.log2(number / rng.uniform(1, 16)) / rng.uniform(0.2, 0.7)
        level_db += rng.uniform(-10, 12) * np.exp(-(distance**2))
    level_db[1::2] += rng.choice((0, 0, -8))  # some reed plates favour odd harmonics
    return np.asarray(10 ** ((level_db - level_db[0]) / 20))


def harmonica(rng: Generator, notes: Sequence[Note], duration_s: float) -> Samples:
    """A part on a harmonica drawn by ``rng``; some have a second reed, for a tremolo."""
    second = (rng.uniform(0.05, 0.25),) if rng.random() < 0.25 else ()
    return _play(
        rng,
        Instrument(
            reeds=(0.0, *second),
            levels=_levels(rng),
            attack_s=rng.uniform(0.015, 0.08),
            release_s=rng.uniform(0.02, 0.08),
            scoop=float(rng.choice((0, 0.3, 1.0))),
            vibrato_hz=rng.uniform(4, 7.5),
            vibrato=float(rng.choice((0, 0.2, 0.5))),
            breath=rng.uniform(0.003, 0.04),
        ),
        notes,
        duration_s,
    )


def accordion(rng: Generator, notes: Sequence[Note], duration_s: float) -> Samples:
    """A part on an accordion drawn by ``rng``, in one of its registers."""
    beating = rng.uniform(0.02, 0.2)
    registers = ((0,), (0, beating), (0, beating, -beating), (0, -12), (0, beating, -12), (0, 12))
    return _play(
        rng,
        Instrument(
            reeds=registers[rng.integers(len(registers))],
            levels=_levels(rng),
            attack_s=rng.uniform(0.02, 0.1),
            release_s=rng.uniform(0.02, 0.1),
            scoop=0.0,
            vibrato_hz=rng.uniform(0.2, 3),
            vibrato=rng.uniform(0, 0.2),
            breath=rng.uniform(0.0005, 0.005),
        ),
        notes,
        duration_s,
    )


def _play(
    rng: Generator, instrument: Instrument, notes: Sequence[Note], duration_s: float
) -> Samples:
    mix = np.zeros(round(duration_s * SAMPLE_RATE_HZ))
    for note, place, time_s in sounding(notes, len(mix), instrument.release_s):
        mix[place] += _note(rng, instrument, note, time_s)
    time_s = np.arange(len(mix)) / SAMPLE_RATE_HZ
    swell = 1 + instrument.vibrato * np.sin(2 * np.pi * instrument.vibrato_hz * time_s)
    return (mix * swell).astype(np.float32)


def _note(rng: Generator, instrument: Instrument, note: Note, time_s: FloatArray) -> FloatArray:
    """One note's reeds together. Shape: (n,) -> (n,)."""
    loudness = note.velocity / 127
    bend = -instrument.scoop * np.exp(-time_s / 0.06)
    wave = instrument.breath * rng.standard_normal(len(time_s))
    for reed in instrument.reeds:
        pitch_hz = 440 * 2 ** ((note.pitch + reed + bend - 69) / 12)
        turn = np.exp(2j * np.pi * (np.cumsum(pitch_hz) / SAMPLE_RATE_HZ + rng.random()))
        harmonic = np.ones(len(time_s), complex)
        for number in range(1, min(HARMONICS, int(HIGHEST_HZ / pitch_hz[-1])) + 1):
            harmonic *= turn
            softer = loudness ** (0.03 * (number - 1))
            wave += instrument.levels[number - 1] * softer * harmonic.imag
    swinging_in = 1 - np.exp(-time_s / (instrument.attack_s / 3))
    swinging_out = ending(note, instrument.release_s, time_s)
    return np.asarray(loudness * swinging_in * swinging_out * wave)
