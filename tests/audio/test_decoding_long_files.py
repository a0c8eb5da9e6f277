"""Tests of long files: processed in blocks, and decoded to a temporary file."""

import errno
import io
import tempfile
from pathlib import Path

import numpy as np
import pytest

from AST.audio import recording
from AST.audio.decoding import decode
from AST.audio.recording import rms_dbfs, to_model_rate
from AST.errors import StemError
from tests.helpers import RATE_HZ, STEREO, chirp, write


def use_blocks_of(duration_s: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Treats every longer file as long, and sets the length of the blocks."""
    monkeypatch.setattr(recording, "LONG_S", duration_s)
    monkeypatch.setattr(recording, "BLOCK_S", duration_s)


@pytest.mark.parametrize(("name", "rate_hz"), [("a.wav", 44_100), ("a.flac", 48_000)])
def test_a_long_file_in_blocks_gives_the_same_samples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, rate_hz: int
) -> None:
    path = write(tmp_path / name, chirp(9.7, rate_hz), rate_hz)
    whole = decode(path)
    (expected,) = to_model_rate(whole)
    level_dbfs = rms_dbfs(whole)
    use_blocks_of(2, monkeypatch)
    long = decode(path)
    assert long.is_long
    assert [len(block) for _, block in long.blocks()] == [2 * rate_hz] * 4 + [
        whole.length % rate_hz + rate_hz
    ]
    np.testing.assert_array_equal(long.samples, whole.samples)
    assert rms_dbfs(long) == pytest.approx(level_dbfs, abs=1e-9)
    blocks = list(to_model_rate(long))
    assert len(blocks) == 5
    np.testing.assert_array_equal(np.concatenate(blocks), expected)


def test_a_truncated_long_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_blocks_of(1, monkeypatch)
    for name in ("a.wav", "a.flac"):
        path = write(tmp_path / name, np.tile(STEREO, (8, 1)))
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        recording = decode(path)
        assert recording.warning is not None
        assert recording.duration_s == pytest.approx(4, abs=0.5)
        assert len(recording.samples) == recording.length


@pytest.mark.parametrize("name", ["a.mp3", "a.ogg"])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_long_lossy_file_is_decoded_completely(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    name: str,
    channels: int,
) -> None:
    sound = chirp(9.7, RATE_HZ)
    noise = np.random.default_rng(0).normal(0, 0.1, len(sound))
    path = write(tmp_path / name, np.stack([sound, noise], axis=1)[:, :channels], RATE_HZ)
    whole = decode(path).samples
    use_blocks_of(2, monkeypatch)
    recording = decode(path)
    blocks = [block for _, block in recording.blocks()]
    np.testing.assert_allclose(np.concatenate(blocks), whole, rtol=0, atol=1e-7)
    assert capfd.readouterr() == ("", "")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])  # its header still gives the full length
    half = decode(path)
    assert 2 < half.duration_s < 6
    assert rms_dbfs(half) == pytest.approx(rms_dbfs(recording), abs=0.5)


def test_a_long_file_that_does_not_fit_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class FullDisk(io.BytesIO):
        def write(self, content: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    path = write(tmp_path / "a.mp3", chirp(5, RATE_HZ), RATE_HZ)
    use_blocks_of(2, monkeypatch)
    monkeypatch.setattr(tempfile, "TemporaryFile", FullDisk)
    with pytest.raises(StemError, match=r"is long, and .* cannot hold its sound \(No space left"):
        decode(path)


def test_samples_that_are_not_finite_in_a_long_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_blocks_of(1, monkeypatch)
    samples = np.tile(STEREO / 32_768, (4, 1))
    samples[3 * RATE_HZ] = np.nan
    path = write(tmp_path / "a.wav", samples, subtype="FLOAT")
    with pytest.raises(StemError, match="not finite numbers"):
        decode(path)
