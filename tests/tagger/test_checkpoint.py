"""Compares our AST with transformers' AST, which has the same random weights."""

import contextlib
from pathlib import Path

import numpy as np
import pytest
import safetensors
import safetensors.torch
import torch
from transformers import ASTForAudioClassification

from AST.errors import UsageError
from AST.tagger.checkpoint import load_checkpoint
from AST.tagger.network import Size, attention_maps
from AST.weights.model_files import AST_FILE
from synthetic.random_models import SIZES, random_ast, save_checkpoint
from tests.checkpoints import oracle, to_author_keys

SMALL = Size(width=128, depth=2, stride=16)
TOLERANCE = 1e-4


@pytest.mark.parametrize("size", [SMALL, Size(width=64, depth=1), SIZES["base384"]])
def test_transformers_gives_the_same_logits(tmp_path: Path, size: Size) -> None:
    theirs = oracle(size)
    theirs.save_pretrained(tmp_path)
    spectrograms = torch.randn(2, 1024, 128)
    with torch.inference_mode():
        expected = theirs(spectrograms).logits
    hub_path = tmp_path / "model.safetensors"
    hub_model = load_checkpoint(hub_path)
    assert hub_model.size == size

    author_path = tmp_path / "audio_mdl.pth"
    torch.save(to_author_keys(safetensors.torch.load_file(hub_path)), author_path)
    for model in (hub_model, load_checkpoint(author_path)):
        with torch.inference_mode():
            torch.testing.assert_close(model(spectrograms), expected, rtol=0, atol=TOLERANCE)


def test_transformers_gives_the_same_attention(tmp_path: Path) -> None:
    theirs = oracle(SMALL)
    theirs.save_pretrained(tmp_path)
    spectrograms = torch.randn(2, 1024, 128)
    with torch.inference_mode():
        expected = theirs(spectrograms, output_attentions=True).attentions
    maps = attention_maps(load_checkpoint(tmp_path / "model.safetensors"), spectrograms)
    for ours, their in zip(maps, expected, strict=True):
        torch.testing.assert_close(ours, their, rtol=0, atol=1e-6)


def test_transformers_reads_our_file(tmp_path: Path) -> None:
    ours = random_ast(SMALL)
    theirs = oracle(SMALL)
    theirs.save_pretrained(tmp_path)
    save_checkpoint(ours, tmp_path / "model.safetensors")
    theirs = ASTForAudioClassification.from_pretrained(tmp_path).eval()
    spectrograms = torch.randn(1, 1024, 128)
    with torch.inference_mode():
        torch.testing.assert_close(
            theirs(spectrograms).logits, ours(spectrograms), rtol=0, atol=TOLERANCE
        )


@pytest.mark.parametrize("name", ["a.safetensors", "a.pth"])
def test_half_precision_files_become_float32(tmp_path: Path, name: str) -> None:
    model = random_ast(SMALL)
    save_checkpoint(model.half(), tmp_path / name)
    loaded = load_checkpoint(tmp_path / name)
    for key, tensor in loaded.state_dict().items():
        assert tensor.dtype == torch.float32
        torch.testing.assert_close(tensor, model.state_dict()[key].float())


def test_our_file_is_as_large_as_the_published_one(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save_checkpoint(random_ast(SIZES["base384"]), path)
    assert path.stat().st_size == AST_FILE.size_bytes
    with safetensors.safe_open(path, "pt") as file:
        assert len(file.keys()) == 203


def write_changed(path: Path, **changes: torch.Tensor | None) -> None:
    """Writes a file with the hub's keys in which some tensors are replaced or missing."""
    save_checkpoint(random_ast(SMALL), path)
    tensors = safetensors.torch.load_file(path)
    for key, tensor in changes.items():
        tensors.pop(key, None)
        if tensor is not None:
            tensors[key] = tensor
    safetensors.torch.save_file(tensors, path)


BIAS = "classifier.dense.bias"
POSITIONS = "audio_spectrogram_transformer.embeddings.position_embeddings"
QUERY = "audio_spectrogram_transformer.encoder.layer.1.attention.attention.query.bias"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({BIAS: None}, r"missing keys: classifier\.dense\.bias"),
        ({QUERY: None}, r"missing keys: .*layer\.1\.attention\.attention\.query\.bias"),
        ({"foo": torch.zeros(1)}, "unknown keys: foo"),
        ({BIAS: torch.zeros(10)}, r"classifier\.dense\.bias is \(10,\), expected \(527,\)"),
        ({QUERY: torch.zeros(1)}, r"query\.bias is \(1,\), expected \(128,\)"),
        ({POSITIONS: torch.zeros(1, 77, 128)}, r"shape \(1, 77, 128\) and 2 blocks do not fit"),
        ({POSITIONS: torch.zeros(1, 514, 100)}, r"shape \(1, 514, 100\) and 2 blocks do not fit"),
        ({POSITIONS: None}, "position_embeddings is missing"),
    ],
)
def test_the_error_names_the_key_that_does_not_fit(
    tmp_path: Path, changes: dict[str, torch.Tensor | None], message: str
) -> None:
    path = tmp_path / "model.safetensors"
    write_changed(path, **changes)
    with pytest.raises(UsageError, match=message):
        load_checkpoint(path)


def test_files_without_weights_are_refused(tmp_path: Path) -> None:
    safetensors.torch.save_file({"foo": torch.zeros(1)}, tmp_path / "a.safetensors")
    message = r"not AST weights: found the keys foo; expected .*cls_token or .*cls_token"
    with pytest.raises(UsageError, match=message):
        load_checkpoint(tmp_path / "a.safetensors")
    for name in ("b.safetensors", "b.pth"):
        (tmp_path / name).write_text("no weights at all")
        with pytest.raises(UsageError, match=f"{name}: not a readable .* file"):
            load_checkpoint(tmp_path / name)
        with pytest.raises(UsageError, match="cannot be read"):
            load_checkpoint(tmp_path / "nowhere" / name)
    torch.save({1: torch.zeros(1)}, tmp_path / "c.pth")
    with pytest.raises(UsageError, match="does not contain a table of named tensors"):
        load_checkpoint(tmp_path / "c.pth")


@pytest.mark.parametrize("name", ["a.pth", "a.safetensors"])
def test_a_damaged_file_gives_one_line(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    save_checkpoint(random_ast(Size(width=64, depth=1, stride=16)), path)
    content = path.read_bytes()
    generator = np.random.default_rng(0)
    for _ in range(40):
        path.write_bytes(content[: generator.integers(len(content))])
        with pytest.raises(UsageError, match=name):
            load_checkpoint(path)
        damaged = bytearray(content)
        for place in generator.integers(0, 3000, 5):
            damaged[place : place + 1] = generator.bytes(1)
        path.write_bytes(damaged)
        with contextlib.suppress(UsageError):  # a change in the weights is not an error
            load_checkpoint(path)


def test_code_in_a_pickle_is_not_run(tmp_path: Path) -> None:
    path = tmp_path / "evil.pth"
    torch.save({"module.v.cls_token": Path("x")}, path)
    with pytest.raises(UsageError, match="not a readable PyTorch weights file"):
        load_checkpoint(path)
