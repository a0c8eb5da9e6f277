"""Writes both models with seeded random weights, in the published formats. They are untrained.

``python -m synthetic.random_models FOLDER --size base384`` writes models of the published sizes.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import safetensors.torch
import torch

from AST.speech.classifier import SPEECH_CLASS
from AST.speech.runners import CLASS_COUNT, INPUT_NODE, OUTPUT_NODE
from AST.tagger.key_names import author_keys, hub_keys
from AST.tagger.network import AudioSpectrogramTransformer, Size
from synthetic.graph_writer import FrozenGraph

SIZES = {"tiny224": Size(192), "small224": Size(384), "base224": Size(768), "base384": Size(768)}
"""The sizes in the AST paper. 224 and 384 are the sizes of the images, in pixels, that DeiT was
trained on first. The two base sizes are the same network with different initial weights."""
SMALLEST = Size(width=64, depth=2, stride=16)
SIZE_CHOICES = ("smallest", *SIZES)
AST_FILE_NAME = "audio_mdl.pth"
SPEECH_FILE_NAME = "genre_rosamerica-vggish-audioset-1.pb"
VGGISH_CHANNELS = ((64,), (128,), (256, 256), (512, 512))
"""Channels of the convolutions before each of the four poolings (Hershey et al., ICASSP 2017)."""
VGGISH_DENSE = (4096, 4096, 128)
CLASSIFIER_SCALE = np.float32(0.1)
"""Keeps the scores between 0.1 and 0.9. Near 0 and 1, a sigmoid hides differences."""


def random_ast(size: Size, seed: int = 0) -> AudioSpectrogramTransformer:
    """An AST with random weights. The seed decides them."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = AudioSpectrogramTransformer(size).eval()
        for parameter in (model.cls_token, model.dist_token, model.pos_embed):
            torch.nn.init.trunc_normal_(parameter, std=0.02)
        return model


def save_checkpoint(model: AudioSpectrogramTransformer, path: Path) -> None:
    """Writes weights: ``.safetensors`` with the hub's keys, ``.pth`` with the authors' keys."""
    keys_in_file = hub_keys if path.suffix == ".safetensors" else author_keys
    tensors: dict[str, torch.Tensor] = {}
    for name, tensor in model.state_dict().items():
        keys = keys_in_file(name)
        parts = (part.contiguous() for part in tensor.cpu().chunk(len(keys)))
        tensors.update(zip(keys, parts, strict=True))
    if path.suffix == ".safetensors":
        safetensors.torch.save_file(tensors, path, {"format": "pt"})
    else:
        torch.save(tensors, path)


def write_mean_speech_model(
    path: Path, seed: int = 0, speech_bias: float = 0.0, spread: float = 1.0
) -> None:
    """Writes a graph with Essentia's node names: mean over time, one dense layer, sigmoid.

    Args:
        speech_bias: Added to the speech class before the sigmoid. If ``spread`` is 0, only this
            decides the score.
        spread: Standard deviation of the weights.
    """
    generator = np.random.default_rng(seed)
    bias = np.zeros(CLASS_COUNT, np.float32)
    bias[SPEECH_CLASS] = speech_bias
    graph = FrozenGraph()
    mean = graph.mean("mean", graph.placeholder(INPUT_NODE, (-1, 96, 64)), axis=1)
    weights = generator.normal(scale=spread, size=(64, CLASS_COUNT)).astype(np.float32)
    graph.sigmoid(OUTPUT_NODE, graph.dense("dense", mean, weights, bias))
    graph.write(path)


def write_vggish_speech_model(path: Path, seed: int = 0) -> None:
    """Writes a graph with the size and operations of the published one, about 289 MB."""
    generator = np.random.default_rng(seed)

    def weights(*shape: int) -> npt.NDArray[Any]:
        scale = np.float32(np.sqrt(2 / np.prod(shape[:-1])))
        array: npt.NDArray[Any] = generator.standard_normal(shape, dtype=np.float32) * scale
        return array

    graph = FrozenGraph()
    x = graph.reshape("mel_patches", graph.placeholder(INPUT_NODE, (-1, 96, 64)), (-1, 96, 64, 1))
    channels = 1
    for group, counts in enumerate(VGGISH_CHANNELS):
        for place, count in enumerate(counts):
            name = f"conv{group}_{place}"
            bias = np.zeros(count, np.float32)
            x = graph.convolution(name, x, weights(3, 3, channels, count), bias)
            x = graph.relu(f"{name}/Relu", x)
            channels = count
        x = graph.max_pool(f"pool{group}", x)
    width = 6 * 4 * channels
    x = graph.reshape("flat", x, (-1, width))
    for place, count in enumerate(VGGISH_DENSE):
        x = graph.dense(f"dense{place}", x, weights(width, count), np.zeros(count, np.float32))
        x = graph.relu(f"dense{place}/Relu", x)
        width = count
    classifier = CLASSIFIER_SCALE * weights(width, CLASS_COUNT)
    logits = graph.dense("classifier", x, classifier, np.zeros(CLASS_COUNT, np.float32))
    graph.sigmoid(OUTPUT_NODE, logits)
    graph.write(path)


def write_models(folder: Path, size: str) -> None:
    """Writes both files. The speech model has the published size, unless it is ``smallest``."""
    speech_path = folder / SPEECH_FILE_NAME
    if size == "smallest":
        save_checkpoint(random_ast(SMALLEST), folder / AST_FILE_NAME)
        write_mean_speech_model(speech_path, spread=0.1)
    else:
        save_checkpoint(random_ast(SIZES[size]), folder / AST_FILE_NAME)
        write_vggish_speech_model(speech_path)


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Writes both models with random weights.")
    parser.add_argument("folder", type=Path, help="where to write them")
    parser.add_argument(
        "--size",
        choices=SIZE_CHOICES,
        default="smallest",
        help="AST's size; the speech model has the published size, unless this is smallest "
        "(default: %(default)s)",
    )
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    write_models(arguments.folder, arguments.size)
    print(f"Random weights, for trying the suite only: {arguments.folder}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
