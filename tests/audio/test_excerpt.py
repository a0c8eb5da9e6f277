"""Tests that the excerpt of a 16-bit recording has the same samples as pydub's."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from AST.audio import recording as recording_module
from AST.audio.decoding import decode
from AST.audio.excerpt import excerpt, excerpt_16_bit, to_16_bit
from AST.audio.recording import Recording
from AST.speech.essentia_quietly import essentia_standard
from tests.helpers import tone

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # pydub warns without ffmpeg, but raw samples do not need it
    from pydub import AudioSegment
    from pydub.silence import split_on_silence

RATES_HZ = (8_000, 11_025, 22_050, 44_100, 48_000)


def trimmed_by_pydub(samples: npt.NDArray[Any], rate_hz: int) -> AudioSegment:
    segment = AudioSegment(samples.tobytes(), sample_width=2, frame_rate=rate_hz, channels=1)
    chunks = split_on_silence(
        segment,
        min_silence_len=500,
        silence_thresh=segment.dBFS - 10,
        keep_silence=200,
        seek_step=100,
    )
    return sum(chunks, segment[:0])


def in_memory(samples: npt.NDArray[Any], rate_hz: int) -> Recording:
    return Recording.in_memory(samples.astype(np.float32) / np.float32(32_768), rate_hz)


def cut_by_pydub(segment: AudioSegment) -> AudioSegment:
    return segment[30_000:60_000] if len(segment) > 60_000 else segment


def samples_of(segment: AudioSegment) -> npt.NDArray[Any]:
    return np.frombuffer(segment.raw_data, np.int16)


@st.composite
def recordings(draw: st.DrawFn) -> tuple[npt.NDArray[Any], int]:
    """Parts with noise of different levels; some parts are silent, some very short."""
    rate_hz = draw(st.sampled_from(RATES_HZ))
    parts = draw(
        st.lists(
            st.tuples(st.integers(1, 2500), st.sampled_from([0, 0, 1, 2, 40, 3000, 32767])),
            min_size=1,
            max_size=8,
        )
    )
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    extra = draw(st.integers(0, rate_hz // 1000))
    noise = [
        generator.integers(-level, level + 1, duration_ms * rate_hz // 1000 + extra)
        for duration_ms, level in parts
    ]
    samples = np.concatenate(noise).astype(np.int16)
    return samples if len(samples) else np.zeros(1, np.int16), rate_hz


@settings(max_examples=300, deadline=None)
@given(recordings())
def test_silence_is_trimmed_like_in_pydub(recording: tuple[npt.NDArray[Any], int]) -> None:
    samples, rate_hz = recording
    np.testing.assert_array_equal(
        excerpt_16_bit(in_memory(samples, rate_hz)), samples_of(trimmed_by_pydub(samples, rate_hz))
    )


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(3_000, 40_000), st.integers(0, 3_000)), max_size=4),
    st.integers(0, 50),
    st.sampled_from(RATES_HZ),
)
def test_long_recordings_are_cut_like_in_pydub(
    parts_ms: list[tuple[int, int]], extra: int, rate_hz: int
) -> None:
    generator = np.random.default_rng(extra)
    parts: list[npt.NDArray[Any]] = [np.ones(extra + 10, np.int16)]
    for loud_ms, silent_ms in parts_ms:
        parts.append(generator.integers(-9000, 9000, loud_ms * rate_hz // 1000, np.int16))
        parts.append(np.zeros(silent_ms * rate_hz // 1000, np.int16))
    samples = np.concatenate(parts)
    expected = samples_of(cut_by_pydub(trimmed_by_pydub(samples, rate_hz)))
    np.testing.assert_array_equal(excerpt_16_bit(in_memory(samples, rate_hz)), expected)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_a_16_bit_file_gives_the_excerpt_of_pydub(
    tmp_path: Path, channels: int, rate_hz: int
) -> None:
    generator = np.random.default_rng(rate_hz + channels)
    levels = np.repeat([9000, 0, 40, 12000, 3, 700], 3 * rate_hz)
    samples = (generator.uniform(-1, 1, (len(levels), channels)) * levels[:, None]).astype(np.int16)
    path = tmp_path / "a.wav"
    soundfile.write(path, samples, rate_hz)

    segment = AudioSegment.from_file(str(path)).set_channels(1)
    recording = decode(path)
    mono = to_16_bit(recording.samples)
    np.testing.assert_array_equal(mono, samples_of(segment))
    trimmed = samples_of(trimmed_by_pydub(samples_of(segment), rate_hz))
    assert 0 < len(trimmed) < len(mono)
    np.testing.assert_array_equal(excerpt_16_bit(recording), trimmed)

    soundfile.write(path, trimmed, rate_hz)
    loader = essentia_standard().MonoLoader
    expected = loader(filename=str(path), sampleRate=16_000, resampleQuality=4)()
    np.testing.assert_array_equal(excerpt(recording), expected)


def test_the_excerpt_of_more_than_a_minute_is_seconds_30_to_60() -> None:
    steps = np.repeat(np.arange(70) / 200 + 0.5, 16_000).astype(np.float32)
    samples = excerpt(Recording.in_memory(steps, 16_000))
    assert len(samples) == 30 * 16_000
    np.testing.assert_allclose(samples[[0, -1]], [0.65, 0.795], atol=1e-4)


def test_of_a_pause_200_ms_are_kept_on_each_side() -> None:
    rate_hz = 16_000
    loud = tone(440, 2, rate_hz)
    samples = np.concatenate([loud, np.zeros(5 * rate_hz), loud]).astype(np.float32)
    duration_s = len(excerpt(Recording.in_memory(samples, rate_hz))) / rate_hz
    assert duration_s == pytest.approx(4.4, abs=0.2)


@pytest.mark.parametrize("duration_s", [0.01, 0.4, 10])
def test_the_excerpt_of_silence_is_empty(duration_s: float) -> None:
    zeros = np.zeros(round(duration_s * 44_100), np.float32)
    assert not excerpt(Recording.in_memory(zeros, 44_100)).size


def test_finer_samples_are_rounded_to_16_bits() -> None:
    generator = np.random.default_rng(0)
    fine = generator.uniform(-0.99, 0.99, 10_000).astype(np.float32)
    assert np.abs(to_16_bit(fine) / 32768.0 - fine).max() <= 0.5 / 32768 + 1e-9
    assert not to_16_bit(np.array([1e-9, -1e-9], np.float32)).any()
    assert to_16_bit(np.array([7.0, -7.0], np.float32)).tolist() == [32767, -32768]


def test_a_long_recording_in_blocks_gives_the_same_excerpt(monkeypatch: pytest.MonkeyPatch) -> None:
    rate_hz = 11_025
    generator = np.random.default_rng(1)
    levels = np.repeat([9000, 0, 40, 12000, 3, 700, 0, 5000], 12 * rate_hz + 7)
    samples = (generator.uniform(-1, 1, len(levels)) * levels).astype(np.int16)
    recording = in_memory(samples, rate_hz)
    expected = excerpt_16_bit(recording)
    monkeypatch.setattr(recording_module, "LONG_S", 5)
    monkeypatch.setattr(recording_module, "BLOCK_S", 5)
    assert recording.is_long
    np.testing.assert_array_equal(excerpt_16_bit(recording), expected)
