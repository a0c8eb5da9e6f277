"""Tests of files that hold less than they promise: each gives its sound, and a warning."""

import errno
import os
import struct
from pathlib import Path

import numpy as np
import pytest

from AST.audio.content import Content
from AST.audio.decoding import decode
from AST.errors import StemError
from synthetic.encoding import encode
from tests.helpers import RATE_HZ, STEREO, tone, write

FIVE_SECONDS = np.tile(STEREO, (5, 1))


def cut(path: Path, share: float) -> Path:
    os.truncate(path, round(share * path.stat().st_size))
    return path


def lossy_tone(path: Path, **options: str) -> Path:
    codec = {".mp3": "libmp3lame", ".m4a": "aac", ".mka": "libopus"}[path.suffix]
    sound = tone(440, 10, 48_000)
    return encode(path, sound, rate_hz=48_000, codec=codec, **options)


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.aiff"])
@pytest.mark.parametrize("share", [0.5, 0.99])
def test_a_lossless_file_that_was_cut(tmp_path: Path, name: str, share: float) -> None:
    recording = decode(cut(write(tmp_path / name, FIVE_SECONDS), share))
    assert recording.warning == (
        "damaged or cut short: its header promises 5.0 s, "
        f"{recording.duration_s:.1f} s were decoded"
    )
    assert recording.duration_s == pytest.approx(5 * share, abs=0.2)
    expected = FIVE_SECONDS[: recording.length].mean(axis=1) / 32768
    np.testing.assert_array_equal(recording.samples, expected)


@pytest.mark.parametrize(
    ("name", "options"), [("a.mp3", {}), ("a.m4a", {"movflags": "faststart"}), ("a.mka", {})]
)
def test_a_lossy_file_that_was_cut(tmp_path: Path, name: str, options: dict[str, str]) -> None:
    recording = decode(cut(lossy_tone(tmp_path / name, **options), 0.97))
    assert recording.warning is None
    recording = decode(cut(lossy_tone(tmp_path / name, **options), 0.5))
    assert "damaged or cut short: its header promises 10.0 s" in str(recording.warning)
    assert recording.duration_s == pytest.approx(5, abs=0.5)


def test_a_guessed_duration_is_no_promise(tmp_path: Path) -> None:
    """This MP3 starts with digital silence at a low bit rate. FFmpeg guesses from the first."""
    sound = np.concatenate(
        [tone(440, 2, RATE_HZ, level=0), np.random.default_rng(0).random(2 * RATE_HZ)]
    )
    path = encode(tmp_path / "a.mp3", sound, codec="libmp3lame", write_xing="0", q="0")
    assert decode(path).warning is None


def test_the_second_half_of_a_download_is_missing(tmp_path: Path) -> None:
    """The file has its full size, but its second half is zeros."""
    path = lossy_tone(tmp_path / "a.mp3", write_xing="0")
    data = path.read_bytes()
    half = len(data) // 2
    path.write_bytes(data[:half] + bytes(len(data) - half))
    recording = decode(path)
    assert recording.warning == "damaged: 50 % of its sound cannot be decoded"
    assert recording.duration_s == pytest.approx(5, abs=0.2)


@pytest.mark.parametrize("place", np.linspace(0.2, 0.95, 20))
def test_each_flipped_bit_in_a_flac_is_noticed(tmp_path: Path, place: float) -> None:
    path = write(tmp_path / "a.flac", FIVE_SECONDS)
    data = bytearray(path.read_bytes())
    data[round(place * len(data))] ^= 0x10
    path.write_bytes(data)
    recording = decode(path)
    assert recording.warning is not None
    assert 4.5 < recording.duration_s < 5


def test_one_damaged_frame_of_an_mp3_stays_below_full_scale(tmp_path: Path) -> None:
    path = lossy_tone(tmp_path / "a.mp3")
    data = bytearray(path.read_bytes())
    data[40_000:40_100] = np.random.default_rng(3).bytes(100)
    path.write_bytes(data)
    assert np.abs(decode(path).samples).max() <= 1


@pytest.mark.parametrize("length_bytes", [0x7FFF_FFFF, 0xFFFF_FF00])
def test_a_wav_header_with_too_large_a_length(tmp_path: Path, length_bytes: int) -> None:
    path = write(tmp_path / "a.wav", FIVE_SECONDS)
    patch(path, 40, struct.pack("<I", length_bytes))
    recording = decode(path)
    assert recording.length == 5 * RATE_HZ
    assert f"promises {length_bytes / 4 / RATE_HZ:.1f} s, 5.0 s were decoded" in str(
        recording.warning
    )


def patch(path: Path, offset: int, content: bytes) -> None:
    data = bytearray(path.read_bytes())
    data[offset : offset + len(content)] = content
    path.write_bytes(data)


def test_an_mp3_that_promises_years(tmp_path: Path) -> None:
    path = lossy_tone(tmp_path / "a.mp3")
    place = path.read_bytes().find(b"Info") + path.read_bytes().find(b"Xing") + 1
    patch(path, place + 8, b"\x7f\xff\xff\xff")
    recording = decode(path)
    assert recording.duration_s == pytest.approx(10, abs=0.1)
    assert "promises 51539607.5 s, 10.0 s were decoded" in str(recording.warning)


def test_an_m4a_of_unknown_duration(tmp_path: Path) -> None:
    path = lossy_tone(tmp_path / "a.m4a")
    data = path.read_bytes()
    for box, place in ((b"mvhd", 16), (b"tkhd", 20), (b"mdhd", 16)):
        patch(path, data.find(box) + 4 + place, b"\xff\xff\xff\xff")
    recording = decode(path)
    assert recording.warning is None
    assert recording.duration_s == pytest.approx(10, abs=0.1)


def test_one_damaged_byte_in_an_m4a_costs_no_more_than_its_packet(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    content = lossy_tone(tmp_path / "a.m4a", movflags="faststart").read_bytes()
    for _ in range(30):
        data = bytearray(content)
        data[generator.integers(len(data) // 4, len(data))] = generator.integers(256)
        (tmp_path / "a.m4a").write_bytes(data)
        assert decode(tmp_path / "a.m4a").duration_s == pytest.approx(10, abs=0.1)


def test_a_container_promises_nothing_for_its_shorter_stream(tmp_path: Path) -> None:
    short, long = tone(440, 3, RATE_HZ), tone(440, 5, RATE_HZ)
    path = encode(tmp_path / "a.mka", short, long, codec="flac")
    for number, duration_s in ((0, 3), (1, 5)):
        recording = decode(Path(f"{path}#{number}"))
        assert recording.warning is None
        assert recording.duration_s == pytest.approx(duration_s)


@pytest.mark.parametrize("factor", [0.5, 2])
def test_a_wrong_byte_rate_in_a_wav_does_not_matter(tmp_path: Path, factor: float) -> None:
    path = write(tmp_path / "a.wav", FIVE_SECONDS)
    patch(path, 28, struct.pack("<I", round(factor * 4 * RATE_HZ)))
    assert decode(path).warning is None
    assert "promises 5.0 s, 2." in str(decode(cut(path, 0.5)).warning)


def test_a_disk_that_fails_in_the_middle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(self: Content, size: int = -1) -> bytes:
        raise OSError(errno.EIO, "Input/output error")

    path = write(tmp_path / "a.wav", FIVE_SECONDS)
    monkeypatch.setattr(Content, "read", failing)
    with pytest.raises(StemError, match="cannot be read: Input/output error"):
        decode(path)
