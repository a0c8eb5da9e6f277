"""Free reeds: in tune, as long as their notes, and different from player to player."""

from collections.abc import Callable

import numpy as np
import pytest

from training import reeds
from training.compose import Generator, Note
from training.fluid import SAMPLE_RATE_HZ, Samples
from training.reeds import Instrument

from .test_training_strings import pitch_hz

Play = Callable[[Generator, list[Note], float], Samples]
PLAYERS = pytest.mark.parametrize("play", [reeds.harmonica, reeds.accordion])


@PLAYERS
def test_notes_begin_and_end_where_they_are_written(play: Play) -> None:
    samples = play(np.random.default_rng(0), [Note(0.5, 1.0, 69, 100)], 2.5)
    assert samples.shape == (round(2.5 * SAMPLE_RATE_HZ),)
    sounding = np.flatnonzero(np.abs(samples) > 0.02 * np.abs(samples).max()) / SAMPLE_RATE_HZ
    assert sounding[0] == pytest.approx(0.5, abs=0.02)
    assert 1.5 <= sounding[-1] <= 1.6


@PLAYERS
def test_a_seed_is_an_instrument(play: Play) -> None:
    notes = [Note(0.0, 0.5, 69, 100)]
    first, again, other = (play(np.random.default_rng(seed), notes, 0.5) for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.allclose(first, other, rtol=0.1)


@pytest.mark.parametrize("pitch", [57, 69, 84])
def test_reeds_are_in_tune(pitch: int) -> None:
    samples = reeds._play(
        np.random.default_rng(0), one_reed(vibrato=0.0), [Note(0.0, 1.0, pitch, 100)], 1.0
    )
    assert pitch_hz(samples) == pytest.approx(440 * 2 ** ((pitch - 69) / 12), rel=0.002)


def test_two_reeds_beat_at_their_difference() -> None:
    detuned = one_reed(reeds=(0.0, 12 * np.log2(444 / 440)), levels=np.array([1.0] + 29 * [0.0]))
    samples = reeds._play(np.random.default_rng(0), detuned, [Note(0.0, 3.0, 69, 127)], 3.0)
    level = np.sqrt(np.convolve(samples**2, np.ones(441) / 441, "same"))[::441]
    spectrum = np.abs(np.fft.rfft(level - level.mean()))
    assert np.argmax(spectrum) / 3.0 == pytest.approx(4.0, abs=0.4)


def one_reed(
    reeds: tuple[float, ...] = (0.0,),
    levels: np.ndarray | None = None,
    vibrato: float = 0.0,
) -> Instrument:
    if levels is None:
        levels = 1 / np.arange(1.0, 31.0)
    return Instrument(reeds, levels, 0.01, 0.01, 0.0, 5.0, vibrato, 0.0)


def test_softer_notes_are_duller() -> None:
    def brightness(velocity: int) -> float:
        samples = reeds._play(
            np.random.default_rng(0), one_reed(), [Note(0.0, 1.0, 57, velocity)], 1.0
        )
        power = np.abs(np.fft.rfft(samples)) ** 2
        return float((power * np.arange(len(power))).sum() / power.sum())

    assert brightness(40) < 0.9 * brightness(120)
