from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
import torchaudio
from transformers import ASTFeatureExtractor

from AST.audio.spectrogram import input_sample_count, spectrogram
from AST.errors import StemError
from tests.helpers import tone

MEAN, TWICE_DEVIATION = -4.2677393, 2 * 4.5689974
PADDING = -MEAN / TWICE_DEVIATION


def noise(duration_s: float) -> npt.NDArray[Any]:
    generator = np.random.default_rng(0)
    return generator.uniform(-0.5, 0.5, round(duration_s * 16_000)).astype(np.float32)


@pytest.mark.parametrize("duration_s", [0.025, 1, 10.24, 10.26, 30])
def test_cutting_the_excerpt_first_does_not_change_the_frames(duration_s: float) -> None:
    samples = noise(duration_s)
    whole = torchaudio.compliance.kaldi.fbank(
        torch.from_numpy(samples)[None],
        htk_compat=True,
        sample_frequency=16_000,
        use_energy=False,
        window_type="hanning",
        num_mel_bins=128,
        dither=0.0,
        frame_shift=10,
    )[:1024]
    expected = torch.zeros(1024, 128)
    expected[: len(whole)] = whole
    torch.testing.assert_close(
        spectrogram(samples), (expected - MEAN) / TWICE_DEVIATION, rtol=0, atol=1e-6
    )


def test_the_spectrogram_equals_that_of_transformers() -> None:
    samples = noise(4)
    expected = ASTFeatureExtractor()(samples, sampling_rate=16_000, return_tensors="pt")
    torch.testing.assert_close(spectrogram(samples), expected["input_values"][0], rtol=0, atol=1e-4)


def test_a_short_excerpt_is_padded_before_normalisation() -> None:
    frames = spectrogram(noise(1))
    assert frames.shape == (1024, 128)
    np.testing.assert_allclose(frames[98:], PADDING, atol=1e-6)
    assert not np.isclose(frames[:98], PADDING).all(axis=1).any()


def test_a_tone_is_loudest_in_its_mel_band() -> None:
    def mel(frequency_hz: float) -> float:
        return 1127 * float(np.log1p(frequency_hz / 700))

    frames = spectrogram(tone(1000, 11, 16_000).astype(np.float32))
    band = (mel(1000) - mel(20)) / (mel(8000) - mel(20)) * 129 - 1
    assert abs(frames.mean(dim=0).argmax().item() - band) <= 1


def test_later_samples_have_no_effect() -> None:
    samples = noise(12)
    changed = samples.copy()
    changed[input_sample_count() :] = 0
    assert torch.equal(spectrogram(samples), spectrogram(changed))


def test_an_excerpt_shorter_than_a_frame_gives_an_error() -> None:
    with pytest.raises(StemError, match=r"holds 10\.0 ms of sound; AST needs at least 25 ms"):
        spectrogram(noise(0.01))
