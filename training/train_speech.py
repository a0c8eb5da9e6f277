"""Trains the small speech model: ``python -m training.train_speech CACHE FILE.pb``.

Only the class "speech" is trained; the seven others always give next to nothing.
"""

import argparse
import json
import math
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional

from AST.command_line import EXIT_OK, exit_code, whole_number
from AST.errors import UsageError
from AST.mel_patches import PATCH_BANDS, PATCH_FRAMES
from AST.rules import LOWER_SPEECH_PRED_SCORE, THRESHOLD_SPEECH_PRED_SCORE
from AST.speech import CLASS_COUNT, INPUT_NODE, OUTPUT_NODE, SPEECH_CLASS
from bench.frozen_graph import FrozenGraph
from training.amounts import FULL
from training.families import FAMILIES, FAMILY_OF_LABEL, SPEECH_FAMILY
from training.network import UNTRAINED_BIAS, half_precision
from training.render import load_cache
from training.sources import TEST, TRAIN

CHANNELS = (16, 32, 48, 64)
DENSE_WIDTH = 48
DROPOUT = 0.3
REPORT_EVERY_STEPS = 200
LEARNING_RATE = 2e-3
WEIGHT_DECAY = 0.02

MEL_OFFSET = 0.01
"""Essentia's VGGish input is the logarithm of mel bands plus this."""
GAIN_DB = (-30.0, 12.0)
TILT_DB = 8.0
NOISE_DB = (-70.0, -15.0)

SHARE_OF_SPEECH, SHARE_OF_VOCALS = 0.4, 0.3
"""Of the clips of a batch; the rest is played."""


