"""The small AST: its size, its first weights, and its passes in training."""

import math
from typing import Any

import torch
from torch import nn

from AST.ast_model import TOKEN_COUNT, AudioSpectrogramTransformer, Size
from AST.devices import has_instructions
from AST.features import AUDIOSET_MEAN, AUDIOSET_STANDARD_DEVIATION
from AST.labels import audioset_labels
from AST.settings import BF16, CPU
from training.families import FAMILIES, FAMILY_OF_LABEL, LABELS_IN_ORDER

SIZE = Size(width=192, depth=6, stride=16)
UNTRAINED_BIAS = -12.0
"""Logit of the labels that the small model does not know: a score of 6e-6."""
KEPT_PATCHES = 0.6
"""Share of the patches that a training step looks at (Koutini et al.: PaSST, Interspeech 2022)."""


def label_columns() -> torch.Tensor:
    """AudioSet's indices of the trained labels."""
    names = list(audioset_labels())
    return torch.tensor([names.index(label) for label in LABELS_IN_ORDER])


def label_families() -> torch.Tensor:
    """The family's number of each trained label."""
    return torch.tensor([FAMILIES.index(FAMILY_OF_LABEL[label]) for label in LABELS_IN_ORDER])


def half_precision() -> torch.autocast:
    """For the matrix products of training, where the processor has it."""
    return torch.autocast("cpu", torch.bfloat16, enabled=has_instructions(BF16, CPU))


def normalise(log_mels: torch.Tensor) -> torch.Tensor:
    return (log_mels - AUDIOSET_MEAN) / (2 * AUDIOSET_STANDARD_DEVIATION)


def new_model(size: Size = SIZE) -> AudioSpectrogramTransformer:
    """Fresh weights, the attention's drawn so that tokens first look at themselves and their like.

    Trockman and Kolter: Mimetic initialization of self-attention layers, ICML 2023.
    """
    model = AudioSpectrogramTransformer(size)
    blocks: Any = model.blocks
    for block in blocks:
        block.attn.fused_attn = False  # on a CPU its backward pass takes twice as long
        _mimetic_attention(block.attn, size)
        for layer in (block.mlp.fc1, block.mlp.fc2):
            nn.init.trunc_normal_(layer.weight, std=0.02)
            nn.init.zeros_(layer.bias)
    with torch.no_grad():
        model.pos_embed[:, TOKEN_COUNT:] = _waves(size) * 0.1
        head: Any = model.mlp_head[1]
        head.weight.zero_()
        head.bias.fill_(UNTRAINED_BIAS)
        columns = label_columns()
        head.weight[columns] = torch.randn(len(columns), size.width) * 0.02
        head.bias[columns] = -math.log(len(columns))
    return model


@torch.no_grad()
def _mimetic_attention(attention: Any, size: Size) -> None:
    width, head = size.width, size.width // size.head_count
    weight = torch.zeros(3 * width, width)
    for place in range(size.head_count):
        product = 0.7 * torch.randn(width, width) / width**0.5 + 0.7 * torch.eye(width)
        left, values, right = torch.linalg.svd(product)
        rows = slice(place * head, (place + 1) * head)
        scale = values[:head].sqrt()
        weight[:width][rows] = (left[:, :head] * scale).T
        weight[width : 2 * width][rows] = right[:head] * scale.unsqueeze(1)
    product = 0.4 * torch.randn(width, width) / width**0.5 - 0.4 * torch.eye(width)
    left, values, right = torch.linalg.svd(product)
    weight[2 * width :] = right * values.sqrt().unsqueeze(1)
    attention.qkv.weight.copy_(weight)
    attention.qkv.bias.zero_()
    attention.proj.weight.copy_(left * values.sqrt())
    attention.proj.bias.zero_()


def _waves(size: Size) -> torch.Tensor:
    """Sines and cosines of each patch's place, half for the bands and half for time."""
    bands, frames = size.patch_grid
    rates = torch.exp(torch.linspace(0, -math.log(1000), size.width // 4))
    parts = []
    for count, axis in ((bands, 0), (frames, 1)):
        angles = torch.arange(count).unsqueeze(1) * rates
        waves = torch.cat([angles.sin(), angles.cos()], dim=1)
        grid = waves.unsqueeze(1 - axis).expand(bands, frames, -1)
        parts.append(grid.reshape(bands * frames, -1))
    return torch.cat(parts, dim=1)


def forward_some_patches(
    model: AudioSpectrogramTransformer, inputs: torch.Tensor, generator: torch.Generator
) -> torch.Tensor:
    """The network on a window of its input's length, at a random place in time, on some patches.

    Shape: (batch, frames, bands) -> (batch, 527).
    """
    patches = model.patch_embed(inputs.unsqueeze(1).transpose(2, 3))
    bands, all_frames = model.size.patch_grid
    frames = patches.shape[3]
    start = int(torch.randint(all_frames - frames + 1, (1,), generator=generator))
    places = model.pos_embed[0, TOKEN_COUNT:].view(bands, all_frames, -1)
    places = places[:, start : start + frames].reshape(bands * frames, -1)
    count = round(KEPT_PATCHES * bands * frames)
    kept = torch.randperm(bands * frames, generator=generator)[:count].sort().values
    patch_tokens = patches.flatten(2).transpose(1, 2)[:, kept] + places[kept]
    own = torch.cat([model.cls_token, model.dist_token], dim=1) + model.pos_embed[:, :TOKEN_COUNT]
    x = torch.cat([own.expand(len(inputs), -1, -1), patch_tokens], dim=1)
    for block in model.blocks:
        x = block(x)
    logits: torch.Tensor = model.mlp_head(model.norm(x[:, :TOKEN_COUNT]).mean(dim=1))
    return logits
