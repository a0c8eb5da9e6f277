"""The small speech model: its network, what training changes in its input, and its frozen graph.

Only the class "speech" is trained; the seven others always give next to nothing.
"""

import math
from pathlib import Path
from typing import Any

import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional

from AST.mel_patches import PATCH_BANDS, PATCH_FRAMES
from AST.speech import CLASS_COUNT, INPUT_NODE, OUTPUT_NODE, SPEECH_CLASS
from bench.frozen_graph import FrozenGraph
from training.network import UNTRAINED_BIAS

CHANNELS = (16, 32, 48, 64)
DENSE_WIDTH = 48
DROPOUT = 0.3

MEL_OFFSET = 0.01
"""Essentia's VGGish input is the logarithm of mel bands plus this."""
GAIN_DB = (-30.0, 12.0)
TILT_DB = 8.0
NOISE_DB = (-70.0, -15.0)


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
