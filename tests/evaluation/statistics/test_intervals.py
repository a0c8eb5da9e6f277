"""Intervals of shares and of differences: formulas by other libraries, and measured coverage."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import bootstrap
from statsmodels.api import OLS
from statsmodels.stats.proportion import proportion_confint

from AST.evaluation.statistics.design_effect import effective_count, measured_design_effect
from AST.evaluation.statistics.song_bootstrap import percentile_interval, resampled_totals
from AST.evaluation.statistics.tango import Z, tango_interval
from AST.evaluation.statistics.uncertainty import (
    Interval,
    difference_interval,
    share_interval,
    song_interval,
    wilson_interval,
)
from bench.coverage import accuracy_coverage, bootstrap_alone, difference_coverage, way_of_the_suite


@pytest.mark.parametrize(("matches", "total"), [(276, 300), (0, 5), (5, 5), (7.25, 11.5)])
def test_the_wilson_interval_equals_that_of_statsmodels(matches: float, total: float) -> None:
    interval = wilson_interval(matches, total)
    assert [interval.low_percent / 100, interval.high_percent / 100] == pytest.approx(
        proportion_confint(matches, total, method="wilson"), abs=1e-9
    )


def test_the_design_effect_is_that_of_a_regression_with_clusters() -> None:
    generator = np.random.default_rng(3)
    sizes = generator.integers(1, 20, 12)
    songs = np.repeat(np.arange(12), sizes)
    right = (generator.random(len(songs)) < np.repeat(generator.random(12), sizes)).astype(float)
    model = OLS(right, np.ones(len(right)))
    clustered = model.fit(cov_type="cluster", cov_kwds={"groups": songs})
    share = float(right.mean())
    sums = np.asarray(np.bincount(songs, weights=right), float)
    effect = measured_design_effect(sums, np.bincount(songs).astype(float), share * (1 - share))
    assert effect > 1.5
    variance = share * (1 - share) / len(right)
    assert effect == pytest.approx(float(clustered.bse[0]) ** 2 / variance)
    # Korn and Graubard: 2.201 is Student's quantile for 11 degrees of freedom.
    expected = len(right) / effect * (1.95996 / 2.20099) ** 2
    assert effective_count(len(right), effect, 12) == pytest.approx(expected, rel=1e-4)
    found = song_interval(songs.tolist(), right.tolist())
    assert found is not None
    assert found.design_effect == pytest.approx(effect)
    wilson = wilson_interval(share * expected, expected)
    assert found.interval.low_percent == pytest.approx(wilson.low_percent, rel=1e-3)
    assert found.interval.high_percent == pytest.approx(wilson.high_percent, rel=1e-3)


@pytest.mark.parametrize("gained_and_lost", [(0.2, 0.05), (0.0, 0.3), (0.02, 0.5), (0.1, 0.1)])
def test_tangos_interval_ends_where_the_score_test_refuses(
    gained_and_lost: tuple[float, float],
) -> None:
    gained, lost = gained_and_lost
    count = 40

    def score(difference: float) -> float:
        """The score statistic, its nuisance parameter by a search for the largest likelihood."""

        def loss(other: float) -> float:
            shares = np.array([other + difference, other, 1 - 2 * other - difference])
            counts = np.array([gained, lost, 1 - gained - lost])
            return -float(counts[counts > 0] @ np.log(np.maximum(shares[counts > 0], 1e-300)))

        bounds = (max(0, -difference), (1 - difference) / 2)
        other = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-12}).x
        variance = 2 * other + difference - difference**2
        return float((gained - lost - difference) / np.sqrt(variance / count))

    low, high = tango_interval(gained, lost, count)
    assert score(low) == pytest.approx(Z, abs=1e-3)
    assert score(high) == pytest.approx(-Z, abs=1e-3)


def test_the_interval_of_songs_that_are_alike_counts_songs() -> None:
    songs = [str(i // 10) for i in range(400)]
    alike = [float(i // 10 % 2) for i in range(400)]  # each song has only right or only wrong stems
    wide = song_interval(songs, alike)
    assert wide is not None
    assert wide.design_effect == pytest.approx(10 * 40 / 39)
    # The interval is as wide as for 40 independent draws, not for 400.
    assert wide.interval.low_percent == pytest.approx(35, abs=2.6)
    assert wide.interval.high_percent == pytest.approx(65, abs=2.6)
    assert song_interval(songs[::-1], alike[::-1]) == wide


def test_the_bootstrap_equals_that_of_scipy_up_to_chance() -> None:
    generator = np.random.default_rng(1)
    totals = generator.integers(2, 9, 50).astype(float)
    matches = generator.binomial(totals.astype(int), 0.8).astype(float)
    theirs = bootstrap(
        (matches, totals),
        lambda matches, totals, axis: matches.sum(axis=axis) / totals.sum(axis=axis),
        paired=True,
        method="percentile",
        n_resamples=10_000,
        rng=generator,
    ).confidence_interval
    drawn = resampled_totals(np.stack([matches, totals], axis=1))
    assert drawn.shape == (10_000, 2)
    ours = percentile_interval(drawn[:, 0] / drawn[:, 1])
    assert ours == pytest.approx(tuple(theirs), abs=0.004)


@pytest.mark.parametrize("songs", [2, 4, 29, 30, 100])
@pytest.mark.parametrize("right_of_ten", [0, 5, 10])
def test_songs_that_are_all_alike_give_an_interval_with_a_width(
    songs: int, right_of_ten: int
) -> None:
    names = [i // 10 for i in range(10 * songs)]
    right = [float(i % 10 < right_of_ten) for i in range(10 * songs)]
    found = song_interval(names, right)
    assert found is not None
    assert found.interval == wilson_interval(sum(right), len(right))
    assert found.design_effect == 1
    assert found.interval.high_percent - found.interval.low_percent > 0.1
    for value in (0.0, 1.0, -1.0):
        difference = difference_interval(names, [value * one for one in right])
        assert difference is not None
        assert difference.high_percent - difference.low_percent > 0.1
        middle = 10 * value * right_of_ten
        assert difference.low_percent <= middle <= difference.high_percent


def test_the_interval_of_a_difference_is_wider_if_songs_differ() -> None:
    names = [i // 10 for i in range(80)]
    of_two_songs = difference_interval(names, [1.0] * 20 + [0.0] * 60)
    of_all_songs = difference_interval(names, ([1.0] * 2 + [0.0] * 6) * 10)
    assert of_two_songs is not None
    assert of_all_songs is not None
    assert of_two_songs.low_percent < -10
    assert of_all_songs.low_percent > 15


def test_a_single_song_has_no_interval() -> None:
    assert song_interval(["a", "a"], [1, 0]) is None
    assert difference_interval(["a", "a"], [1, 0]) is None
    # A song without a stem of a class says nothing about that class.
    assert share_interval(np.array([1.0, 0.0]), np.array([2.0, 0.0])) is None


def test_the_interval_holds_the_accuracy_as_often_as_it_says() -> None:
    """With four songs the percentile bootstrap does not: it was the suite's only one before."""
    for accuracy in (0.75, 0.9):
        assert accuracy_coverage(way_of_the_suite, accuracy, 0.065, 4, 500) > 0.92
        assert accuracy_coverage(bootstrap_alone, accuracy, 0.065, 4, 500) < 0.85
    assert accuracy_coverage(way_of_the_suite, 0.9, 0.065, 30, 300) > 0.91
    assert difference_coverage(0.2, 0.1, 0.065, 5, 300) > 0.91


def test_resamples_do_not_depend_on_the_order_of_songs() -> None:
    by_song = np.array([[1, 2], [0, 3], [1, 2], [4, 4]])
    drawn = resampled_totals(by_song, 700, seed=5)
    assert drawn.shape == (700, 2)
    np.testing.assert_array_equal(drawn, resampled_totals(by_song[::-1], 700, seed=5))
    assert drawn.mean(axis=0) == pytest.approx(by_song.sum(axis=0), rel=0.05)
    assert isinstance(wilson_interval(1, 2), Interval)
