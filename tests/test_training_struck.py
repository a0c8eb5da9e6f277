"""Hand percussion: short, at the place that is written, each key a stroke of its own."""

from collections.abc import Callable

import numpy as np
import pytest

from training import struck
from training.compose import Note
from training.fluid import SAMPLE_RATE_HZ

TIME_S = np.arange(SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ


def test_hits_begin_where_they_are_written_and_fade() -> None:
    for seed in range(10):
        samples = struck.play(np.random.default_rng(seed), [Note(0.5, 0.4, 24, 100)], 3.0)
        assert samples.shape == (3 * SAMPLE_RATE_HZ,)
        assert not samples[: SAMPLE_RATE_HZ // 2].any()
        power = np.square(samples[SAMPLE_RATE_HZ // 2 :])
        assert power[: SAMPLE_RATE_HZ // 2].sum() > 0.9 * power.sum() > 0


def test_a_key_is_one_instrument_and_another_key_another() -> None:
    def spectrum(key: int) -> np.ndarray:
        rng = np.random.default_rng(5)
        notes = [Note(0.0, 0.4, 20, 100), Note(1.0, 0.4, 21, 100)]
        samples = struck.play(rng, notes, 2.0).reshape(2, -1)[key]
        power = np.abs(np.fft.rfft(samples)) ** 2
        return np.asarray(np.log(power.reshape(-1)[:16_000].reshape(40, -1).mean(axis=1) + 1e-9))

    assert np.abs(spectrum(0) - spectrum(1)).max() > 1


@pytest.mark.parametrize("kind", [struck.skin, struck.hand, struck.grains])
def test_a_kind_is_drawn_by_its_seed(kind: Callable[..., struck.Hit]) -> None:
    first, again, other = (
        kind(np.random.default_rng(seed), 1.0)(np.random.default_rng(9), 0.8, TIME_S)
        for seed in (0, 0, 1)
    )
    assert np.isfinite(first).all()
    assert np.array_equal(first, again)
    assert not np.allclose(first, other, rtol=0.1)


def test_a_larger_skin_is_lower() -> None:
    def lowest_hz(size: float) -> float:
        hit = struck.skin(np.random.default_rng(2), size)(np.random.default_rng(0), 1.0, TIME_S)
        power = np.abs(np.fft.rfft(hit)) ** 2
        return float(np.flatnonzero(power > 0.05 * power.max())[0])

    assert lowest_hz(2.0) == pytest.approx(lowest_hz(1.0) / 2, rel=0.2)
