"""The Audio Spectrogram Transformer (Gong, Chung, Glass: AST, Interspeech 2021).

AST is a DeiT vision transformer. Its input is 16x16 patches of the spectrogram, which may overlap.
The mean of its two class tokens gives 527 scores. Parameter names follow the authors' checkpoint.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

import torch
from torch import nn
from torch.nn import functional

from AST.audio.spectrogram import FRAME_COUNT, MEL_BAND_COUNT
from AST.labels import AUDIOSET_CLASS_COUNT

PATCH_SIZE = 16
HEAD_WIDTH = 64
"""Width of an attention head. It is the same in all sizes of DeiT."""
TOKEN_COUNT = 2
"""The class token and the distillation token."""
HIDDEN_PER_WIDTH = 4
"""Width of a block's hidden layer, in widths of a token. It is the same in all sizes of DeiT."""
BLOCK_LAYER_NORM_EPS = 1e-6
"""As in timm, which the authors used to train AST. The hub's configuration says 1e-12."""


@dataclass(frozen=True)
class Size:
    """How AST networks differ from each other.

    Attributes:
        width: Length of a token.
        depth: Number of transformer blocks.
        stride: Step from one patch to the next, in frames and also in mel bands.
    """

    width: int
    depth: int = 12
    stride: int = 10

    @property
    def head_count(self) -> int:
        return self.width // HEAD_WIDTH

    @property
    def patch_grid(self) -> tuple[int, int]:
        """Number of patches along the mel bands and along time."""
        last_band, last_frame = MEL_BAND_COUNT - PATCH_SIZE, FRAME_COUNT - PATCH_SIZE
        return last_band // self.stride + 1, last_frame // self.stride + 1

    @property
    def patch_count(self) -> int:
        """Number of patches.

        >>> Size(768).patch_count, Size(192, stride=16).patch_count
        (1212, 512)
        """
        return self.patch_grid[0] * self.patch_grid[1]


class Attention(nn.Module):
    """Attention of all heads together."""

    def __init__(self, width: int, head_count: int) -> None:
        super().__init__()
        self.head_count = head_count
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x: torch.Tensor, count: int) -> torch.Tensor:
        """The first tokens attend to all.

        Shape: (batch, tokens, width) -> (batch, count, width).
        """
        width = x.shape[2]
        if count == x.shape[1]:
            query, key, value = self.qkv(x).chunk(3, dim=2)
        else:
            weight, bias = self.qkv.weight, self.qkv.bias
            query = functional.linear(x[:, :count], weight[:width], bias[:width])
            key, value = functional.linear(x, weight[width:], bias[width:]).chunk(2, dim=2)
        mixed = attend(*(_by_head(one, self.head_count) for one in (query, key, value)))
        output: torch.Tensor = self.proj(mixed.transpose(1, 2).flatten(2))
        return output

    def maps(self, x: torch.Tensor) -> torch.Tensor:
        """How much each token attends to each. Shape: -> (batch, heads, tokens, tokens)."""
        query, key, _ = self.qkv(x).chunk(3, dim=2)
        products = _by_head(query, self.head_count) @ _by_head(key, self.head_count).mT
        return torch.softmax(products * HEAD_WIDTH**-0.5, dim=-1)


class Block(nn.Module):
    """A transformer block, as in timm's and DeiT's vision transformers."""

    def __init__(self, width: int, head_count: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width, BLOCK_LAYER_NORM_EPS)
        self.attn = Attention(width, head_count)
        self.norm2 = nn.LayerNorm(width, BLOCK_LAYER_NORM_EPS)
        self.mlp = nn.Sequential(
            OrderedDict(
                fc1=nn.Linear(width, HIDDEN_PER_WIDTH * width),
                act=nn.GELU(),
                fc2=nn.Linear(HIDDEN_PER_WIDTH * width, width),
            )
        )

    def forward(self, x: torch.Tensor, count: int) -> torch.Tensor:
        """The first tokens after the block.

        Shape: (batch, tokens, width) -> (batch, count, width).
        """
        x = x[:, :count] + self.attn(self.norm1(x), count)
        output: torch.Tensor = x + self.mlp(self.norm2(x))
        return output


