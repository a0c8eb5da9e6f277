"""Parts: in time, in range, the same from the same seed."""

import numpy as np
import pytest

from training import compose, rhythm
from training.catalogue import HELD, KEYS, LOW, MELODIC, PLUCKED

STYLES = sorted({*HELD, *KEYS, *LOW, *MELODIC, *PLUCKED}, key=lambda style: style.__name__)


def part(style: compose.Style, seed: int) -> tuple[compose.Song, compose.Hand, list[compose.Note]]:
    rng = np.random.default_rng(seed)
    song = compose.random_song(rng, 12.0)
    hand = compose.random_hand(rng, 40, 80)
    return song, hand, style(rng, song, hand)


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.__name__)
@pytest.mark.parametrize("seed", range(8))
def test_notes_lie_in_the_players_range_and_in_the_song(style: compose.Style, seed: int) -> None:
    song, hand, notes = part(style, seed)
    last_bar_end_s = song.bar_start_s(song.bar_count)
    assert notes
    assert all(hand.low <= note.pitch <= hand.high for note in notes)
    assert all(0 <= note.start_s <= last_bar_end_s + 1 and note.duration_s > 0 for note in notes)
    assert all(1 <= note.velocity <= 127 for note in notes)


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.__name__)
def test_the_same_seed_composes_the_same_part(style: compose.Style) -> None:
    assert part(style, 3) == part(style, 3)
    assert part(style, 3) != part(style, 4)


def test_a_beat_uses_the_drum_kits_keys() -> None:
    kit = {rhythm.KICK, rhythm.RIM, rhythm.SNARE, rhythm.CLAP, rhythm.CLOSED_HAT}
    kit |= {rhythm.PEDAL_HAT, rhythm.OPEN_HAT, rhythm.CRASH, rhythm.RIDE, *rhythm.TOMS}
    for seed in range(20):
        _, _, notes = part(rhythm.beat, seed)
        assert {note.pitch for note in notes} <= kit


def test_hits_are_only_those_asked_for() -> None:
    _, _, notes = part(rhythm.hits(54, 70), 1)
    assert {note.pitch for note in notes} <= {54, 70}
