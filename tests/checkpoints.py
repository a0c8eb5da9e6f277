"""transformers' AST with random weights, and the kinds of files that people have of it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import safetensors.torch
import torch
from transformers import ASTConfig, ASTFeatureExtractor, ASTForAudioClassification

from AST.tagger.key_names import author_keys, hub_keys
from AST.tagger.network import AudioSpectrogramTransformer, Size

SAMPLES = np.random.default_rng(0).normal(0, 0.1, 64_000).astype(np.float32)
"""Four seconds of noise at 16 kHz."""
SMALL = Size(width=64, depth=1, stride=16)
NAMES = ["guitar", "grand piano", "violin"]
"""Of a head with other classes than AudioSet's."""


def oracle(size: Size, **changes: Any) -> ASTForAudioClassification:
    """transformers' network with random weights; its epsilon is the one that AST was trained with.

    Args:
        changes: Of its config.
    """
    torch.manual_seed(0)
    config = ASTConfig(
        **{
            "hidden_size": size.width,
            "num_hidden_layers": size.depth,
            "num_attention_heads": size.head_count,
            "intermediate_size": 4 * size.width,
            "frequency_stride": size.stride,
            "time_stride": size.stride,
            "layer_norm_eps": 1e-6,
            "num_labels": 527,
            "attn_implementation": "eager",
            **changes,
        }
    )
    model = ASTForAudioClassification(config).eval()
    for parameter in model.parameters():  # transformers leaves tokens and biases at 0
        torch.nn.init.normal_(parameter, mean=parameter.detach().mean().item(), std=0.02)
    return model


def change(file: Path, **values: Any) -> None:
    """Changes values in a JSON file."""
    file.write_text(json.dumps({**json.loads(file.read_bytes()), **values}))


def with_names(*names: str) -> dict[str, Any]:
    """The changes of a config for a head with these classes."""
    id2label = dict(enumerate(names))
    return {
        "num_labels": len(names),
        "id2label": id2label,
        "label2id": {name: number for number, name in id2label.items()},
    }


def to_author_keys(hub_tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Turns the hub's tensors into the authors', with the unused heads of the authors' file."""
    depth = sum(key.endswith("layernorm_before.bias") for key in hub_tensors)
    with torch.device("meta"):
        names = AudioSpectrogramTransformer(Size(64, depth)).state_dict()
    tensors = {
        author_keys(name)[0]: torch.cat([hub_tensors[key] for key in hub_keys(name)])
        for name in names
    }
    return {
        **tensors,
        "module.v.head.weight": torch.zeros(1000, 8),
        "module.v.head_dist.bias": torch.zeros(1000),
    }


def save(
    kind: str, model: ASTForAudioClassification, extractor: ASTFeatureExtractor, folder: Path
) -> Path:
    """Writes a checkpoint of a kind. Returns what a user names."""
    size = "100KB" if kind == "shards" else "1GB"
    model.save_pretrained(folder, max_shard_size=size)
    extractor.save_pretrained(folder)
    if kind in ("folder", "shards"):
        return folder
    if kind == "index":
        return save("shards", model, extractor, folder) / "model.safetensors.index.json"
    weights = folder / "model.safetensors"
    if kind == "file in its folder":
        return weights
    tensors = safetensors.torch.load_file(weights)
    if kind == "folder with .bin":
        weights.unlink()
        torch.save(model.state_dict(), folder / "pytorch_model.bin")
        return folder
    if kind == "raw .safetensors":
        return weights.rename(folder / "mine.safetensors")
    raw = {
        "raw .bin": tensors,
        "raw state_dict() .pth": model.state_dict(),
        "authors' .pth": to_author_keys(tensors),
        "authors' .pth without module": {
            key.removeprefix("module."): tensor for key, tensor in to_author_keys(tensors).items()
        },
    }[kind]
    path = folder / f"mine{'.bin' if kind == 'raw .bin' else '.pth'}"
    torch.save(raw, path)
    return path


def save_small(folder: Path) -> Path:
    """A folder with a small AST that has other classes than AudioSet's."""
    return save("folder", oracle(SMALL, **with_names(*NAMES)), ASTFeatureExtractor(), folder)


def expected_logits(
    model: ASTForAudioClassification,
    extractor: ASTFeatureExtractor,
    samples: npt.NDArray[np.float32] = SAMPLES,
) -> torch.Tensor:
    """What transformers gives for samples at 16 kHz, shape (1, outputs)."""
    features = extractor(samples, sampling_rate=16_000, return_tensors="pt")
    with torch.inference_mode():
        logits: torch.Tensor = model(features["input_values"]).logits
    return logits
