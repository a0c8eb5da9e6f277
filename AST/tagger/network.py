"""The Audio Spectrogram Transformer (Gong, Chung, Glass: AST, Interspeech 2021), on timm's blocks.

A DeiT vision transformer over overlapping 16x16 patches of the spectrogram; its two class tokens,
averaged, give 527 scores. Parameter names follow the authors' checkpoint.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from timm.models.vision_transformer import Block
from torch import nn
from torch.nn import functional

from AST.audio.spectrogram import FRAME_COUNT, MEL_BAND_COUNT
from AST.labels import AUDIOSET_CLASS_COUNT

PATCH_SIZE = 16
HEAD_WIDTH = 64
"""Width of an attention head, the same in all of DeiT's sizes."""
TOKEN_COUNT = 2
"""The class token and the distillation token."""
BLOCK_LAYER_NORM_EPS = 1e-6
"""As in timm, on which the authors trained AST; the hub's configuration says 1e-12."""


@dataclass(frozen=True)
class Size:
    """What tells one AST from another.

    Attributes:
        width: Length of a token.
        depth: Number of transformer blocks.
        stride: Step from patch to patch, in frames and in mel bands.
    """

    width: int
    depth: int = 12
    stride: int = 10

    @property
    def head_count(self) -> int:
        return self.width // HEAD_WIDTH

    @property
    def patch_grid(self) -> tuple[int, int]:
        """Patches along the mel bands and along time."""
        bands, frames = (
            (length - PATCH_SIZE) // self.stride + 1 for length in (MEL_BAND_COUNT, FRAME_COUNT)
        )
        return bands, frames

    @property
    def patch_count(self) -> int:
        """Number of patches.

        >>> Size(768).patch_count, Size(192, stride=16).patch_count
        (1212, 512)
        """
        bands, frames = self.patch_grid
        return bands * frames


SIZES = {
    "tiny224": Size(192),
    "small224": Size(384),
    "base224": Size(768),
    "base384": Size(768),
}
"""The AST paper's sizes. 224 and 384 tell the images that the vision transformer was trained on
first: the two base sizes are the same network with other starting weights."""


