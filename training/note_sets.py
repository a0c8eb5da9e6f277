"""Recorded notes and hits: a folder of short recordings played like an instrument."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import gcd
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly

from training import rhythm
from training.compose import Generator, Note
from training.fluid import SAMPLE_RATE_HZ, Samples

RELEASE_S = 0.06
LONGEST_NOTE_S = 4.0
NEIGHBOURS = 4
"""A note is played on one of this many recordings that are nearest in pitch."""
FREE_SHIFT_SEMITONES = 3
"""How far recordings of unknown pitch are shifted, up or down."""

PITCH_CLASSES = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
NOTE_NAME = re.compile(r"(?<![A-Za-z])([A-Ga-g])([#sb]?)(-?\d)(?![0-9])")
MIDI_NUMBER = re.compile(r"(?<!\d)(\d{2,3})$")

DRUM_PIECES = {
    "kick": (re.compile(r"kick|kdrum|bass ?drum|^bd|_bd|thump|bass"), (rhythm.KICK,)),
    "snare": (re.compile(r"snare|^sn|^sd|^sr|^bl|slap"), (rhythm.SNARE, rhythm.CLAP)),
    "rim": (re.compile(r"rim|stick|^rs|clave|wood"), (rhythm.RIM,)),
    "hat": (
        re.compile(r"hat|hh|^ho_|shaker|cabasa"),
        (rhythm.CLOSED_HAT, rhythm.OPEN_HAT, rhythm.PEDAL_HAT),
    ),
    "cymbal": (
        re.compile(r"crash|ride|china|splash|cymbal|^cc|^rc|^rd|^cr|paiste|bell"),
        (rhythm.CRASH, rhythm.RIDE),
    ),
    "tom": (re.compile(r"tom|^t\d|^ft|tone|conga|bongo"), rhythm.TOMS),
}
"""Pieces of a drum kit: what their file names say, and their keys in General MIDI."""


@dataclass(frozen=True)
class NoteSet:
    """Recordings of one instrument.

    Attributes:
        pitches: MIDI numbers beside the files; None where the name does not tell.
        names: What the files were called at their source; lower case for drums.
    """

    files: tuple[Path, ...]
    names: tuple[str, ...]
    pitches: tuple[int | None, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pitches", tuple(pitch_of(name) for name in self.names))

    @property
    def register(self) -> tuple[int, int]:
        known = [pitch for pitch in self.pitches if pitch is not None]
        return (min(known) - 2, max(known) + 2) if known else (48, 72)

    def play(self, rng: Generator, notes: Sequence[Note], duration_s: float) -> Samples:
        """A melodic part: the nearest recordings, shifted to pitch by resampling."""
        mix = np.zeros(round(duration_s * SAMPLE_RATE_HZ), np.float32)
        for note in notes:
            index, shift = self._choose(rng, note.pitch)
            samples = shifted(load(self.files[index]), shift)
            _add(mix, samples, note, cut_s=note.duration_s)
        return mix

    def play_drums(self, rng: Generator, notes: Sequence[Note], duration_s: float) -> Samples:
        """A rhythm: each key on the recordings of its piece, or, without any, on a fixed other."""
        mix = np.zeros(round(duration_s * SAMPLE_RATE_HZ), np.float32)
        tuning = {key: rng.uniform(-2, 2) for key in range(128)}
        stand_ins = rng.permutation(len(self.files))
        for note in notes:
            own = self._of_piece(note.pitch)
            choice = rng.choice(own) if own else stand_ins[note.pitch % len(stand_ins)]
            _add(mix, shifted(load(self.files[choice]), tuning[note.pitch]), note, cut_s=None)
        return mix

    def _choose(self, rng: Generator, pitch: int) -> tuple[int, float]:
        known = [(abs(own - pitch), i) for i, own in enumerate(self.pitches) if own is not None]
        if not known:
            shift = rng.uniform(-FREE_SHIFT_SEMITONES, FREE_SHIFT_SEMITONES)
            return int(rng.integers(len(self.files))), float(shift)
        nearest = sorted(known)[:NEIGHBOURS]
        index = nearest[rng.integers(len(nearest))][1]
        return index, pitch - (self.pitches[index] or 0)

    def _of_piece(self, key: int) -> list[int]:
        for pattern, keys in DRUM_PIECES.values():
            if key in keys:
                return [i for i, name in enumerate(self.names) if pattern.search(name)]
        return []


def pitch_of(name: str) -> int | None:
    """The MIDI number that a file's name tells, if any; middle C is C4 and 60.

    >>> [pitch_of(name) for name in ("a4_f_rr2", "065-F4-FF", "As3", "CLOSE 102", "kick")]
    [69, 65, 58, 102, None]
    """
    if found := NOTE_NAME.search(name):
        letter, accidental, octave = found.groups()
        step = {"": 0, "b": -1}.get(accidental, 1)
        return 12 * (int(octave) + 1) + PITCH_CLASSES[letter.lower()] + step
    if found := MIDI_NUMBER.search(name):
        number = int(found.group(1))
        return number if 20 < number < 110 and "close" in name.lower() else None
    return None


@lru_cache(maxsize=6000)
def load(path: Path) -> Samples:
    """A recording in mono at 32 kHz, its leading silence cut off, its peak at 1."""
    samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    mono = samples.mean(axis=1)[: round((LONGEST_NOTE_S + 1) * rate_hz)]
    common = gcd(rate_hz, SAMPLE_RATE_HZ)
    if rate_hz != SAMPLE_RATE_HZ:
        mono = resample_poly(mono, SAMPLE_RATE_HZ // common, rate_hz // common)
    peak = np.abs(mono).max(initial=1e-6)
    start = int(np.argmax(np.abs(mono) > 0.02 * peak))
    trimmed: Samples = (mono[start:] / peak).astype(np.float32)
    return trimmed


def shifted(samples: Samples, semitones: float) -> Samples:
    """Played faster or slower, and so higher or lower."""
    if abs(semitones) < 0.01:
        return samples
    positions = np.arange(0, len(samples) - 1, 2 ** (semitones / 12))
    played: Samples = np.interp(positions, np.arange(len(samples)), samples).astype(np.float32)
    return played


def _add(mix: Samples, samples: Samples, note: Note, cut_s: float | None) -> None:
    start = round(note.start_s * SAMPLE_RATE_HZ)
    room = len(mix) - start
    if cut_s is not None:
        room = min(room, round((min(cut_s, LONGEST_NOTE_S) + RELEASE_S) * SAMPLE_RATE_HZ))
    if room <= 0:
        return
    part = samples[:room] * np.float32((note.velocity / 127) ** 1.5)
    release = min(len(part), round(RELEASE_S * SAMPLE_RATE_HZ))
    if cut_s is not None and len(samples) > room:
        part[-release:] *= np.linspace(1, 0, release, dtype=np.float32)
    mix[start : start + len(part)] += part
