"""Pipe organs: in tune, never soft, and as long as their keys are held."""

import numpy as np
import pytest

from training import pipes
from training.compose import Note
from training.fluid import SAMPLE_RATE_HZ

from .test_training_sounds import frequency_hz


@pytest.mark.parametrize("pitch", [45, 69, 88])
def test_a_pipe_is_in_tune(pitch: int) -> None:
    levels = np.zeros(pipes.HARMONICS)
    levels[0] = 1.0
    rank = pipes.Rank(semitones=12.0, levels=levels, chiff=0.0, attack_s=0.01)
    time_s = np.arange(SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    sounding = pipes._pipe(np.random.default_rng(0), rank, pitch, time_s)
    expected_hz = 440 * 2 ** ((pitch + 12 - 69) / 12)
    assert frequency_hz(sounding.astype(np.float32)) == pytest.approx(expected_hz, rel=0.003)
    assert np.abs(sounding[SAMPLE_RATE_HZ // 2 :]).max() == pytest.approx(1, abs=0.01)


def test_harmonics_that_nobody_hears_are_left_out() -> None:
    rank = pipes.Rank(0.0, np.ones(pipes.HARMONICS), chiff=0.0, attack_s=0.01)
    time_s = np.arange(SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    sounding = pipes._pipe(np.random.default_rng(0), rank, 100, time_s)
    spectrum = np.abs(np.fft.rfft(sounding * np.hanning(len(sounding))))
    assert spectrum[pipes.HIGHEST_HZ + 50 :].max() < 0.01 * spectrum.max()


def test_keys_do_not_feel_how_hard_they_are_struck() -> None:
    soft, hard = (
        pipes.play(np.random.default_rng(3), [Note(0.0, 1.0, 60, velocity)], 1.0)
        for velocity in (20, 120)
    )
    assert np.array_equal(soft, hard)


def test_a_key_sounds_while_it_is_held() -> None:
    for seed in range(5):
        samples = pipes.play(np.random.default_rng(seed), [Note(0.5, 1.0, 60, 90)], 2.5)
        assert samples.shape == (round(2.5 * SAMPLE_RATE_HZ),)
        level = np.sqrt(np.square(samples.reshape(25, -1)).mean(axis=1))  # every 0.1 s
        assert level[:4].max() < 0.1 * level[7:14].min()
        assert level[18:].max() < 0.1 * level[7:14].min()


def test_a_seed_is_an_organ() -> None:
    notes = [Note(0.0, 0.5, 60, 90)]
    first, again, other = (
        pipes.play(np.random.default_rng(seed), notes, 0.5) for seed in (0, 0, 1)
    )
    assert np.array_equal(first, again)
    assert not np.allclose(first, other, rtol=0.1)


def test_an_organ_that_is_not_played_is_silent() -> None:
    assert not pipes.play(np.random.default_rng(0), [], 1.0).any()


def test_the_chiff_is_as_loud_as_it_says() -> None:
    levels = np.zeros(pipes.HARMONICS)
    levels[0] = 0.5
    time_s = np.arange(SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    for pitch in (40, 90):
        quiet, chiffing = (
            pipes._pipe(
                np.random.default_rng(0),
                pipes.Rank(0.0, levels, chiff, attack_s=100),
                pitch,
                time_s,
            )
            for chiff in (0.0, 0.2)
        )
        assert (chiffing - quiet).std() == pytest.approx(0.2 * 0.5, rel=0.05)
