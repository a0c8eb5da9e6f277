"""Which parts of a recording AST hears: where they start, what they hold, how they are padded."""

import tracemalloc

import numpy as np
import pytest
import torch

from AST.audio import preparation
from AST.audio.excerpt import excerpt
from AST.audio.preparation import prepare_recording
from AST.audio.recording import Recording, Samples
from AST.audio.spectrogram import input_sample_count, spectrogram
from AST.audio.windows import windows_of
from AST.errors import StemError
from AST.settings import ALL, REPEAT, Windows
from AST.weights.checkpoint_config import InputFormat

RATE_HZ = 16_000
WHOLE = Windows(ALL)


def noise(duration_s: float, rate_hz: int = RATE_HZ, level: float = 0.5) -> Samples:
    generator = np.random.default_rng(0)
    return (level * generator.uniform(-1, 1, round(duration_s * rate_hz))).astype(np.float32)


def silence(duration_s: float) -> Samples:
    return np.zeros(round(duration_s * RATE_HZ), np.float32)


def starts_s(*parts: Samples, windows: Windows = WHOLE, rate_hz: int = RATE_HZ) -> list[float]:
    recording = Recording.in_memory(np.concatenate(parts), rate_hz)
    return [round(window.start_s, 6) for window in windows_of(recording, windows)]


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("duration_s", [0.3, 7, 25, 75])
@pytest.mark.parametrize("windows", [Windows(), Windows(1), WHOLE])
def test_the_first_window_is_the_studys_to_the_last_bit(
    rate_hz: int, duration_s: float, windows: Windows
) -> None:
    recording = Recording.in_memory(noise(duration_s, rate_hz), rate_hz)
    prepared = prepare_recording(recording, windows=windows)
    expected = spectrogram(excerpt(recording)).numpy()
    np.testing.assert_array_equal(prepared.spectrograms.read(0, 1)[0], expected)
    assert prepared.start_s[0] == (30 if duration_s == 75 else 0)


@pytest.mark.parametrize(
    ("duration_s", "expected"),
    [
        (3, [0]),
        (15.3, [0]),  # 5.06 s are left: less than half a window
        (15.4, [0, 10.24]),
        (20.48, [0, 10.24]),
        (31, [0, 10.24, 20.48]),
        (60, [0, 10.24, 20.48, 30.72, 40.96, 51.2]),
        # The study's excerpt starts at 30 s; what is before it comes last.
        (72, [30, 40.24, 50.48, 60.72, 0, 10.24, 20.48]),
    ],
)
def test_windows_follow_each_other_to_the_end(duration_s: float, expected: list[float]) -> None:
    assert starts_s(noise(duration_s)) == expected


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        (Windows(2), [0, 10.24]),
        (Windows(9), [0, 10.24]),  # there are no more
        (Windows(ALL, hop_s=5.12), [0, 5.12, 10.24]),
        (Windows(2, hop_s=4), [0, 4]),
        (Windows(ALL, hop_s=12), [0, 12]),
        (Windows(ALL, hop_s=15), [0]),  # 5 s are left: less than half a window
        (Windows(), [0]),
    ],
)
def test_number_and_hop(windows: Windows, expected: list[float]) -> None:
    assert starts_s(noise(20), windows=windows) == expected


def test_a_window_that_adds_nothing_is_left_out() -> None:
    assert starts_s(noise(15.36), windows=Windows(ALL, hop_s=5.12)) == [0, 5.12]


def test_start_s_is_in_the_file_although_silence_is_trimmed() -> None:
    # 200 ms of silence stay on each side of a sound: 0.2 + 6 + 0.2 s, then from 11.8 s on.
    found = starts_s(silence(3), noise(6), silence(3), noise(20))
    assert found == pytest.approx([2.8, 11.8 + 10.24 - 6.4, 11.8 + 20.48 - 6.4])


def test_a_window_holds_the_sound_from_its_start() -> None:
    samples = np.concatenate([silence(4), noise(40)])
    recording = Recording.in_memory(samples, RATE_HZ)
    for start_s, found in windows_of(recording, WHOLE):
        start = round(start_s * RATE_HZ)
        expected = samples[start : start + len(found)]
        np.testing.assert_allclose(found, expected, rtol=0, atol=1 / 32768)
        assert len(found) >= min(input_sample_count(), len(samples) - start)


def test_silence_has_no_window() -> None:
    assert starts_s(silence(30)) == []
    prepared = prepare_recording(Recording.in_memory(silence(30), RATE_HZ), windows=WHOLE)
    assert not len(prepared.spectrograms)
    assert prepared.start_s.shape == (0,)


def test_a_window_is_as_long_as_the_checkpoints_input() -> None:
    recording = Recording.in_memory(noise(20), RATE_HZ)
    form = InputFormat(frame_count=512)
    found = [window.start_s for window in windows_of(recording, WHOLE, form)]
    assert found == [0, 5.12, 10.24, 15.36]


@pytest.mark.parametrize("duration_s", [0.025, 0.7, 4, 10.24])
def test_a_short_file_is_repeated(duration_s: float) -> None:
    samples = noise(duration_s)
    recording = Recording.in_memory(samples, RATE_HZ)
    [repeated] = prepare_recording(recording, windows=Windows(pad=REPEAT)).spectrograms.read(0, 1)
    rounded = excerpt(recording)
    tiled = np.tile(rounded, input_sample_count() // len(rounded) + 1)[: input_sample_count()]
    np.testing.assert_array_equal(repeated, spectrogram(tiled))
    [padded] = prepare_recording(recording).spectrograms.read(0, 1)
    frames = (len(samples) - 400) // 160 + 1
    np.testing.assert_allclose(padded[:frames], repeated[:frames], rtol=0, atol=1e-6)
    assert len(np.unique(padded[frames:])) == 1
    assert len(np.unique(repeated[frames:])) > 1


def test_padding_changes_no_full_window() -> None:
    whole = [spectrogram(noise(11)), spectrogram(noise(11), pad=REPEAT)]
    assert torch.equal(*whole)


@pytest.mark.parametrize("windows", [WHOLE, Windows(pad=REPEAT)])
def test_less_than_a_frame_is_an_error(windows: Windows) -> None:
    with pytest.raises(StemError, match=r"holds 20\.0 ms of sound; AST needs at least 25 ms"):
        prepare_recording(Recording.in_memory(noise(0.02), RATE_HZ), windows=windows)


def test_many_windows_are_in_a_temporary_file(monkeypatch: pytest.MonkeyPatch) -> None:
    recording = Recording.in_memory(noise(55), RATE_HZ)
    in_memory = prepare_recording(recording, windows=WHOLE).spectrograms
    monkeypatch.setattr(preparation, "WINDOWS_IN_MEMORY", 2)
    on_disk = prepare_recording(recording, windows=WHOLE).spectrograms
    assert (in_memory.is_on_disk, on_disk.is_on_disk) == (False, True)
    np.testing.assert_array_equal(in_memory.read(0, 9), on_disk.read(0, 9))


def test_memory_does_not_grow_with_the_length() -> None:
    def read(start: int, stop: int) -> Samples:
        return np.tile(second, (stop - start) // RATE_HZ + 1)[: stop - start]

    second = noise(1)
    peaks = []
    for minutes in (12, 60):
        recording = Recording(minutes * 60 * RATE_HZ, RATE_HZ, read)
        tracemalloc.start()
        count = sum(1 for _ in windows_of(recording, WHOLE))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert count == pytest.approx(minutes * 60 / 10.24, abs=2)
    assert peaks[1] < 1.2 * peaks[0]