class AudioSpectrogramTransformer(nn.Module):
    """AST without training. ``AST.tagger.checkpoint`` loads trained weights."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.size = size
        width = size.width
        self.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        self.dist_token = nn.Parameter(torch.zeros(1, 1, width))
        self.pos_embed = nn.Parameter(torch.zeros(1, size.patch_count + TOKEN_COUNT, width))
        self.patch_embed = nn.Conv2d(1, width, PATCH_SIZE, size.stride)
        self.blocks = nn.ModuleList(Block(width, size.head_count) for _ in range(size.depth))
        self.norm = nn.LayerNorm(width, BLOCK_LAYER_NORM_EPS)
        self.mlp_head = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, AUDIOSET_CLASS_COUNT))

    def embed(self, spectrograms: torch.Tensor) -> torch.Tensor:
        """Tokens before the first block. Shape: (batch, 1024, 128) -> (batch, tokens, width)."""
        images = spectrograms.unsqueeze(1).transpose(2, 3)
        patches = self.patch_embed(images).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.cls_token, self.dist_token], dim=1)
        return torch.cat([tokens.expand(len(patches), -1, -1), patches], dim=1) + self.pos_embed

    def forward(self, spectrograms: torch.Tensor) -> torch.Tensor:
        """Logits of AudioSet's 527 names. The sigmoid of a logit is the score.

        Shape: (batch, 1024 frames, 128 bands) -> (batch, 527).
        """
        return self.classify(self.encode(spectrograms))

    def encode(self, spectrograms: torch.Tensor) -> torch.Tensor:
        """The class tokens after all blocks. Shape: (batch, 1024, 128) -> (batch, 2, width)."""
        x = self.embed(spectrograms)
        *blocks, last_block = self.blocks
        for block in blocks:
            x = block(x, x.shape[1])
        tokens: torch.Tensor = last_block(x, TOKEN_COUNT)  # only the class tokens are used
        return tokens

    def classify(self, tokens: torch.Tensor) -> torch.Tensor:
        """Logits from the class tokens. Shape: (batch, 2, width) -> (batch, 527)."""
        logits: torch.Tensor = self.mlp_head(self.norm(tokens).mean(dim=1))
        return logits


def attend(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
    """Scaled dot-product attention.

    Shape: (batch, heads, tokens, width of a head) each -> the same as ``query``.
    """
    if query.device.type != "cpu" or query.dtype == torch.float32:
        return functional.scaled_dot_product_attention(query, key, value)
    # In half precision on CPUs, torch's function is slower than this loop over the heads: the
    # products of one head stay in the cache.
    mixed = torch.empty_like(query)
    transposed_key = (key * key.shape[-1] ** -0.5).transpose(-1, -2).contiguous()
    with torch.autocast("cpu", enabled=False):  # autocast would store the attention weights in fp32
        for item in range(query.shape[0]):
            for head in range(query.shape[1]):
                weights = torch.softmax(query[item, head] @ transposed_key[item, head], dim=-1)
                torch.mm(weights, value[item, head], out=mixed[item, head])
    return mixed


def _by_head(x: torch.Tensor, heads: int) -> torch.Tensor:
    """Shape: (batch, tokens, width) -> (batch, heads, tokens, width of a head)."""
    return x.view(*x.shape[:2], heads, -1).transpose(1, 2)


@torch.inference_mode()
def attention_maps(
    model: AudioSpectrogramTransformer, spectrograms: torch.Tensor
) -> Iterator[torch.Tensor]:
    """How much each token attends to each other token, in every block.

    The order of the tokens is: class, distillation, then the patches in rows along time, the row
    of the lowest mel bands first (see ``Size.patch_grid``).

    Shape: (batch, 1024 frames, 128 bands) -> depth x (batch, heads, tokens, tokens). The last
    axis sums to 1.
    """
    x = model.embed(spectrograms)
    for block in cast("Iterable[Block]", model.blocks):
        yield block.attn.maps(block.norm1(x))  # one at a time: together they can fill a gigabyte
        x = block(x, x.shape[1])
