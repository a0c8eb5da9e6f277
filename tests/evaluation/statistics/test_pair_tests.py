"""Tests of differences, each against a second implementation."""

import numpy as np
import pytest
from scipy.stats import permutation_test
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from AST.evaluation.layout import probability
from AST.evaluation.statistics.pair_tests import OddsRatio, holm, mcnemar_p, odds_ratio, sign_flip_p


@pytest.mark.parametrize("seed", range(6))
def test_sign_flips_equal_the_permutation_test_of_scipy(seed: int) -> None:
    generator = np.random.default_rng(seed)
    songs = generator.integers(0, 9, 60)
    gains = generator.choice([-1, 0, 1], 60, p=[0.1, 0.6, 0.3])
    sums = np.array([gains[songs == song].sum() for song in range(9)])
    oracle = permutation_test((sums,), np.sum, permutation_type="samples", n_resamples=np.inf)
    assert sign_flip_p(songs.tolist(), gains.tolist()) == pytest.approx(oracle.pvalue)


def test_sign_flips_of_many_songs_equal_random_flips() -> None:
    generator = np.random.default_rng(1)
    songs = np.repeat(np.arange(100), 5)
    gains = generator.choice([-1, 0, 1], 500, p=[0.08, 0.8, 0.12])
    sums = gains.reshape(100, 5).sum(axis=1)
    flips = generator.choice([-1, 1], (20_000, 100))
    expected = np.mean(np.abs(flips @ sums) >= abs(sums.sum()))
    assert sign_flip_p(songs.tolist(), gains.tolist()) == pytest.approx(expected, abs=0.01)


def test_songs_are_kept_whole() -> None:
    gains = [1] * 12
    assert sign_flip_p(["a"] * 12, gains) == 1  # one song can be flipped in two ways only
    assert sign_flip_p(range(12), gains) == 2 * 0.5**12
    assert sign_flip_p(range(12), [0] * 12) == 1


@pytest.mark.parametrize(("gained", "lost"), [(8, 1), (0, 3), (5, 5), (30, 12)])
def test_mcnemar_equals_statsmodels(gained: int, lost: int) -> None:
    oracle = mcnemar([[50, gained], [lost, 9]], exact=True)
    assert mcnemar_p(gained, lost) == pytest.approx(oracle.pvalue)


@pytest.mark.parametrize("count", [1, 3, 10])
def test_holm_equals_statsmodels(count: int) -> None:
    p_values = (np.random.default_rng(count).random(count) ** 3).tolist()
    assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1].tolist())
    assert holm([0.5, 0.5, 0.01]) == pytest.approx([1, 1, 0.03])


def test_odds_ratios_by_hand() -> None:
    assert odds_ratio(6, 4) == OddsRatio(1.5, False)
    assert odds_ratio(0, 2) == OddsRatio(0.5 / 2.5, True)
    assert odds_ratio(0, 0) == OddsRatio(None, False)


@pytest.mark.parametrize(("p", "text"), [(0.0390625, "= 0.0391"), (1e-13, "< 1e-12")])
def test_very_small_p_values_are_shown_as_a_bound(p: float, text: str) -> None:
    assert probability(p) == text
