"""Every kind of AST checkpoint gives transformers' logits, from samples on."""

from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from transformers import ASTFeatureExtractor, ASTForAudioClassification

from AST.audio.spectrogram import spectrogram
from AST.errors import UsageError
from AST.tagger.checkpoint import load_checkpoint
from AST.tagger.network import Size
from AST.tagger.tagger import Tagger
from AST.weights.finding import obtain
from AST.weights.local_model import LocalModel
from AST.weights.model_files import AST_FILE
from synthetic.random_models import random_ast, save_checkpoint
from tests.checkpoints import (
    NAMES,
    SAMPLES,
    SMALL,
    change,
    expected_logits,
    oracle,
    save,
    with_names,
)

TOLERANCE = 1e-4
WITH_CONFIG = ["folder", "shards", "index", "file in its folder", "folder with .bin"]
RAW = [
    *("raw .safetensors", "raw .bin", "raw state_dict() .pth"),
    *("authors' .pth", "authors' .pth without module"),
]
UNUSUAL_FORM = {"max_length": 300, "num_mel_bins": 64}
UNUSUAL_CONFIG = {**UNUSUAL_FORM, "layer_norm_eps": 0.1, **with_names(*NAMES)}
UNUSUAL_INPUT = {**UNUSUAL_FORM, "mean": -3.0, "std": 2.5}


def logits_of(model: LocalModel) -> torch.Tensor:
    """Ours for the samples, shape (1, outputs)."""
    config = model.checkpoint.config
    with torch.inference_mode():
        clip = spectrogram(SAMPLES, config.input)
        logits: torch.Tensor = load_checkpoint(model.path, config)(clip[None])
    return logits


@pytest.mark.parametrize("kind", [*WITH_CONFIG, *RAW])
def test_every_kind_gives_the_logits_of_transformers(tmp_path: Path, kind: str) -> None:
    theirs, extractor = oracle(SMALL), ASTFeatureExtractor()
    model = obtain(str(save(kind, theirs, extractor, tmp_path)), AST_FILE)
    expected = expected_logits(theirs, extractor)
    torch.testing.assert_close(logits_of(model), expected, rtol=0, atol=TOLERANCE)
    assert model.checkpoint.config.outputs.are_audioset


@pytest.mark.parametrize("kind", WITH_CONFIG)
def test_the_config_decides_where_it_is_there(tmp_path: Path, kind: str) -> None:
    theirs, extractor = oracle(SMALL, **UNUSUAL_CONFIG), ASTFeatureExtractor(**UNUSUAL_INPUT)
    model = obtain(str(save(kind, theirs, extractor, tmp_path)), AST_FILE)
    expected = expected_logits(theirs, extractor)
    torch.testing.assert_close(logits_of(model), expected, rtol=0, atol=TOLERANCE)
    assert model.record()["names"] == NAMES
    assert model.record()["input"] == {
        "frame_count": 300,
        "mel_band_count": 64,
        "mean": -3,
        "standard_deviation": 2.5,
    }


@pytest.mark.parametrize("stride", range(10, 17))
@pytest.mark.parametrize("kind", ["folder", "raw .safetensors"])
def test_strides_10_to_16(tmp_path: Path, kind: str, stride: int) -> None:
    theirs, extractor = oracle(Size(64, 1, stride)), ASTFeatureExtractor()
    model = obtain(str(save(kind, theirs, extractor, tmp_path)), AST_FILE)
    expected = expected_logits(theirs, extractor)
    torch.testing.assert_close(logits_of(model), expected, rtol=0, atol=TOLERANCE)
    assert load_checkpoint(model.path, model.checkpoint.config).size.stride == stride


def test_features_may_go_without_normalisation(tmp_path: Path) -> None:
    theirs, extractor = oracle(SMALL), ASTFeatureExtractor(do_normalize=False)
    model = obtain(str(save("folder", theirs, extractor, tmp_path)), AST_FILE)
    expected = expected_logits(theirs, extractor)
    torch.testing.assert_close(logits_of(model), expected, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize(
    ("problem", "rule"), [(None, "softmax"), ("multi_label_classification", "sigmoid")]
)
def test_scores_follow_what_a_head_was_trained_for(
    tmp_path: Path, problem: str | None, rule: str
) -> None:
    theirs = oracle(SMALL, problem_type=problem, **with_names(*NAMES))
    extractor = ASTFeatureExtractor()
    model = obtain(str(save("folder", theirs, extractor, tmp_path)), AST_FILE)
    config = model.checkpoint.config
    network = load_checkpoint(model.path, config)
    tagger = Tagger(network, torch.device("cpu"), are_exclusive=config.are_exclusive)
    logits = expected_logits(theirs, extractor)
    expected = torch.softmax(logits, 1) if rule == "softmax" else torch.sigmoid(logits)
    scores = torch.from_numpy(tagger.scores(spectrogram(SAMPLES, config.input)[None]))
    torch.testing.assert_close(scores, expected, rtol=0, atol=TOLERANCE)
    assert model.record()["scores"] == rule


@pytest.mark.parametrize(
    ("key", "other"),
    [
        ("wav2vec2.masked_spec_embed", "this is wav2vec2"),
        ("model.encoder.conv1.weight", "this is Whisper"),
        ("embeddings.distillation_token", "this is AST or DeiT without AST's outputs"),
    ],
)
def test_weights_of_another_network_are_named(tmp_path: Path, key: str, other: str) -> None:
    safetensors.torch.save_file({key: torch.zeros(1)}, tmp_path / "a.safetensors")
    with pytest.raises(UsageError, match=f"not AST weights: by its keys {other}; found the keys"):
        load_checkpoint(tmp_path / "a.safetensors")


def test_a_head_without_names_needs_a_config(tmp_path: Path) -> None:
    path = save("raw .bin", oracle(SMALL, num_labels=3), ASTFeatureExtractor(), tmp_path)
    with pytest.raises(UsageError, match=r"is \(3, 64\), expected \(527, 64\).*need a config.json"):
        load_checkpoint(path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"num_hidden_layers": 2}, "has 1 blocks 64 wide, and config.json says 2 blocks 64 wide"),
        ({"max_length": 512}, r"do not fit 512 frames of 128 bands at stride 16"),
        ({"id2label": {"0": "a", "1": "b"}}, r"is \(527,\), expected \(2,\)"),
    ],
)
def test_a_config_of_other_weights_is_refused(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    oracle(SMALL).save_pretrained(tmp_path)
    change(tmp_path / "config.json", **changes)
    model = obtain(str(tmp_path), AST_FILE)
    with pytest.raises(UsageError, match=message):
        load_checkpoint(model.path, model.checkpoint.config)


def test_our_own_file_is_read_by_transformers_with_its_config(tmp_path: Path) -> None:
    """So that the comparisons above cannot both be wrong in the same way."""
    oracle(SMALL, **UNUSUAL_CONFIG).save_pretrained(tmp_path)
    model = obtain(str(tmp_path), AST_FILE)
    size = load_checkpoint(model.path, model.checkpoint.config).size
    save_checkpoint(random_ast(size), tmp_path / "model.safetensors")
    theirs = ASTForAudioClassification.from_pretrained(tmp_path).eval()
    expected = expected_logits(theirs, ASTFeatureExtractor(**UNUSUAL_FORM))
    ours = logits_of(obtain(str(tmp_path), AST_FILE))
    torch.testing.assert_close(ours, expected, rtol=0, atol=TOLERANCE)
