"""The small speech model: the frozen graph says what the trained network says."""

from pathlib import Path

import numpy as np
import pytest
import torch

from AST.mel_patches import mel_patches
from AST.speech import SpeechModel
from training import speech_network

from .conftest import speech_score_percent, tone


def trained_for_nothing() -> speech_network.SpeechNetwork:
    """A network with random weights and running means that are not those it began with."""
    torch.manual_seed(0)
    network = speech_network.SpeechNetwork()
    network(torch.randn(64, 96, 64) * 2 - 1)  # moves the running means
    return network.eval()


def test_essentia_runs_the_graph_like_the_network(tmp_path: Path) -> None:
    network = trained_for_nothing()
    speech_network.write_graph(network, tmp_path / "speech.pb")
    sweep = np.concatenate([tone(hz, 0.7, 16_000) for hz in (200, 900, 3000, 500)])
    samples = sweep.astype(np.float32)
    patches = torch.from_numpy(mel_patches(samples))
    with torch.inference_mode():
        expected = 100 * float(network(patches).sigmoid().mean())
    assert 1 < expected < 99
    score = speech_score_percent(SpeechModel.load(tmp_path / "speech.pb"), samples)
    assert score == pytest.approx(expected, abs=0.1)  # the patches are kept in half precision


def test_augmentation_keeps_shape_and_range() -> None:
    patches = torch.full((8, 96, 64), -2.0)
    changed = speech_network.augment(patches, torch.Generator().manual_seed(0))
    assert changed.shape == patches.shape
    assert changed.isfinite().all()
    assert (changed >= np.log(speech_network.MEL_OFFSET) - 1e-5).all()
    assert changed.std(dim=0).min() > 0