class AudioSpectrogramTransformer(nn.Module):
    """AST with random weights; ``AST.tagger.checkpoint`` fills in trained ones."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.size = size
        self.cls_token = nn.Parameter(torch.zeros(1, 1, size.width))
        self.dist_token = nn.Parameter(torch.zeros(1, 1, size.width))
        self.pos_embed = nn.Parameter(torch.zeros(1, size.patch_count + TOKEN_COUNT, size.width))
        self.patch_embed = nn.Conv2d(1, size.width, PATCH_SIZE, size.stride)
        self.blocks = nn.ModuleList(
            Block(
                size.width,
                size.head_count,
                qkv_bias=True,
                norm_layer=lambda width, **kwargs: nn.LayerNorm(
                    width, eps=BLOCK_LAYER_NORM_EPS, **kwargs
                ),
            )
            for _ in range(size.depth)
        )
        self.norm = nn.LayerNorm(size.width, eps=BLOCK_LAYER_NORM_EPS)
        self.mlp_head = nn.Sequential(
            nn.LayerNorm(size.width), nn.Linear(size.width, AUDIOSET_CLASS_COUNT)
        )
        for parameter in (self.cls_token, self.dist_token, self.pos_embed):
            nn.init.trunc_normal_(parameter, std=0.02)

    def embed(self, spectrograms: torch.Tensor) -> torch.Tensor:
        """Tokens before the first block.

        Shape: (batch, 1024 frames, 128 bands) -> (batch, tokens, width).
        """
        images = spectrograms.unsqueeze(1).transpose(2, 3)
        patches = self.patch_embed(images).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.cls_token, self.dist_token], dim=1)
        return torch.cat([tokens.expand(len(patches), -1, -1), patches], dim=1) + self.pos_embed

    def forward(self, spectrograms: torch.Tensor) -> torch.Tensor:
        """Logits of AudioSet's classes; their sigmoid is the score.

        Shape: (batch, 1024 frames, 128 bands) -> (batch, 527).
        """
        return self.classify(self.encode(spectrograms))

    def encode(self, spectrograms: torch.Tensor) -> torch.Tensor:
        """The class tokens after all blocks.

        Shape: (batch, 1024 frames, 128 bands) -> (batch, 2, width).
        """
        x = self.embed(spectrograms)
        for place, block in enumerate(self.blocks, start=1):
            is_last = place == len(self.blocks)  # of which nothing but the class tokens is used
            x = _run_block(block, x, TOKEN_COUNT if is_last else x.shape[1])
        return x

    def classify(self, tokens: torch.Tensor) -> torch.Tensor:
        """Logits from the class tokens. Shape: (batch, 2, width) -> (batch, 527)."""
        logits: torch.Tensor = self.mlp_head(self.norm(tokens).mean(dim=1))
        return logits


def _run_block(block: Block, x: torch.Tensor, count: int) -> torch.Tensor:
    """timm's block, for the first tokens.

    Shape: (batch, tokens, width) -> (batch, count, width).
    """
    attention = block.attn
    width = x.shape[2]
    normalised = block.norm1(x)
    if count == x.shape[1]:
        query, key, value = attention.qkv(normalised).chunk(3, dim=2)
    else:
        weight, bias = attention.qkv.weight, attention.qkv.bias
        query = functional.linear(normalised[:, :count], weight[:width], bias[:width])
        key, value = functional.linear(normalised, weight[width:], bias[width:]).chunk(2, dim=2)
    heads = attention.num_heads
    mixed = attend(_by_head(query, heads), _by_head(key, heads), _by_head(value, heads))
    x = x[:, :count] + attention.proj(mixed.transpose(1, 2).flatten(2))
    done: torch.Tensor = x + block.mlp(block.norm2(x))
    return done


def attend(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
    """Scaled dot-product attention.

    Shape: (batch, heads, tokens, width of a head) each -> the same as ``query``.
    """
    if query.device.type != "cpu" or query.dtype == torch.float32:
        return functional.scaled_dot_product_attention(query, key, value)
    # In half precision torch's own is slower on CPUs than head by head, whose products stay in the
    # cache (bench.steps).
    mixed = torch.empty_like(query)
    turned = (key * key.shape[-1] ** -0.5).transpose(-1, -2).contiguous()
    with torch.autocast("cpu", enabled=False):  # it would store the weights in fp32
        for clip in range(query.shape[0]):
            for head in range(query.shape[1]):
                weights = torch.softmax(query[clip, head] @ turned[clip, head], dim=-1)
                torch.mm(weights, value[clip, head], out=mixed[clip, head])
    return mixed


def _by_head(x: torch.Tensor, heads: int) -> torch.Tensor:
    """Shape: (batch, tokens, width) -> (batch, heads, tokens, width of a head)."""
    return x.view(*x.shape[:2], heads, -1).transpose(1, 2)


@torch.inference_mode()
def attention_maps(
    model: AudioSpectrogramTransformer, spectrograms: torch.Tensor
) -> Iterator[torch.Tensor]:
    """How much each token attends to each, in every block.

    Tokens: class, distillation, then the patches, mel band by mel band (low first), each along
    time; see ``Size.patch_grid``.

    Shape: (batch, 1024 frames, 128 bands) -> depth x (batch, heads, tokens, tokens); the last
    axis sums to 1.
    """
    x = model.embed(spectrograms)
    for block in model.blocks:
        yield _attention(block, x)  # one at a time: all of a large model's are a gigabyte
        x = block(x)


def _attention(block: Block, x: torch.Tensor) -> torch.Tensor:
    batch, tokens, _ = x.shape
    attention = block.attn
    query_key_value = attention.qkv(block.norm1(x))
    query, key, _ = query_key_value.view(batch, tokens, 3, attention.num_heads, -1).unbind(2)
    products = query.transpose(1, 2) @ key.permute(0, 2, 3, 1)
    weights: torch.Tensor = (products * attention.scale).softmax(dim=-1)
    return weights
