"""Composes: seeded melodies, riffs, chords and bass lines over a song's harmony."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Generator = np.random.Generator

BEATS_PER_BAR = 4
OCTAVE = 12
TEMPO_BPM = (60, 180)
SCALES = (
    (0, 2, 4, 5, 7, 9, 11),
    (0, 2, 3, 5, 7, 8, 10),
    (0, 2, 3, 5, 7, 9, 10),
    (0, 2, 4, 5, 7, 9, 10),
)
"""Major, minor, dorian, mixolydian, in semitones above the root."""
RHYTHMS_BEATS: tuple[tuple[float, ...], ...] = (
    (1, 1, 1, 1),
    (0.5,) * 8,
    (2, 2),
    (1.5, 0.5, 1, 1),
    (4,),
    (0.25,) * 16,
    (1.5, 1.5, 1),
    (0.5, 1, 0.5, 1, 1),
    (1 / 3,) * 12,
    (2, 1, 1),
    (0.75,) * 5,
)
"""Durations in beats that fill a bar (the last by about)."""


@dataclass(frozen=True)
class Note:
    """One note, or one hit of a drum.

    Attributes:
        pitch: MIDI number; for drums a key of General MIDI's drum map.
        velocity: 1 to 127.
    """

    start_s: float
    duration_s: float
    pitch: int
    velocity: int


@dataclass(frozen=True)
class Song:
    """What the parts of a song have in common.

    Attributes:
        root: Pitch class of the key, 0 for C.
        degrees: The scale degree that each bar's chord stands on, repeated to the end.
    """

    tempo_bpm: float
    duration_s: float
    root: int
    scale: tuple[int, ...]
    degrees: tuple[int, ...]

    @property
    def beat_s(self) -> float:
        return 60 / self.tempo_bpm

    @property
    def bar_count(self) -> int:
        return int(np.ceil(self.duration_s / (BEATS_PER_BAR * self.beat_s)))

    def bar_start_s(self, bar: int) -> float:
        return bar * BEATS_PER_BAR * self.beat_s

    def degree_of_bar(self, bar: int) -> int:
        return self.degrees[bar % len(self.degrees)]

    def pitch(self, degree: int, low: int) -> int:
        """The scale's note, degree 0 being the first root at or above ``low``.

        >>> song = Song(120, 10, 0, SCALES[0], (0,))
        >>> [song.pitch(degree, 59) for degree in (0, 2, 7, -1)]
        [60, 64, 72, 59]
        """
        base = low + (self.root - low) % OCTAVE
        octave, step = divmod(degree, len(self.scale))
        return base + OCTAVE * octave + self.scale[step]


@dataclass(frozen=True)
class Hand:
    """How one player plays: register, touch and steadiness.

    Attributes:
        articulation: Sounding part of a note's time; above 1 notes overlap.
        density: Probability that a note is played and not left out.
    """

    low: int
    high: int
    articulation: float
    velocity: float
    velocity_spread: float
    density: float
    timing_spread_s: float

    def note(
        self, rng: Generator, start_s: float, duration_s: float, pitch: int, accent: float = 0
    ) -> Note:
        while pitch > self.high:
            pitch -= OCTAVE
        while pitch < self.low:
            pitch += OCTAVE
        velocity = self.velocity + accent + rng.normal(0, self.velocity_spread)
        start_s = max(0.0, start_s + rng.normal(0, self.timing_spread_s))
        duration_s = max(0.04, duration_s * self.articulation)
        return Note(start_s, duration_s, pitch, int(np.clip(velocity, 15, 127)))


Style = Callable[[Generator, Song, Hand], list[Note]]


def random_song(rng: Generator, duration_s: float) -> Song:
    return Song(
        tempo_bpm=float(rng.uniform(*TEMPO_BPM)),
        duration_s=duration_s,
        root=int(rng.integers(OCTAVE)),
        scale=SCALES[rng.integers(len(SCALES))],
        degrees=tuple(int(degree) for degree in rng.choice((0, 0, 3, 4, 5, 1, 2), 4)),
    )


def random_hand(rng: Generator, low: int, high: int) -> Hand:
    """A player who stays in a register of one to two octaves and a half within the range."""
    span = min(high - low, int(rng.integers(OCTAVE, 30)))
    bottom = int(rng.integers(low, high - span + 1))
    return Hand(
        low=bottom,
        high=bottom + span,
        articulation=float(rng.choice((0.3, 0.6, 0.85, 1.0, 1.1))),
        velocity=float(rng.uniform(45, 112)),
        velocity_spread=float(rng.uniform(2, 14)),
        density=float(rng.choice((1.0, 0.9, 0.7))),
        timing_spread_s=float(rng.uniform(0, 0.015)),
    )


def melody(rng: Generator, song: Song, hand: Hand) -> list[Note]:
    """A walk up and down the scale in changing rhythms."""
    notes = []
    degree = int(rng.integers(0, 10))
    rhythms = [RHYTHMS_BEATS[i] for i in rng.integers(len(RHYTHMS_BEATS), size=3)]
    for bar in range(song.bar_count):
        time_s = song.bar_start_s(bar)
        for beats in rhythms[rng.integers(len(rhythms))]:
            degree = int(np.clip(degree + rng.choice((-2, -1, -1, 0, 1, 1, 2, 3, -3)), -3, 16))
            if rng.random() < hand.density:
                pitch = song.pitch(degree, hand.low)
                notes.append(hand.note(rng, time_s, beats * song.beat_s, pitch))
            time_s += beats * song.beat_s
    return notes


def riff(rng: Generator, song: Song, hand: Hand) -> list[Note]:
    """One bar, or two, repeated over and over; at times moved with the harmony."""
    rhythm = RHYTHMS_BEATS[rng.integers(len(RHYTHMS_BEATS))]
    degrees = rng.choice((0, 0, 2, 4, 6, 7, 1, 3), len(rhythm))
    played = rng.random(len(rhythm)) < hand.density
    moves = rng.random() < 0.5
    notes = []
    for bar in range(song.bar_count):
        time_s = song.bar_start_s(bar)
        shift = song.degree_of_bar(bar) if moves else 0
        for beats, degree, is_played in zip(rhythm, degrees, played, strict=True):
            if is_played:
                pitch = song.pitch(int(degree) + shift, hand.low)
                notes.append(hand.note(rng, time_s, beats * song.beat_s, pitch))
            time_s += beats * song.beat_s
    return notes


def chords(rng: Generator, song: Song, hand: Hand) -> list[Note]:
    """Block or strummed chords in a rhythm that stays."""
    rhythm = RHYTHMS_BEATS[rng.choice((0, 1, 2, 3, 4, 6, 7, 9))]
    strum_s = float(rng.choice((0, 0, 0.012, 0.03)))
    steps = (0, 2, 4, 7, 9)[: rng.integers(2, 6)]
    notes = []
    for bar in range(song.bar_count):
        time_s = song.bar_start_s(bar)
        for beats in rhythm:
            if rng.random() < hand.density:
                for place, step in enumerate(steps):
                    pitch = song.pitch(song.degree_of_bar(bar) + step, hand.low)
                    start_s = time_s + place * strum_s
                    notes.append(hand.note(rng, start_s, beats * song.beat_s, pitch))
            time_s += beats * song.beat_s
    return notes


def pad(rng: Generator, song: Song, hand: Hand) -> list[Note]:
    """A chord a bar, held."""
    steps = (0, 2, 4, 7)[: rng.integers(1, 5)]
    return [
        hand.note(
            rng,
            song.bar_start_s(bar),
            BEATS_PER_BAR * song.beat_s / hand.articulation,
            song.pitch(song.degree_of_bar(bar) + step, hand.low),
        )
        for bar in range(song.bar_count)
        for step in steps
    ]


def arpeggio(rng: Generator, song: Song, hand: Hand) -> list[Note]:
    """The chord's notes one after another, evenly, ringing on at times."""
    step_beats = float(rng.choice((0.25, 0.5, 1 / 3, 1)))
    steps = rng.permutation((0, 2, 4, 7, 9))[: rng.integers(3, 6)]
    ringing = float(rng.choice((1, 3)))
    count = round(BEATS_PER_BAR / step_beats)
    return [
        hand.note(
            rng,
            song.bar_start_s(bar) + place * step_beats * song.beat_s,
            ringing * step_beats * song.beat_s,
            song.pitch(song.degree_of_bar(bar) + int(steps[place % len(steps)]), hand.low),
        )
        for bar in range(song.bar_count)
        for place in range(count)
    ]


