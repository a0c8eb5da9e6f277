"""Tests of decoding: formats, channels, damaged files, and files that are not audio."""

import os
import struct
from pathlib import Path

import numpy as np
import pytest

from AST.audio.decoding import decode
from AST.audio.recording import to_model_rate
from AST.errors import StemError
from AST.speech.essentia_quietly import essentia_standard
from tests.helpers import RATE_HZ, STEREO, tone, write


def patched(path: Path, offset: int, content: bytes) -> Path:
    data = bytearray(path.read_bytes())
    data[offset : offset + len(content)] = content
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 22_050, 44_100, 48_000, 192_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_decode_gives_the_samples_of_monoloader(
    tmp_path: Path, rate_hz: int, channels: int
) -> None:
    path = write(tmp_path / "a.wav", STEREO[:, :channels], rate_hz)
    recording = decode(path)
    expected = essentia_standard().MonoLoader(
        filename=str(path), sampleRate=16_000, resampleQuality=4
    )()
    assert recording.sample_rate_hz == rate_hz
    (block,) = to_model_rate(recording)
    np.testing.assert_allclose(block, expected, rtol=0, atol=1e-7)


@pytest.mark.parametrize(
    ("name", "subtype", "tolerance"),
    [
        ("a.wav", "PCM_16", 0),
        ("a.wav", "PCM_24", 0),
        ("a.wav", "FLOAT", 0),
        ("a.WAV", "DOUBLE", 0),
        ("a.wav", "PCM_U8", 1 / 128),
        ("a.flac", "PCM_16", 0),
        ("a.aiff", "PCM_16", 0),
        ("a.aif", "PCM_24", 0),
        ("a.ogg", "VORBIS", 0.05),
        ("a.mp3", "MPEG_LAYER_III", 0.05),
    ],
)
def test_each_format_is_decoded(tmp_path: Path, name: str, subtype: str, tolerance: float) -> None:
    expected = tone(440, 1, RATE_HZ)
    expected = np.round(expected * 32768) / 32768
    path = tmp_path / name
    container = path.suffix[1:].upper().replace("AIF", "AIFF").replace("AIFFF", "AIFF")
    write(path, np.stack([expected, expected], axis=1), format=container, subtype=subtype)
    recording = decode(path)
    assert recording.warning is None
    assert abs(len(recording.samples) - RATE_HZ) < 0.05 * RATE_HZ
    samples = recording.samples[: len(expected)]
    np.testing.assert_allclose(samples, expected[: len(samples)], atol=tolerance)


def test_an_extensible_header_without_fact_chunk_gives_no_warning(tmp_path: Path) -> None:
    """ffmpeg writes such headers for 24 bits and for high sample rates."""
    path = write(tmp_path / "a.wav", STEREO)
    data = path.read_bytes()[44:]
    guid = bytes.fromhex("0100000000001000800000aa00389b71")
    form = struct.pack("<HHIIHHHHI", 0xFFFE, 2, RATE_HZ, RATE_HZ * 4, 4, 16, 22, 16, 3) + guid
    chunks = b"WAVEfmt " + struct.pack("<I", len(form)) + form
    chunks += b"data" + struct.pack("<I", len(data)) + data
    path.write_bytes(b"RIFF" + struct.pack("<I", len(chunks)) + chunks)
    recording = decode(path)
    assert recording.warning is None
    np.testing.assert_array_equal(recording.samples, STEREO.mean(axis=1) / 32768)


def test_more_than_two_channels_are_averaged(tmp_path: Path) -> None:
    samples = np.arange(1, 7)[None, :].repeat(RATE_HZ, axis=0) * 0.1
    recording = decode(write(tmp_path / "surround.wav", samples, subtype="FLOAT"))
    np.testing.assert_allclose(recording.samples, 0.35, rtol=1e-6)


@pytest.mark.parametrize("name", [os.fsdecode(b"caf\xe9.wav"), "x" * 251 + ".wav", "a\nb.wav"])
def test_unusual_file_names(tmp_path: Path, name: str) -> None:
    plain = write(tmp_path / "a.wav", STEREO)
    np.testing.assert_array_equal(
        decode(plain.rename(tmp_path / name)).samples, STEREO.mean(axis=1) / 32768
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"empty file \(0 bytes\)"),
        (
            b"this is not audio, although its name is a.wav\n" * 9,
            "cannot be decoded .*Invalid data found",
        ),
        (b"RIFF", r"cannot be decoded as audio \(.*\); is it complete"),
        (b"OggS but no more than that", "cannot be decoded as audio"),
        (b"ID3", "cannot be decoded as audio"),
        (b"#EXTM3U\n#EXTINF:10,\nother.wav\n#EXT-X-ENDLIST\n", "cannot be decoded as audio"),
        (b"ffconcat version 1.0\nfile other.wav\n", "cannot be decoded as audio"),
    ],
)
def test_a_file_that_is_not_audio(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(StemError, match=message):
        decode(path)


def test_a_file_without_samples(tmp_path: Path) -> None:
    with pytest.raises(StemError, match="holds no audio samples"):
        decode(write(tmp_path / "a.wav", STEREO[:0]))
    path = write(tmp_path / "a.flac", STEREO)
    path.write_bytes(path.read_bytes()[:4000])
    with pytest.raises(StemError, match="holds no audio samples"):
        decode(path)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_samples_that_are_not_finite(tmp_path: Path, value: float) -> None:
    samples = tone(440, 1, RATE_HZ)
    samples[500] = value
    with pytest.raises(StemError, match="not finite numbers"):
        decode(write(tmp_path / "a.wav", samples, subtype="FLOAT"))


def test_samples_far_above_full_scale(tmp_path: Path) -> None:
    samples = 32768 * tone(440, 1, RATE_HZ)
    with pytest.raises(StemError, match=r"samples up to 1\.64e\+04; full scale is 1"):
        decode(write(tmp_path / "a.wav", samples, subtype="FLOAT"))


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(StemError, match="cannot be opened: No such file or directory"):
        decode(tmp_path / "gone.wav")
    with pytest.raises(StemError, match="is not a regular file"):
        decode(tmp_path)
    os.mkfifo(tmp_path / "pipe.wav")
    with pytest.raises(StemError, match="is not a regular file"):
        decode(tmp_path / "pipe.wav")


@pytest.mark.parametrize("rate_hz", [64, 999, 768_001])
def test_a_sample_rate_that_cannot_be(tmp_path: Path, rate_hz: int) -> None:
    expected = rf"has a sample rate of {rate_hz} Hz; expected 1,000 to 768,000 Hz"
    with pytest.raises(StemError, match=expected):
        decode(write(tmp_path / "a.wav", STEREO[:500], rate_hz))
