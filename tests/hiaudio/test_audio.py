import os
import wave
from pathlib import Path

import numpy as np
import pytest

from AST import hiaudio
from AST.audio.excerpt import excerpt
from AST.audio.recording import Recording
from tests.helpers import RATE_HZ, tone, write


@pytest.fixture
def stem(tmp_path: Path) -> Path:
    """A second of silence, and three seconds of a tone."""
    sound = np.concatenate([np.zeros(RATE_HZ), tone(440, 3, RATE_HZ, level=0.1)])
    return write(tmp_path / "stem.wav", sound)


def test_the_level_decides_on_silence(tmp_path: Path) -> None:
    for name, level_dbfs, is_silent in (("soft", -47.9, False), ("softer", -48.1, True)):
        samples = np.full(1000, 10 ** (level_dbfs / 20))
        path = write(tmp_path / f"{name}.wav", samples, subtype="FLOAT")
        assert hiaudio.tellifsilence(path) == (is_silent, hiaudio.computeRMS(str(path)))
        assert hiaudio.computeRMS(path) == pytest.approx(level_dbfs, abs=1e-4)
    path = write(tmp_path / "nothing.wav", np.zeros(1000))
    assert hiaudio.tellifsilence(str(path)) == (True, -200.0)


def test_the_level_of_samples() -> None:
    assert hiaudio.computeRMS(np.full(1000, -0.5)) == pytest.approx(-6.0206, abs=1e-4)


def test_the_excerpt_is_trimmed_and_keeps_its_rate(stem: Path) -> None:
    taken = hiaudio.getaudioexcerpt(str(stem))
    assert taken is not None
    assert taken.sample_rate_hz == RATE_HZ
    assert len(taken.samples) == pytest.approx(3.2 * RATE_HZ, abs=0.1 * RATE_HZ)
    assert len(taken.at_model_rate()) == pytest.approx(3.2 * 16_000, abs=0.1 * 16_000)


def test_without_sound_there_is_no_excerpt(tmp_path: Path) -> None:
    assert hiaudio.getaudioexcerpt(write(tmp_path / "silent.wav", np.zeros(RATE_HZ))) is None


def test_each_path_of_an_excerpt_is_a_wav_of_its_own(stem: Path) -> None:
    taken = hiaudio.getaudioexcerpt(stem)
    assert taken is not None
    paths = {os.fspath(taken) for _ in range(3)}
    assert len(paths) == 3
    for path in paths:
        with wave.open(path) as file:
            assert (file.getframerate(), file.getnchannels()) == (RATE_HZ, 1)
            read = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        assert np.array_equal(read, taken.samples)
    paths.add(os.fspath(taken))
    os.remove(max(paths))  # the caller may do that
    del taken
    assert not any(map(os.path.exists, paths))


def test_a_forked_process_leaves_the_files(stem: Path) -> None:
    taken = hiaudio.getaudioexcerpt(stem)
    assert taken is not None
    path = os.fspath(taken)
    if not (process := os.fork()):
        del taken
        os._exit(0)
    os.waitpid(process, 0)
    assert os.path.exists(path)


def test_the_samples_are_those_of_the_suite(stem: Path) -> None:
    taken = hiaudio.getaudioexcerpt(stem)
    assert taken is not None
    sound = np.concatenate([np.zeros(RATE_HZ), tone(440, 3, RATE_HZ, level=0.1)])
    expected = excerpt(Recording.from_array(np.round(sound * 2**15) / 2**15, RATE_HZ))
    assert np.allclose(taken.at_model_rate(), expected, atol=4e-5)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = str(tmp_path / "nowhere.wav")
    for function in (hiaudio.getaudioexcerpt, hiaudio.tellifsilence, hiaudio.computeRMS):
        with pytest.raises(hiaudio.StemError, match=r"/nowhere\.wav: .*No such file"):
            function(path)
