"""Tests of containers and encodings: all that FFmpeg knows is read, and as a whole."""

import struct
from pathlib import Path

import numpy as np
import pytest

from AST.audio.decoding import decode
from AST.errors import StemError
from synthetic.encoding import encode
from tests.helpers import RATE_HZ, STEREO, tone, write

STEREO_TONE = np.stack([tone(440, 2, 48_000), tone(880, 2, 48_000)], axis=1)
RAMPS = Path(__file__).parent / "data"
"""-1000 to 999 at 8 kHz. The flac command wrote them, from WAV files of 12 and 20 valid bits."""


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.opus", "libopus"),
        ("a.ogg", "libopus"),
        ("a.ogg", "flac"),
        ("a.aac", "aac"),
        ("a.m4a", "aac"),
        ("a.m4a", "alac"),
        ("a.mp4", "aac"),
        ("a.webm", "libopus"),
        ("a.mka", "flac"),
        ("a.wma", "wmav2"),
        ("a.wv", "wavpack"),
        ("a.caf", "alac"),
        ("a.wav", "adpcm_ima_wav"),
        ("a.wav", "pcm_mulaw"),
        ("a.w64", "pcm_s16le"),
        ("a.mp3", "libmp3lame"),
    ],
)
def test_each_encoding_is_decoded(tmp_path: Path, name: str, codec: str) -> None:
    recording = decode(encode(tmp_path / name, STEREO_TONE, rate_hz=48_000, codec=codec))
    expected = STEREO_TONE.mean(axis=1)
    assert recording.warning is None
    assert recording.duration_s == pytest.approx(2, abs=0.07)
    # Some encodings start with up to 50 ms that are not in the sound.
    shifts = range(2_400)
    middle = recording.samples[20_000:60_000]
    errors = [np.std(middle - expected[20_000 - shift : 60_000 - shift]) for shift in shifts]
    assert min(errors) < 0.03


@pytest.mark.parametrize("name", ["a.mp3", "a.wav", "a.flac", "a.m4a"])
@pytest.mark.parametrize("container", ["webm", "ogg"])
def test_a_wrong_suffix_does_not_matter(tmp_path: Path, name: str, container: str) -> None:
    path = tmp_path / f"right.{container}"
    encode(path, STEREO_TONE, rate_hz=48_000, codec="libopus")
    expected = decode(path).samples
    np.testing.assert_array_equal(decode(path.rename(tmp_path / name)).samples, expected)


@pytest.mark.parametrize("bits", [12, 20])
def test_flac_with_an_unusual_number_of_bits(bits: int) -> None:
    recording = decode(RAMPS / f"ramp-{bits}-bit.flac")
    assert recording.warning is None
    assert (recording.samples * 2**11).tolist() == list(range(-1000, 1000))


def test_flac_without_a_length_in_its_header(tmp_path: Path) -> None:
    """An encoder that writes to a pipe makes such files."""
    path = write(tmp_path / "a.flac", np.tile(STEREO, 3))  # six channels
    data = bytearray(path.read_bytes())
    data[21] &= 0xF0
    data[22:26] = bytes(4)
    path.write_bytes(data)
    recording = decode(path)
    assert recording.warning is None
    np.testing.assert_allclose(recording.samples, STEREO.mean(axis=1) / 32768, atol=1e-7)


def wav(sound: bytes, length: int, name: bytes = b"RIFF", before: bytes = b"") -> bytes:
    """A 16-bit stereo WAV whose header gives a length of its own choice."""
    form = struct.pack("<IHHIIHH", 16, 1, 2, RATE_HZ, 4 * RATE_HZ, 4, 16)
    head = name + struct.pack("<I", length) + b"WAVE" + before + b"fmt " + form
    return head + b"data" + struct.pack("<I", length) + sound


