from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from AST.errors import UsageError
from AST.speech.classifier import SpeechModel
from AST.speech.essentia_quietly import essentia_standard
from synthetic.graph_writer import FrozenGraph
from synthetic.random_models import write_mean_speech_model
from tests.helpers import chirp, speech_score_percent, tone


def mel_patch_scores_in_numpy(samples: npt.NDArray[Any], path: Path) -> npt.NDArray[Any]:
    """The scores of each mel patch: Essentia's mel bands frame by frame, then the graph in NumPy.

    Shape: (n,) at 16 kHz -> (mel patches, 8).
    """
    standard = essentia_standard()
    frames = standard.FrameGenerator(samples, frameSize=400, hopSize=160, startFromZero=False)
    mel_bands = standard.TensorflowInputVGGish()
    mel = np.array([mel_bands(frame) for frame in frames])
    mel_patches = [mel[start : start + 96] for start in range(0, len(mel) - 95, 93)]
    generator = np.random.default_rng(3)
    weights = generator.normal(size=(64, 8)).astype(np.float32)
    logits = np.array([mel_patch.mean(axis=0) @ weights for mel_patch in mel_patches])
    return np.asarray(1 / (1 + np.exp(-logits)))


@pytest.mark.parametrize("duration_s", [1, 2.5, 20])
def test_score_is_the_mean_of_class_7_over_the_mel_patches(
    speech_path: Path, duration_s: float
) -> None:
    samples = chirp(duration_s, rise_hz_per_s=600).astype(np.float32)
    expected = 100 * mel_patch_scores_in_numpy(samples, speech_path)[:, 7].mean()
    assert speech_score_percent(SpeechModel.load(speech_path), samples) == pytest.approx(
        expected, abs=1e-3
    )


def test_a_score_does_not_depend_on_the_file_before(speech_path: Path) -> None:
    model = SpeechModel.load(speech_path)
    low = tone(100, 3, 16_000).astype(np.float32)
    first = speech_score_percent(model, low)
    assert speech_score_percent(model, chirp(3).astype(np.float32)) != first
    assert speech_score_percent(model, low) == first


@pytest.mark.parametrize("sample_count", [0, 1, 400, 15_000])
def test_less_than_one_mel_patch_scores_0(always_speech_path: Path, sample_count: int) -> None:
    model = SpeechModel.load(always_speech_path)
    assert speech_score_percent(model, np.full(sample_count, 0.1, np.float32)) == 0.0
    assert speech_score_percent(model, np.full(16_000, 0.1, np.float32)) == pytest.approx(100)


def test_files_that_are_not_a_speech_model(tmp_path: Path) -> None:
    junk = tmp_path / "junk.pb"
    junk.write_text("not a graph")
    with pytest.raises(UsageError, match=r"junk\.pb: not a speech model \(Error importing graph"):
        SpeechModel.load(junk)
    with pytest.raises(UsageError, match=r"nowhere\.pb: not a speech model \(could not open"):
        SpeechModel.load(tmp_path / "nowhere.pb")


def test_the_error_names_the_nodes_of_a_graph_without_the_expected_ones(tmp_path: Path) -> None:
    graph = FrozenGraph()
    graph.sigmoid("other/Sigmoid", graph.placeholder("model/Placeholder", (-1, 96, 64)))
    graph.write(tmp_path / "a.pb")
    with pytest.raises(
        UsageError,
        match=r"'model/Sigmoid' is not a valid .*names are: model/Placeholder, other/Sigmoid",
    ):
        SpeechModel.load(tmp_path / "a.pb")


def test_a_graph_with_other_shapes_is_refused(tmp_path: Path) -> None:
    graph = FrozenGraph()
    mean = graph.mean("mean", graph.placeholder("model/Placeholder", (-1, 96, 64)), axis=1)
    graph.sigmoid("model/Sigmoid", mean)
    graph.write(tmp_path / "a.pb")
    with pytest.raises(UsageError, match=r"gives \(1, 64\) for one mel patch, expected \(1, 8\)"):
        SpeechModel.load(tmp_path / "a.pb")
    graph = FrozenGraph()
    mean = graph.mean("mean", graph.placeholder("model/Placeholder", (-1, 10, 64)), axis=1)
    graph.sigmoid("model/Sigmoid", mean)
    graph.write(tmp_path / "b.pb")
    with pytest.raises(UsageError, match=r"b\.pb"):
        SpeechModel.load(tmp_path / "b.pb")


def test_the_same_seed_writes_the_same_file(tmp_path: Path) -> None:
    for name in ("a.pb", "b.pb"):
        write_mean_speech_model(tmp_path / name, seed=5)
    assert (tmp_path / "a.pb").read_bytes() == (tmp_path / "b.pb").read_bytes()
