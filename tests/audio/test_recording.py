from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from AST.audio.recording import Recording, resampled, rms_dbfs
from tests.helpers import tone

RATE_HZ = 44_100


@pytest.mark.parametrize(
    ("samples", "level_dbfs"),
    [
        (np.ones(1000), 0),
        (np.zeros(1000), -200),
        (tone(100, 1, 8000, level=1.0), -3.0103),
        (np.array([0.01, -0.01]), -40),
    ],
)
def test_rms_level(samples: npt.NDArray[Any], level_dbfs: float) -> None:
    recording = Recording.in_memory(samples.astype(np.float32), 8_000)
    assert rms_dbfs(recording) == pytest.approx(level_dbfs, abs=1e-4)


def test_resampling_keeps_a_tone() -> None:
    at_model_rate = resampled(tone(200, 1, RATE_HZ).astype(np.float32), RATE_HZ)
    expected = tone(200, 1, 16_000)
    np.testing.assert_allclose(at_model_rate[: len(expected)], expected, atol=0.02)
