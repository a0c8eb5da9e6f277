"""Files decoded: formats, channels, damage, and what is no audio."""

import os
import struct
from pathlib import Path

import numpy as np
import pytest

from AST.audio.decoding import decode
from AST.audio.essentia_quietly import essentia_standard
from AST.audio.recording import to_model_rate
from AST.errors import StemError
from tests.helpers import RATE_HZ, STEREO, tone, write


def patched(path: Path, offset: int, content: bytes) -> Path:
    data = bytearray(path.read_bytes())
    data[offset : offset + len(content)] = content
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 22_050, 44_100, 48_000, 192_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_one_decode_gives_monoloaders_samples(tmp_path: Path, rate_hz: int, channels: int) -> None:
    path = write(tmp_path / "a.wav", STEREO[:, :channels], rate_hz)
    recording = decode(path)
    oracle = essentia_standard().MonoLoader(
        filename=str(path), sampleRate=16_000, resampleQuality=4
    )()
    assert recording.sample_rate_hz == rate_hz
    (block,) = to_model_rate(recording)
    np.testing.assert_array_equal(block, oracle)


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
def test_formats(tmp_path: Path, name: str, subtype: str, tolerance: float) -> None:
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


@pytest.mark.parametrize(
    ("name", "subtype"), [("a.ogg", "OPUS"), ("a.wav", "IMA_ADPCM"), ("a.wav", "MS_ADPCM")]
)
def test_encodings_that_essentia_lacks(tmp_path: Path, name: str, subtype: str) -> None:
    expected = tone(440, 1, 48_000)
    samples = decode(write(tmp_path / name, expected, 48_000, subtype=subtype)).samples
    np.testing.assert_allclose(samples[100:40_000], expected[100:40_000], atol=0.1)


@pytest.mark.parametrize("tag", [0x22, 0x31, 0x45, 0x130, 0x2001])
def test_a_wav_with_an_unknown_encoding_tag_does_no_harm(tmp_path: Path, tag: int) -> None:
    good = write(tmp_path / "good.wav", STEREO)
    bad = patched(write(tmp_path / "bad.wav", STEREO), 20, struct.pack("<H", tag))
    for _ in range(3):
        with pytest.raises(StemError, match="cannot be decoded as audio"):
            decode(bad)
        assert len(decode(good).samples) == RATE_HZ


def test_an_extensible_header_without_fact_chunk_is_whole(tmp_path: Path) -> None:
    """As ffmpeg writes for 24 bits and for high sample rates."""
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
def test_odd_names(tmp_path: Path, name: str) -> None:
    plain = write(tmp_path / "a.wav", STEREO)
    np.testing.assert_array_equal(
        decode(plain.rename(tmp_path / name)).samples, STEREO.mean(axis=1) / 32768
    )


def test_a_truncated_file_is_decoded_as_far_as_it_goes(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", np.tile(STEREO, (5, 1)))
    path.write_bytes(path.read_bytes()[: 44 + 4 * 2 * RATE_HZ + 1])
    recording = decode(path)
    assert recording.duration_s == pytest.approx(2, abs=0.1)
    assert recording.warning == (
        "damaged or cut short: its header promises 882000 bytes of sound, the file has 352801"
    )


def test_a_truncated_flac_says_how_much_is_missing(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flac", np.tile(STEREO, (5, 1)))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    warning = decode(path).warning
    assert warning is not None
    assert "damaged or cut short: its header promises 5.0 s, 2." in warning


@pytest.mark.parametrize("length_bytes", [0x7FFFFFFF, 0xFFFFFFFF])
def test_a_header_that_promises_too_much(tmp_path: Path, length_bytes: int) -> None:
    path = write(tmp_path / "a.wav", np.tile(STEREO, (2, 1)))
    recording = decode(patched(path, 40, struct.pack("<I", length_bytes)))
    assert len(recording.samples) == 2 * RATE_HZ
    assert f"promises {length_bytes} bytes of sound, the file has 352800" in str(recording.warning)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"empty file \(0 bytes\)"),
        (
            b"this is no audio, whatever it is called\n" * 9,
            "cannot be decoded .*Invalid data found",
        ),
        (b"RIFF", r"cannot be decoded as audio \(.*\); is it whole"),
        (b"OggS but no more than that", "cannot be decoded as audio"),
    ],
)
def test_what_is_no_audio(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(StemError, match=message):
        decode(path)


def test_a_header_without_samples(tmp_path: Path) -> None:
    with pytest.raises(StemError, match="holds no audio samples"):
        decode(write(tmp_path / "a.wav", STEREO[:0]))
    path = write(tmp_path / "a.flac", STEREO)
    path.write_bytes(path.read_bytes()[:4000])
    with pytest.raises(StemError, match="holds no audio samples"):
        decode(path)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_samples_that_are_no_numbers(tmp_path: Path, value: float) -> None:
    samples = tone(440, 1, RATE_HZ)
    samples[500] = value
    with pytest.raises(StemError, match="no finite numbers"):
        decode(write(tmp_path / "a.wav", samples, subtype="FLOAT"))


def test_samples_far_beyond_full_scale(tmp_path: Path) -> None:
    samples = 32768 * tone(440, 1, RATE_HZ)
    with pytest.raises(StemError, match=r"samples up to 1\.64e\+04; full scale is 1"):
        decode(write(tmp_path / "a.wav", samples, subtype="FLOAT"))


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(StemError, match="cannot be opened: No such file or directory"):
        decode(tmp_path / "gone.wav")
    with pytest.raises(StemError, match="is no regular file"):
        decode(tmp_path)
    os.mkfifo(tmp_path / "pipe.wav")
    with pytest.raises(StemError, match="is no regular file"):
        decode(tmp_path / "pipe.wav")


def test_a_flac_that_does_not_know_its_length(tmp_path: Path) -> None:
    """As an encoder writes that writes into a pipe."""
    path = write(tmp_path / "a.flac", STEREO)
    data = bytearray(path.read_bytes())
    data[21] &= 0xF0
    data[22:26] = bytes(4)
    path.write_bytes(data)
    recording = decode(path)
    assert recording.warning is None
    np.testing.assert_array_equal(recording.samples, STEREO.mean(axis=1) / 32768)


def test_a_rate_that_nothing_can_be_made_of(tmp_path: Path) -> None:
    with pytest.raises(StemError, match="sample rate of 50 Hz; expected 63 or more"):
        decode(write(tmp_path / "a.wav", STEREO[:500], 50))
