"""Hand percussion: short, at the place that is written, each key a stroke of its own."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from training import struck
from training.compose import Generator, Note
from training.fluid import SAMPLE_RATE_HZ

Kind = Callable[[Generator, float], struck.Hit]
KINDS = pytest.mark.parametrize("kind", [struck.skin, struck.hand, struck.grains])


def drawn(kind: Kind, seed: int) -> npt.NDArray[np.float64]:
    return kind(np.random.default_rng(seed), 1.0)(np.random.default_rng(9), 0.8)


def spectrum(samples: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Power in steps of 400 Hz, in nepers."""
    power = np.abs(np.fft.rfft(samples, SAMPLE_RATE_HZ)[:16_000]) ** 2
    return np.asarray(np.log(power.reshape(40, -1).mean(axis=1) + 1e-9))


@KINDS
def test_a_hit_fades(kind: Kind) -> None:
    for seed in range(5):
        power = np.square(drawn(kind, seed))
        assert np.isfinite(power).all()
        assert power[: len(power) // 2].sum() > 0.9 * power.sum() > 0


@KINDS
def test_a_kind_is_drawn_by_its_seed(kind: Kind) -> None:
    assert np.array_equal(drawn(kind, 0), drawn(kind, 0))
    assert not np.allclose(drawn(kind, 0), drawn(kind, 1), rtol=0.1)


def test_hits_begin_where_they_are_written_and_end_softly() -> None:
    for seed in range(12):
        samples = struck.play(np.random.default_rng(seed), [Note(0.5, 0.4, 24, 100)], 3.0)
        assert samples.shape == (3 * SAMPLE_RATE_HZ,)
        start = SAMPLE_RATE_HZ // 2
        end = start + struck.HIT_SAMPLES
        assert not samples[:start].any()
        assert samples[start : start + 3200].any()
        assert np.abs(samples[end - 10 :]).max() < 1e-3 * np.abs(samples).max()


def test_a_hit_at_the_end_is_as_loud_as_any_other() -> None:
    whole, cut = (
        struck.play(np.random.default_rng(0), [Note(0.5, 0.4, 24, 100)], duration_s)
        for duration_s in (3.0, 0.5 + 1 / SAMPLE_RATE_HZ)
    )
    assert np.array_equal(cut, whole[: len(cut)])


def test_a_key_is_one_stroke_and_another_key_another() -> None:
    notes = [Note(2.0 * place, 0.4, key, 100) for place, key in enumerate((20, 20, 21))]
    for seed in range(6):
        samples = struck.play(np.random.default_rng(seed), notes, 6.0)
        first, again, other = (spectrum(part) for part in samples.reshape(3, -1))
        apart, alike = np.abs(first - other).mean(), np.abs(first - again).mean()
        assert apart > 1.5 * alike


def test_a_larger_skin_is_lower() -> None:
    def lowest_hz(size: float) -> float:
        hit = struck.skin(np.random.default_rng(2), size)(np.random.default_rng(0), 1.0)
        power = np.abs(np.fft.rfft(hit, SAMPLE_RATE_HZ)) ** 2
        return float(np.flatnonzero(power > 0.05 * power.max())[0])

    assert lowest_hz(2.0) == pytest.approx(lowest_hz(1.0) / 2, rel=0.2)


def test_grains_are_heard_through_their_shell() -> None:
    for seed in range(5):
        rng = np.random.default_rng(seed)
        centre_hz = np.random.default_rng(seed).uniform(2500, 9000)
        power = np.abs(np.fft.rfft(struck.grains(rng, 1.0)(rng, 1.0), SAMPLE_RATE_HZ)) ** 2
        frequency_hz = np.arange(len(power))
        is_near = (frequency_hz > 0.4 * centre_hz) & (frequency_hz < 1.8 * centre_hz)
        assert power[is_near].sum() > 0.6 * power.sum()
