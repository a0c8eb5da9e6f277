"""Pipe organs, built up from ranks: flutes, principals, strings and reeds at several pitches."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from training.building import FloatArray, around, ending, sounding
from training.compose import Generator, Note
from training.fluid import SAMPLE_RATE_HZ, Samples

HARMONICS = 40
HIGHEST_HZ = 13_000
TURN_SAMPLES = 2048
FEET_SEMITONES = {"16": -12.0, "8": 0.0, "4": 12.0, "2 2/3": 19.02, "2": 24.0, "1 3/5": 27.86}
"""Pitches of the ranks, named by their longest pipe."""


@dataclass(frozen=True)
class Rank:
    """Pipes of one kind.

    Attributes:
        semitones: From the key's pitch, with how far the rank is out of tune.
        levels: Of the harmonics.
        chiff: Level of the noise with which a pipe begins, beside its first harmonic.
        attack_s: Until a pipe speaks.
    """

    semitones: float
    levels: FloatArray
    chiff: float
    attack_s: float


def play(rng: Generator, notes: Sequence[Note], duration_s: float) -> Samples:
    """A part on an organ drawn by ``rng``; keys do not feel how hard they are struck."""
    ranks = [_rank(rng, "8")]
    others = rng.choice(list(FEET_SEMITONES), rng.integers(0, 5))
    ranks += [_rank(rng, str(feet)) for feet in others]
    release_s = rng.uniform(0.03, 0.25)
    mix = np.zeros(round(duration_s * SAMPLE_RATE_HZ))
    for note, place, time_s in sounding(notes, len(mix), release_s):
        for rank in ranks:
            pipe = _pipe(rng, rank, note.pitch, time_s)
            mix[place] += ending(note, release_s, time_s) * pipe
    wind = rng.uniform(0, 0.002) * np.abs(mix).max() * rng.standard_normal(len(mix))
    tremulant = rng.choice((0, 0, 0.1, 0.25)) * np.sin(
        2 * np.pi * rng.uniform(4, 7) * np.arange(len(mix)) / SAMPLE_RATE_HZ
    )
    played: Samples = ((mix + wind) * (1 + tremulant)).astype(np.float32)
    return played


def _rank(rng: Generator, feet: str) -> Rank:
    """Falling harmonics: steeply for flutes, hardly for reeds; stopped pipes lack the even ones."""
    number = np.arange(1, HARMONICS + 1)
    steepness_db = rng.choice((20, 12, 8, 4))  # per octave: flute, principal, string, reed
    level_db = -steepness_db * rng.uniform(0.7, 1.3) * np.log2(number)
    level_db += rng.normal(0, 3, HARMONICS)
    if rng.random() < 0.25:
        level_db[1::2] -= rng.uniform(10, 30)
    level_db += rng.uniform(-12, 0) - 0.3 * max(0.0, FEET_SEMITONES[feet])
    return Rank(
        semitones=FEET_SEMITONES[feet] + rng.normal(0, 0.04),
        levels=np.asarray(10 ** (level_db / 20)),
        chiff=float(rng.choice((0, 0.05, 0.2))) if steepness_db > 4 else 0.0,
        attack_s=rng.uniform(0.01, 0.1),
    )


def _pipe(rng: Generator, rank: Rank, pitch: int, time_s: FloatArray) -> FloatArray:
    """One pipe that speaks. Shape: (n,) -> (n,)."""
    pitch_hz = 440 * 2 ** ((pitch + rank.semitones + rng.normal(0, 0.01) - 69) / 12)
    heard = min(HARMONICS, int(HIGHEST_HZ / pitch_hz))
    spectrum = np.zeros(TURN_SAMPLES // 2 + 1, complex)
    phases = np.exp(2j * np.pi * rng.random(HARMONICS))
    spectrum[1 : heard + 1] = (rank.levels * phases)[:heard]
    turn = np.fft.irfft(spectrum) * TURN_SAMPLES / 2
    place = (pitch_hz * time_s % 1) * TURN_SAMPLES
    tone = np.interp(place, np.arange(TURN_SAMPLES + 1), np.append(turn, turn[0]))
    speaking = 1 - np.exp(-time_s / (rank.attack_s / 3))
    if rank.chiff:
        noise = around(rng.standard_normal(len(time_s)), 3 * pitch_hz, 1)
        chiff = rank.chiff * rank.levels[0] * noise * np.exp(-time_s / rank.attack_s)
        return np.asarray(tone * speaking + chiff)
    return np.asarray(tone * speaking)