def sparse(rng: Generator, song: Song, hand: Hand) -> list[Note]:
    """Single notes, each left to ring."""
    notes = []
    time_s = float(rng.uniform(0, 0.5))
    while time_s < song.duration_s:
        gap_s = float(rng.uniform(0.5, 2.5))
        pitch = song.pitch(int(rng.integers(0, 15)), hand.low)
        notes.append(hand.note(rng, time_s, gap_s * rng.uniform(0.3, 1), pitch))
        time_s += gap_s
    return notes


def bass_line(rng: Generator, song: Song, hand: Hand) -> list[Note]:
    """Roots, fifths and octaves, or a walk, in even notes or syncopated."""
    rhythm = RHYTHMS_BEATS[rng.choice((0, 1, 1, 2, 3, 6, 7, 9))]
    pool = ((0,), (0, 4), (0, 7), (0, 2, 4, 5), (0, 4, 7, 6))[rng.integers(5)]
    notes = []
    for bar in range(song.bar_count):
        time_s = song.bar_start_s(bar)
        for place, beats in enumerate(rhythm):
            if rng.random() < hand.density:
                step = pool[0] if place == 0 else int(rng.choice(pool))
                pitch = song.pitch(song.degree_of_bar(bar) + step, hand.low)
                notes.append(hand.note(rng, time_s, beats * song.beat_s, pitch))
            time_s += beats * song.beat_s
    return notes
