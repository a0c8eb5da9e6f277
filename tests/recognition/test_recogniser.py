"""The recogniser: files and arrays, silence and speech, several threads."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import soundfile

import AST
from AST.errors import StemError, UsageError
from AST.labels import audioset_labels
from AST.recognition.recogniser import Recogniser
from synthetic.stems import SAMPLE_RATE_HZ, write_samples
from tests.helpers import STEREO, chirp, tone


@pytest.fixture(scope="module")
def recogniser(ast_path: Path, speech_path: Path) -> Recogniser:
    return AST.Recogniser(str(ast_path), str(speech_path), AST.Settings(device="cpu"))


def test_a_file_gives_its_prediction_and_all_scores(recogniser: Recogniser, tmp_path: Path) -> None:
    write_samples(tmp_path / "a.wav", tone(440, 2, SAMPLE_RATE_HZ, level=0.1))
    result = recogniser.recognise(tmp_path / "a.wav")
    assert result.scores is not None
    assert result.scores.shape == (527,)
    names = [name.lower() for name in audioset_labels()]
    assert result.score == result.scores[names.index(result.prediction)]
    assert 0 <= result.speech_score_percent <= 100
    assert result.rms_dbfs == pytest.approx(-23.01, abs=0.01)


@pytest.mark.parametrize("channels", [1, 2])
def test_samples_give_what_their_file_gives(
    recogniser: Recogniser, tmp_path: Path, channels: int
) -> None:
    samples = STEREO[:, :channels]
    soundfile.write(tmp_path / "a.wav", samples, 22_050)
    by_file = recogniser.recognise(str(tmp_path / "a.wav"))
    by_array = recogniser.recognise(samples / 32_768, 22_050)
    np.testing.assert_array_equal(by_array.scores, by_file.scores)
    assert by_array.speech_score_percent == by_file.speech_score_percent
    assert by_array.prediction == by_file.prediction


def test_threads_may_share_one_recogniser(recogniser: Recogniser) -> None:
    sounds = [chirp(2, 16_000, rise_hz_per_s=100 * n) for n in range(8)]
    alone = [recogniser.recognise(sound, 16_000) for sound in sounds]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda sound: recogniser.recognise(sound, 16_000), sounds))
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_allclose(one.scores, other.scores, rtol=0, atol=1e-6)  # type: ignore[arg-type]
        assert one.speech_score_percent == pytest.approx(other.speech_score_percent, abs=1e-4)


def test_the_windows_of_a_recording(ast_path: Path, speech_path: Path) -> None:
    settings = AST.Settings("cpu", windows=AST.Windows("all", hop_s=5.12))
    whole = AST.Recogniser(str(ast_path), str(speech_path), settings)
    sound = chirp(20)
    result = whole.recognise(sound, 16_000)
    np.testing.assert_array_equal(result.window_start_s, [0, 5.12, 10.24])
    mean = result.window_scores.astype(np.float64).mean(axis=0)
    np.testing.assert_allclose(result.scores, mean, rtol=0, atol=1e-7)  # type: ignore[arg-type]
    later = whole.recognise(sound[round(10.24 * 16_000) :], 16_000)
    np.testing.assert_allclose(later.window_scores[0], result.window_scores[2], rtol=0, atol=1e-6)
    silent = whole.recognise(np.zeros(16_000), 16_000)
    assert (silent.prediction, silent.window_scores.shape) == ("silence", (0, 527))


def test_without_windows_there_is_the_studys(recogniser: Recogniser) -> None:
    result = recogniser.recognise(chirp(70), 16_000)
    np.testing.assert_array_equal(result.window_start_s, [30])
    np.testing.assert_array_equal(result.window_scores, [result.scores])


def test_silence_has_no_scores(recogniser: Recogniser) -> None:
    result = recogniser.recognise(np.zeros(16_000), 16_000)
    assert (result.prediction, result.score, result.scores) == ("silence", None, None)


def test_speech_has_the_score_of_the_speech_model(ast_path: Path, always_speech_path: Path) -> None:
    result = Recogniser(str(ast_path), str(always_speech_path)).recognise(chirp(2), 16_000)
    assert result.prediction == "speech"
    assert result.score == pytest.approx(1)
    assert result.scores is not None


def test_sounds_that_cannot_be_recognised(recogniser: Recogniser, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="pass sample_rate_hz"):
        recogniser.recognise(np.zeros(16_000))
    with pytest.raises(UsageError, match="pass sample_rate_hz with samples only"):
        recogniser.recognise(tmp_path / "a.wav", 16_000)
    with pytest.raises(UsageError, match="samples of type int16 and shape"):
        recogniser.recognise(STEREO, 16_000)
    with pytest.raises(UsageError, match=r"shape \(2, 16000\); .* shape \(n,\) or \(n, channels\)"):
        recogniser.recognise(np.zeros((2, 16_000)), 16_000)
    with pytest.raises(UsageError, match="sample rate 8 Hz; expected 1,000 to 768,000 Hz"):
        recogniser.recognise(np.zeros(16_000), 8)
    with pytest.raises(StemError, match="holds no audio samples"):
        recogniser.recognise(np.zeros(0), 16_000)
    with pytest.raises(StemError, match="not finite"):
        recogniser.recognise(np.full(16_000, np.nan), 16_000)
    with pytest.raises(StemError, match="No such file"):
        recogniser.recognise(tmp_path / "nowhere.wav")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"precision": "fp8"}, "precision 'fp8': expected one of auto, fp32"),
        ({"speech_backend": "onnx"}, "speech_backend 'onnx': expected one of auto, torch"),
        ({"device": "tpu"}, "device 'tpu': expected auto, cpu, mps, cuda or one"),
        ({"batch_size": 0}, "batch_size 0: expected a whole number, 1 or more"),
        ({"workers": -1}, "workers -1: expected a whole number, 0 or more"),
    ],
)
def test_settings_are_checked(settings: dict[str, str | int], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        AST.Settings(**settings)  # type: ignore[arg-type]


def test_a_checkpoint_with_other_classes(checkpoint: Path, no_speech_path: Path) -> None:
    recogniser = Recogniser(str(checkpoint), str(no_speech_path))
    result = recogniser.recognise(tone(440, 2, 16_000), 16_000)
    assert result.scores is not None
    assert result.prediction == recogniser.names[int(result.scores.argmax())]
    assert result.score == result.scores.max()
