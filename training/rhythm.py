"""Composes rhythms: a drum kit's grooves, and patterns of percussion."""

import numpy as np

from training.compose import BEATS_PER_BAR, Generator, Hand, Note, Song, Style

# General MIDI's keys of drums.
KICK, RIM, SNARE, CLAP, CLOSED_HAT, PEDAL_HAT, OPEN_HAT = 36, 37, 38, 39, 42, 44, 46
CRASH, RIDE, TOMS = 49, 51, (41, 45, 48, 50)


def beat(rng: Generator, song: Song, hand: Hand) -> list[Note]:
    """A drum kit's groove, one bar repeated, with fills and crashes."""
    grid = 16 if rng.random() < 0.7 else 12
    step_s = BEATS_PER_BAR * song.beat_s / grid
    cymbal = int(rng.choice((CLOSED_HAT, CLOSED_HAT, OPEN_HAT, RIDE, PEDAL_HAT)))
    cymbal_step = int(rng.choice((1, 2, 2, 4)))
    parts = {
        KICK: {0} | {int(i) for i in rng.choice(grid, rng.integers(1, 5))},
        int(rng.choice((SNARE, SNARE, RIM, CLAP))): {grid // 4, 3 * grid // 4}
        | {int(i) for i in rng.choice(grid, rng.integers(0, 3))},
        cymbal: set(range(0, grid, cymbal_step)),
    }
    for key in list(parts):
        if rng.random() < 0.12:  # a microphone, or a part, of its own
            parts = {other: steps for other, steps in parts.items() if other != key}
    notes = []
    for bar in range(song.bar_count):
        start_s = song.bar_start_s(bar)
        is_fill = rng.random() < 0.2
        for step in range(grid):
            keys = [key for key, steps in parts.items() if step in steps]
            if is_fill and step >= grid // 2:
                keys = [int(rng.choice((SNARE, *TOMS)))] if rng.random() < 0.8 else []
            if step == 0 and rng.random() < 0.15:
                keys.append(CRASH)
            for key in keys:
                accent = 10 if step % (grid // 4) == 0 else -8
                notes.append(
                    _hit(rng, hand, start_s + step * step_s, key, accent),
                )
    return notes


def hits(*keys: int) -> Style:
    """One or two of some percussion instruments in a pattern that repeats."""

    def pattern(rng: Generator, song: Song, hand: Hand) -> list[Note]:
        chosen = rng.choice(keys, min(len(keys), int(rng.integers(1, 4))), replace=False)
        grid = int(rng.choice((8, 16, 12)))
        step_s = BEATS_PER_BAR * song.beat_s / grid
        played = rng.random((len(chosen), grid)) < rng.uniform(0.15, 0.9)
        played[0, 0] = True
        return [
            _hit(rng, hand, song.bar_start_s(bar) + step * step_s, int(key), 0)
            for bar in range(song.bar_count)
            for row, key in enumerate(chosen)
            for step in range(grid)
            if played[row, step] and rng.random() < 0.95
        ]

    return pattern


def _hit(rng: Generator, hand: Hand, start_s: float, key: int, accent: float) -> Note:
    velocity = np.clip(hand.velocity + accent + rng.normal(0, hand.velocity_spread), 15, 127)
    return Note(max(0.0, start_s + rng.normal(0, hand.timing_spread_s)), 0.4, key, int(velocity))
