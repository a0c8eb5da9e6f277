"""Augmentation: what each change does to log-mel values whose content is known."""

import math

import pytest
import torch

from training import augment

FRAMES, BANDS = 200, 128


@pytest.fixture
def generator() -> torch.Generator:
    return torch.Generator().manual_seed(5)


@pytest.fixture
def log_mels(generator: torch.Generator) -> torch.Tensor:
    return torch.randn((16, FRAMES, BANDS), generator=generator) - 5


def test_all_of_it_keeps_the_shape_and_stays_in_range(
    log_mels: torch.Tensor, generator: torch.Generator
) -> None:
    changed = augment.augment(log_mels, generator)
    assert changed.shape == log_mels.shape
    assert changed.isfinite().all()
    assert changed.min() >= augment.LOWEST_VALUE


def test_the_same_generator_gives_the_same_changes(log_mels: torch.Tensor) -> None:
    first, second, third = (
        augment.augment(log_mels, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)
    )
    assert torch.equal(first, second)
    assert not torch.equal(first, third)


def test_gain_is_within_its_decibels(log_mels: torch.Tensor, generator: torch.Generator) -> None:
    gain_db = augment.gain(log_mels, generator) * 10 / math.log(10)
    assert gain_db.shape == (16, 1, 1)
    assert -35 <= gain_db.min() < gain_db.max() <= 9


def test_a_band_limit_only_takes_away(log_mels: torch.Tensor, generator: torch.Generator) -> None:
    limited = augment.limit_band(log_mels, generator)
    assert (limited <= log_mels).all()
    assert 0 < (limited < log_mels).float().mean() < 0.5


def test_noise_only_adds(log_mels: torch.Tensor, generator: torch.Generator) -> None:
    noisy = augment.add_noise(log_mels, generator)
    assert (noisy >= log_mels).all()
    assert (noisy > log_mels + 0.1).any()


def test_a_shift_moves_a_line_by_few_bands(generator: torch.Generator) -> None:
    line = torch.full((64, 4, BANDS), -10.0)
    line[:, :, 60] = 0
    peaks = augment.shift_bands(line, generator)[:, 0].argmax(dim=1)
    assert set(peaks.tolist()) == set(range(57, 64))


def test_speed_moves_a_click_in_time(generator: torch.Generator) -> None:
    click = torch.full((64, FRAMES, 4), -10.0)
    click[:, 99:102] = 0  # wide enough not to be skipped
    places = augment.change_speed(click, generator)[:, :, 0].argmax(dim=1).tolist()
    moved = [place for place in places if place != 99]
    assert 5 < len(moved) < 40
    assert all(99 / 1.26 <= place <= 99 / 0.79 for place in moved)


def test_shortened_clips_end_in_zeros(generator: torch.Generator) -> None:
    values = torch.full((200, FRAMES, 4), -5.0)
    shortened = augment.shorten(values, generator)
    ends_early = shortened[:, -1, 0] == 0
    assert 5 < int(ends_early.sum()) < 60
    lengths = (shortened[ends_early, :, 0] != 0).sum(dim=1)
    assert lengths.min() >= 0.14 * FRAMES
    assert torch.equal(shortened[~ends_early], values[~ends_early])