class SpeechNetwork(nn.Module):
    """Convolutions with pooling between, and two dense layers: the logit of speech."""

    def __init__(self) -> None:
        super().__init__()
        inputs = (1, *CHANNELS[:-1])
        self.convolutions = nn.ModuleList(
            nn.Conv2d(before, after, 3, padding=1, bias=False)
            for before, after in zip(inputs, CHANNELS, strict=True)
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(channels) for channels in CHANNELS)
        scale = 2 ** len(CHANNELS)
        self.flat_width = CHANNELS[-1] * (PATCH_FRAMES // scale) * (PATCH_BANDS // scale)
        self.dense = nn.Linear(self.flat_width, DENSE_WIDTH)
        self.out = nn.Linear(DENSE_WIDTH, 1)

    def forward(self, patches: torch.Tensor) -> torch.Tensor:
        """Shape: (batch, 96 frames, 64 bands) -> (batch,)."""
        x = patches.unsqueeze(1)
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            x = functional.max_pool2d(functional.relu(norm(convolution(x))), 2)
        x = x.permute(0, 2, 3, 1).flatten(1)  # as TensorFlow lays it out: channels last
        x = functional.dropout(x, DROPOUT, self.training)
        logits: torch.Tensor = self.out(functional.relu(self.dense(x)))[:, 0]
        return logits


def augment(patches: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Another level, another colour, a noise floor. Shape: (batch, 96, 64)."""
    clips, _, bands = patches.shape
    mel = (patches.exp() - MEL_OFFSET).clamp(min=0)
    low, high = GAIN_DB
    gain_db = low + (high - low) * torch.rand((clips, 1), generator=generator)
    place = torch.linspace(0, math.pi, bands)
    curves = torch.stack([torch.cos(place), torch.cos(2 * place), torch.cos(3 * place)])
    strength = torch.randn((clips, 3), generator=generator) * torch.tensor((1.0, 0.6, 0.4))
    shape_db = gain_db + TILT_DB * strength @ curves * torch.rand((clips, 1), generator=generator)
    mel = mel * 10 ** (shape_db / 20).view(clips, 1, bands)
    low, high = NOISE_DB
    noise_db = low + (high - low) * torch.rand((clips, 1, 1), generator=generator)
    peak = mel.amax(dim=(1, 2), keepdim=True)
    level = peak * 10 ** (noise_db / 20) * torch.rand((clips, 1, 1), generator=generator).round()
    noisy = mel + level * torch.rand(mel.shape, generator=generator)
    return (noisy + MEL_OFFSET).log()


def write_graph(network: SpeechNetwork, path: Path) -> None:
    """The frozen graph that Essentia runs; the normalisations become part of the convolutions."""
    graph = FrozenGraph()
    x = graph.reshape(
        "patches",
        graph.placeholder(INPUT_NODE, (-1, PATCH_FRAMES, PATCH_BANDS)),
        (-1, PATCH_FRAMES, PATCH_BANDS, 1),
    )
    layers: list[tuple[Any, Any]] = list(zip(network.convolutions, network.norms, strict=True))
    for place, (convolution, norm) in enumerate(layers):
        scale = norm.weight / (norm.running_var + norm.eps).sqrt()
        weights = convolution.weight * scale.view(-1, 1, 1, 1)
        bias = norm.bias - norm.running_mean * scale
        x = graph.convolution(f"conv{place}", x, _array(weights.permute(2, 3, 1, 0)), _array(bias))
        x = graph.max_pool(f"pool{place}", graph.relu(f"conv{place}/Relu", x))
    x = graph.reshape("flat", x, (-1, network.flat_width))
    dense = graph.dense("dense", x, _array(network.dense.weight.T), _array(network.dense.bias))
    weights = torch.zeros(DENSE_WIDTH, CLASS_COUNT)
    bias = torch.full((CLASS_COUNT,), UNTRAINED_BIAS)
    weights[:, SPEECH_CLASS] = network.out.weight[0]
    bias[SPEECH_CLASS] = network.out.bias[0]
    logits = graph.dense("logits", graph.relu("dense/Relu", dense), _array(weights), _array(bias))
    graph.sigmoid(OUTPUT_NODE, logits)
    graph.write(path)


def _array(tensor: torch.Tensor) -> npt.NDArray[Any]:
    array: npt.NDArray[Any] = tensor.detach().contiguous().numpy()
    return array


def train(cache: Path, steps: int, batch: int, seed: int) -> SpeechNetwork:
    """Trains on one patch of each clip drawn.

    Raises:
        UsageError: The cache holds no speech, no singing or nothing else.
    """
    torch.manual_seed(seed)
    rng, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    arrays = load_cache(cache, TRAIN, "patches")
    kept = np.flatnonzero(arrays["patch_counts"] > 0)
    families = np.array([FAMILY_OF_LABEL[label] for label in arrays["labels"]])
    pools = [
        kept[families[kept] == SPEECH_FAMILY],
        kept[families[kept] == "vocals"],
        kept[~np.isin(families[kept], (SPEECH_FAMILY, "vocals"))],
    ]
    if not all(len(pool) for pool in pools):
        raise UsageError(f"{cache}: needs clips of speech, of singing and of instruments")
    shares = (SHARE_OF_SPEECH, SHARE_OF_VOCALS, 1 - SHARE_OF_SPEECH - SHARE_OF_VOCALS)
    network = SpeechNetwork()
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = torch.optim.AdamW(network.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, steps)
    start_s, losses = time.monotonic(), []
    for step in range(1, steps + 1):
        choice = rng.choice(len(pools), batch, p=shares)
        rows = np.array([rng.choice(pools[pool]) for pool in choice])
        columns = rng.integers(arrays["patch_counts"][rows])
        patches = torch.from_numpy(arrays["patches"][rows, columns].astype(np.float32))
        with half_precision():
            logits = network(augment(patches, generator)).float()
        targets = torch.from_numpy((choice == 0).astype(np.float32))
        loss = functional.binary_cross_entropy_with_logits(logits, 0.96 * targets + 0.02)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
        losses.append(float(loss.detach()))
        if step % REPORT_EVERY_STEPS == 0 or step == steps:
            elapsed_s = time.monotonic() - start_s
            print(f"step {step} of {steps}, {elapsed_s:.0f} s: loss {np.mean(losses):.3f}",
                  file=sys.stderr)  # fmt: skip
            losses = []
    return network.eval()


@torch.inference_mode()
def clip_scores_percent(network: SpeechNetwork, arrays: dict[str, Any]) -> npt.NDArray[Any]:
    """The mean over each clip's patches, as the suite takes it."""
    scores = np.zeros(len(arrays["labels"]))
    for row, count in enumerate(arrays["patch_counts"]):
        if count:
            patches = torch.from_numpy(arrays["patches"][row, :count].astype(np.float32))
            scores[row] = 100 * float(network(patches).sigmoid().mean())
    return scores


def report(network: SpeechNetwork, cache: Path, split: str) -> dict[str, str]:
    """How many of each family's clips pass for speech."""
    arrays = load_cache(cache, split, "patches")
    scores = clip_scores_percent(network, arrays)
    families = np.array([FAMILY_OF_LABEL[label] for label in arrays["labels"]])
    high, low = THRESHOLD_SPEECH_PRED_SCORE, LOWER_SPEECH_PRED_SCORE
    return {
        family: f"{(own >= high).sum()} of {len(own)} at {high} or more, "
        f"{(own >= low).sum()} at {low} or more"
        for family in FAMILIES
        if len(own := scores[families == family])
    }


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training.train_speech", description=__doc__)
    parser.add_argument("cache", type=Path, help="what python -m training.render made")
    parser.add_argument("output", type=Path, help="the frozen graph to write")
    parser.add_argument("--steps", type=whole_number(1), default=FULL.speech_steps)
    parser.add_argument("--batch", type=whole_number(2), default=FULL.speech_batch)
    parser.add_argument("--seed", type=whole_number(0), default=0)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    return exit_code(lambda: _train_and_report(**vars(arguments)))


def _train_and_report(cache: Path, output: Path, steps: int, batch: int, seed: int) -> int:
    network = train(cache, steps, batch, seed)
    write_graph(network, output)
    print(json.dumps(report(network, cache, TEST), indent=1))
    return EXIT_OK


if __name__ == "__main__":
    sys.exit(main())
