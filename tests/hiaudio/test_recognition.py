from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from AST import hiaudio
from AST.audio.decoding import decode
from AST.audio.spectrogram import spectrogram
from AST.hiaudio import recognition
from AST.recognition.recogniser import Recogniser
from AST.rules import Scores
from tests.checkpoints import NAMES
from tests.helpers import INDEX, ROOT, tone, write, write_graph_with_tanh

MODEL_RATE_HZ = 16_000
SONGS = ROOT / "demo" / "DSD100" / "Sources" / "Dev"


@pytest.fixture(autouse=True)
def not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognition, "_loaded", None)


@pytest.fixture
def recogniser(ast_path: Path, speech_path: Path) -> Recogniser:
    hiaudio.init_inst_recog(str(ast_path), str(speech_path), device="cpu")
    return recognition.loaded()[0]


@pytest.fixture
def stem(tmp_path: Path) -> Path:
    """At the models' rate: a second of silence, and three seconds of a tone."""
    sound = np.concatenate([np.zeros(MODEL_RATE_HZ), tone(440, 3, MODEL_RATE_HZ, level=0.1)])
    return write(tmp_path / "stem.wav", sound, MODEL_RATE_HZ)


def highest(scores: Scores) -> float:
    """The score that ``make_instrument_pred`` gives below the limit for "Speech"."""
    instruments = [INDEX[name] for name in hiaudio.instrument_labels() if name != "Speech"]
    return float(scores[instruments].max())


def test_constants() -> None:
    assert hiaudio.LOWER_SPEECH_PRED_SCORE == 8
    assert hiaudio.THRESHOLD_SPEECH_PRED_SCORE == 50
    assert hiaudio.SILENCE_RMS_DB_THRESHOLD == -48


def test_an_excerpt_is_not_trimmed_again(recogniser: Recogniser, stem: Path) -> None:
    samples = np.round(decode(stem).samples * 2**15).astype(np.int16)
    excerpt = hiaudio.AudioExcerpt(samples, MODEL_RATE_HZ)  # with the silence
    scores = recogniser.models.tagger.scores(spectrogram(excerpt.at_model_rate())[None])[0]
    assert hiaudio.make_instrument_pred(excerpt, 0.0)[1] == highest(scores)
    assert hiaudio.make_instrument_pred(excerpt, 0.0) == hiaudio.make_instrument_pred(
        str(Path(excerpt)), 0.0
    )


def test_a_path_is_taken_as_it_is(recogniser: Recogniser, stem: Path) -> None:
    untrimmed = spectrogram(decode(stem).samples)
    scores = recogniser.models.tagger.scores(untrimmed[None])[0]
    label, score = hiaudio.make_instrument_pred(str(stem), 0.0)
    assert score == highest(scores)
    trimmed = hiaudio.make_instrument_pred_of_file(stem, 0.0)
    excerpt = hiaudio.getaudioexcerpt(stem)
    assert excerpt is not None
    assert trimmed == hiaudio.make_instrument_pred(excerpt, 0.0)
    assert trimmed != (label, score)


def test_a_silent_file_has_no_instrument(recogniser: Recogniser, tmp_path: Path) -> None:
    silent = write(tmp_path / "silent.wav", np.zeros(MODEL_RATE_HZ), MODEL_RATE_HZ)
    assert hiaudio.make_instrument_pred_of_file(silent, 0.0) == ("Silence", 0.0)