def chunk_of_sizes(size: int) -> bytes:
    return b"ds64" + struct.pack("<IQQQI", 28, size + 72, size, size // 4, 0)


@pytest.mark.parametrize("kind", ["length 0", "length -1", "RF64", "BW64", "ID3 before it"])
def test_wav_files_that_other_programs_write(tmp_path: Path, kind: str) -> None:
    sound = STEREO.tobytes()
    unknown, sizes = 0xFFFF_FFFF, chunk_of_sizes(len(sound))
    tag = b"ID3\x03\0\0\0\0\x08\0" + bytes(1024)
    content = {
        "length 0": wav(sound, 0),
        "length -1": wav(sound, unknown),
        "RF64": wav(sound, unknown, b"RF64", sizes),
        "BW64": wav(sound, unknown, b"BW64", sizes),
        "ID3 before it": tag + wav(sound, len(sound)),
    }[kind]
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    recording = decode(path)
    assert recording.warning is None
    np.testing.assert_array_equal(recording.samples, STEREO.mean(axis=1) / 32768)


def test_samples_of_64_bits_are_refused(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.wav", STEREO_TONE, rate_hz=48_000, codec="pcm_s64le")
    with pytest.raises(StemError, match="has samples of the format s64; convert it"):
        decode(path)


def test_24_bits_in_4_bytes_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", STEREO, subtype="PCM_24")
    data = bytearray(path.read_bytes())
    data[28:34] = struct.pack("<IH", 8 * RATE_HZ, 8)  # bytes for a second, and for a sample
    path.write_bytes(data)
    with pytest.raises(StemError, match=r"24 bits per sample in blocks of 4 bytes.*; expected"):
        decode(path)


@pytest.mark.parametrize("subtype", ["OPUS", "VORBIS"])
def test_all_parts_of_a_chained_ogg(tmp_path: Path, subtype: str) -> None:
    one = write(tmp_path / "1.ogg", STEREO_TONE, 48_000, subtype=subtype)
    other = write(tmp_path / "2.ogg", STEREO_TONE[::-1], 48_000, subtype=subtype)
    expected = np.concatenate([decode(one).samples, decode(other).samples])
    chained = tmp_path / "a.ogg"
    chained.write_bytes(one.read_bytes() + other.read_bytes())
    np.testing.assert_array_equal(decode(chained).samples, expected)


@pytest.mark.parametrize("codec", ["libmp3lame", "aac"])
@pytest.mark.parametrize("is_mono_first", [False, True])
def test_the_number_of_channels_may_change(tmp_path: Path, codec: str, is_mono_first: bool) -> None:
    """Two files that were joined: each part is mixed to mono by its own number of channels."""
    container = {"libmp3lame": "mp3", "aac": "adts"}[codec]
    same = np.stack([tone(440, 2, RATE_HZ)] * 2, axis=1)
    parts = [
        encode(tmp_path / "s", same, codec=codec, container=container).read_bytes(),
        encode(tmp_path / "m", same[:, 0], codec=codec, container=container).read_bytes(),
    ]
    path = tmp_path / "a.mp3"
    path.write_bytes(b"".join(parts[::-1] if is_mono_first else parts))
    samples = decode(path).samples
    assert len(samples) / RATE_HZ == pytest.approx(4, abs=0.15)
    for start_s in (0.5, 2.5):
        part = samples[int(start_s * RATE_HZ) :][:RATE_HZ]
        assert np.sqrt(np.mean(part**2)) == pytest.approx(0.35, rel=0.06)


def test_a_sample_rate_that_changes_is_refused(tmp_path: Path) -> None:
    for rate_hz in (44_100, 22_050):
        path = tmp_path / str(rate_hz)
        encode(path, tone(440, 2, rate_hz), rate_hz=rate_hz, codec="libmp3lame", container="mp3")
    path = tmp_path / "a.mp3"
    path.write_bytes((tmp_path / "44100").read_bytes() + (tmp_path / "22050").read_bytes())
    with pytest.raises(StemError, match="changes its sample rate from 44100 to 22050 Hz"):
        decode(path)


def test_the_number_of_a_stream(tmp_path: Path) -> None:
    path = tmp_path / "song.stem.mp4"
    encode(path, tone(440, 1, RATE_HZ), tone(440, 1, RATE_HZ, level=0.05))
    with pytest.raises(StemError, match="holds 2 audio streams; name one by its number"):
        decode(path)
    loud, soft = (decode(Path(f"{path}#{number}")).samples[9_000:18_000] for number in (0, 1))
    assert np.abs(loud).max() == pytest.approx(0.5, rel=0.1)
    assert np.abs(soft).max() == pytest.approx(0.05, rel=0.1)
    with pytest.raises(StemError, match="holds 2 audio streams; expected number 2"):
        decode(Path(f"{path}#2"))
    hash_in_name = write(tmp_path / "take.wav", STEREO).rename(tmp_path / "take#2")
    assert decode(hash_in_name).length == RATE_HZ
