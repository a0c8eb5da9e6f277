from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from AST.audio import recording as recording_module
from AST.audio.decoding import decode
from AST.audio.mel_patches import NO_MEL_PATCHES, mel_patch_blocks, mel_patches, mel_patches_of
from AST.speech.essentia_quietly import essentia_standard
from tests.helpers import chirp, tone


def noise(count: int) -> npt.NDArray[np.float32]:
    return np.random.default_rng(count).normal(0, 0.1, count).astype(np.float32)


def mel_patches_by_essentia(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Mel patches from the frames that Essentia cuts. Shape: (n,) -> (mel patches, 96, 64)."""
    standard = essentia_standard()
    mel_bands = standard.TensorflowInputVGGish()
    frames = standard.FrameGenerator(samples, frameSize=400, hopSize=160, startFromZero=False)
    bands = np.array([mel_bands(frame) for frame in frames])
    starts = range(0, len(bands) - 95, 93)
    return np.array([bands[start : start + 96] for start in starts]).reshape(-1, 96, 64)


@pytest.mark.parametrize(
    "count", [1, 399, 400, 401, 15_040, 15_041, 15_200, 16_000, 30_080, 30_081, 50_123]
)
def test_frames_are_cut_like_in_essentia(count: int) -> None:
    samples = noise(count)
    expected = mel_patches_by_essentia(samples)
    np.testing.assert_allclose(mel_patches(samples), expected, rtol=0, atol=1e-5)
    parts = np.array_split(samples, [count // 7, count // 3, count // 3])
    in_parts = np.concatenate([NO_MEL_PATCHES, *mel_patch_blocks(parts)])
    np.testing.assert_allclose(in_parts, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("amplitude", [0, 1e-4, 0.01, 1])
@pytest.mark.parametrize("sound", [tone(440, 2, 16_000), chirp(2)])
def test_mel_bands_equal_those_of_essentia_at_any_level(
    sound: npt.NDArray[np.float32], amplitude: float
) -> None:
    samples = (amplitude * sound).astype(np.float32)
    expected = mel_patches_by_essentia(samples)
    np.testing.assert_allclose(mel_patches(samples), expected, rtol=0, atol=0.003)


def test_no_samples_give_no_mel_patches() -> None:
    assert mel_patches(noise(0)).shape == (0, 96, 64)


def test_the_mel_patches_of_a_long_file_can_be_read_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, chirp(6, 44_100), 44_100)
    expected = np.concatenate(list(mel_patches_of(decode(path))))
    monkeypatch.setattr(recording_module, "LONG_S", 2)
    monkeypatch.setattr(recording_module, "BLOCK_S", 2)
    monkeypatch.setattr("AST.audio.mel_patches.MEL_PATCHES_IN_MEMORY", 2)
    blocks = mel_patches_of(decode(path))
    for _ in range(2):
        np.testing.assert_allclose(np.concatenate(list(blocks)), expected, rtol=0, atol=1e-6)