def test_another_checkpoint_says_its_own_names(
    checkpoint: Path, no_speech_path: Path, stem: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("AST.hiaudio.recognition._loaded", None)  # it is as before afterwards
    hiaudio.init_inst_recog(str(checkpoint), str(no_speech_path), device="cpu")
    assert hiaudio.make_instrument_pred(stem, 0.0)[0] in NAMES


@pytest.mark.parametrize(("speech_score_percent", "label"), [(7.9, "Piano"), (8, "Speech")])
def test_speech_is_ignored_below_a_speech_score_of_8(
    recogniser: Recogniser,
    stem: Path,
    speech_score_percent: float,
    label: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scores = np.zeros((1, 527), np.float32)
    scores[0, [INDEX["Speech"], INDEX["Piano"]]] = 0.9, 0.5
    monkeypatch.setattr(recogniser.models.tagger, "scores", lambda clips: scores)
    assert hiaudio.make_instrument_pred(stem, speech_score_percent)[0] == label


@pytest.mark.parametrize(
    ("index", "label_names", "label"),
    [
        (31, "platform", "Voice"),
        (173, "platform", "Percussion"),
        (31, "audioset", "Mantra"),
        (173, "audioset", "Wood block"),
        (INDEX["Flute"], "platform", "Flute"),
    ],
)
def test_label_names(
    index: int,
    label_names: str,
    label: str,
    ast_path: Path,
    speech_path: Path,
    stem: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hiaudio.init_inst_recog(str(ast_path), str(speech_path), device="cpu", label_names=label_names)
    scores = np.zeros((1, 527), np.float32)
    scores[0, index] = 0.5
    tagger = recognition.loaded()[0].models.tagger
    monkeypatch.setattr(tagger, "scores", lambda clips: scores)
    assert hiaudio.make_instrument_pred(stem, 0.0) == (label, 0.5)


def test_the_platforms_names_are_used_unless_others_are_wanted(
    recogniser: Recogniser, stem: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores = np.zeros((1, 527), np.float32)
    scores[0, INDEX["Mantra"]] = 0.9
    monkeypatch.setattr(recogniser.models.tagger, "scores", lambda clips: scores)
    assert hiaudio.make_instrument_pred(stem, 0.0)[0] == "Voice"
    assert recogniser.recognise(stem).prediction == "mantra"  # the suite says AudioSet's names


def test_six_threads_give_what_one_gives() -> None:
    hiaudio.init_inst_recog("tiny", device="cpu")

    def results(path: Path) -> tuple[bool, float, float, str, float]:
        speech_score_percent = hiaudio.tellifisspeech(path)
        label, score = hiaudio.make_instrument_pred_of_file(path, speech_score_percent)
        return *hiaudio.tellifsilence(path), speech_score_percent, label, score

    paths = 3 * [path for path in sorted(SONGS.glob("*/*.mp3")) if path.name[0] != "."]
    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(results, paths)) == list(map(results, paths))


def test_without_models_the_first_call_is_named(stem: Path) -> None:
    with pytest.raises(hiaudio.UsageError, match=r"call init_inst_recog\(\) first"):
        hiaudio.tellifisspeech(stem)


def test_a_graph_that_only_essentia_runs_gives_a_warning(ast_path: Path, tmp_path: Path) -> None:
    path = str(write_graph_with_tanh(tmp_path / "a.pb"))
    with pytest.warns(
        UserWarning, match=r"a\.pb: torch cannot run it: .*; Essentia runs it instead"
    ):
        hiaudio.init_inst_recog(str(ast_path), path, device="cpu")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"device": "tpu"}, "device 'tpu': expected auto, cpu"),
        ({"device": "cuda:77"}, "device cuda:77: .*not available .* use cpu"),
        ({"precision": "int8"}, "precision 'int8': expected one of"),
        ({"speech_backend": "onnx"}, "speech_backend 'onnx': expected one of"),
        ({"label_names": "wikidata"}, "label_names 'wikidata': expected one of platform, audioset"),
        ({"model": "nowhere.pth"}, "nowhere.pth: No such file .* expected a file for the model"),
        (
            {"model": "tiny", "speech_model": "nowhere.pb"},
            "nowhere.pb: No such file .* expected a file for the speech model",
        ),
    ],
)
def test_messages_are_about_arguments(arguments: dict[str, str], message: str) -> None:
    with pytest.raises(hiaudio.UsageError, match=message) as caught:
        hiaudio.init_inst_recog(**arguments)
    assert "--" not in str(caught.value)


def test_a_device_that_is_not_there_is_said_before_a_download(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def download(*_: object) -> None:
        raise AssertionError("asked for the models first")

    monkeypatch.setattr("AST.recognition.recogniser.obtain_both", download)
    with pytest.raises(hiaudio.UsageError, match="device cuda:77"):
        hiaudio.init_inst_recog(device="cuda:77")
