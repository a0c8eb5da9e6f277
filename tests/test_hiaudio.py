from pathlib import Path
from typing import Any

import numpy as np
import pytest

from AST import hiaudio
from AST.audio.spectrogram import spectrogram
from AST.errors import StemError
from AST.labels import instrument_labels
from synthetic.stems import SAMPLE_RATE_HZ, write_samples
from tests.helpers import INDEX, tone, write_graph_with_tanh


@pytest.fixture
def stem(tmp_path: Path) -> str:
    path = tmp_path / "stem.wav"
    write_samples(path, tone(440, 3, SAMPLE_RATE_HZ, level=0.1))
    return str(path)


@pytest.fixture
def silent(tmp_path: Path) -> str:
    path = tmp_path / "silent.wav"
    write_samples(path, np.zeros(SAMPLE_RATE_HZ))
    return str(path)


@pytest.fixture
def loaded(ast_path: Path, speech_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hiaudio, "_recogniser", None)
    hiaudio.init_inst_recog(str(ast_path), str(speech_path), device="cpu")


def test_constants() -> None:
    assert hiaudio.LOWER_SPEECH_PRED_SCORE == 8
    assert hiaudio.THRESHOLD_SPEECH_PRED_SCORE == 50
    assert hiaudio.SILENCE_RMS_DB_THRESHOLD == -48


def test_the_level_decides_on_silence(stem: str, silent: str, tmp_path: Path) -> None:
    is_silent, level_dbfs = hiaudio.tellifsilence(stem)
    assert not is_silent
    assert level_dbfs == pytest.approx(-23.01, abs=0.01)
    assert hiaudio.tellifsilence(silent) == (True, -200.0)
    write_samples(tmp_path / "quiet.wav", np.full(1000, 10 ** (-48.5 / 20)))
    assert hiaudio.tellifsilence(str(tmp_path / "quiet.wav"))[0]


def test_excerpt_is_16_khz_mono(stem: str, silent: str) -> None:
    samples = hiaudio.getaudioexcerpt(stem)
    assert abs(len(samples) - 3 * 16_000) <= 1
    assert not hiaudio.getaudioexcerpt(silent).size


@pytest.mark.usefixtures("loaded")
def test_predictions_are_those_of_the_models(stem: str) -> None:
    models = hiaudio._loaded().models
    label, score = hiaudio.make_instrument_pred(stem, hiaudio.tellifisspeech(stem))
    assert label in instrument_labels()
    scores = models.tagger.scores(spectrogram(hiaudio.getaudioexcerpt(stem))[None])[0]
    assert np.float32(score) in scores
    assert 0 <= hiaudio.tellifisspeech(stem) <= 100


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(("speech_score_percent", "label"), [(7.9, "Piano"), (8, "Speech")])
def test_speech_is_ignored_below_a_speech_score_of_8(
    stem: str, speech_score_percent: float, label: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores = np.zeros((1, 527), np.float32)
    scores[0, [INDEX["Speech"], INDEX["Piano"]]] = 0.9, 0.5
    monkeypatch.setattr(hiaudio._loaded().models.tagger, "scores", lambda clips: scores)
    assert hiaudio.make_instrument_pred(stem, speech_score_percent)[0] == label


@pytest.mark.usefixtures("loaded")
def test_a_silent_file_has_no_instrument(silent: str) -> None:
    assert hiaudio.make_instrument_pred(silent, 0.0) == ("Silence", 0.0)


def test_without_models_the_first_call_is_named(stem: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hiaudio, "_recogniser", None)
    with pytest.raises(RuntimeError, match=r"call init_inst_recog\(\) first"):
        hiaudio.tellifisspeech(stem)


def test_a_graph_that_only_essentia_runs_gives_a_warning(
    ast_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hiaudio, "_recogniser", None)
    path = str(write_graph_with_tanh(tmp_path / "a.pb"))
    with pytest.warns(
        UserWarning, match=r"a\.pb: torch cannot run it: .*; Essentia runs it instead"
    ):
        hiaudio.init_inst_recog(str(ast_path), path, device="cpu")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(StemError, match="No such file"):
        hiaudio.getaudioexcerpt(str(tmp_path / "nowhere.wav"))


@pytest.mark.parametrize(
    ("key", "value", "readable"),
    [
        ("size", 1_572_864, "1.50 MB"),
        ("size", "2048", "2.00 KB"),
        ("size", 12, "12 Bytes"),
        ("sample_rate", 44_100, "44.1 kHz"),
        ("sample_rate", "48000", "48.0 kHz"),
        ("duration", 212.4, "3m 32s"),
        ("duration", "12.5", "12.50 sec"),
        ("duration", 60, "1m 0s"),
        ("bit_rate", 1_411_200, "1.41 Mbps"),
        ("bit_rate", 320_000, "320.00 kbps"),
        ("bit_rate", None, None),
        ("duration", "N/A", "N/A"),
        ("size", "inf", "inf"),
        ("codec_name", "flac", "flac"),
    ],
)
def test_metadata_becomes_readable(key: str, value: Any, readable: Any) -> None:
    given = {key: value}
    assert hiaudio.convertmetadata(given) == {key: readable}
    assert given == {key: value}
