"""The Audio Spectrogram Transformer (Gong, Chung, Glass: AST, Interspeech 2021).

AST is a DeiT vision transformer. Its input is 16x16 patches of the spectrogram, which may overlap.
The mean of its two class tokens gives a score of each name. Parameter names
follow the authors' checkpoint.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

import torch
from torch import nn
from torch.nn import functional

from AST.labels import AUDIOSET_CLASS_COUNT
from AST.weights.checkpoint_config import HEAD_WIDTH, HIDDEN_PER_WIDTH, PATCH_SIZE, CheckpointConfig

TOKEN_COUNT = 2
"""The class token and the distillation token."""


@dataclass(frozen=True)
class Size:
    """How AST networks differ from each other.

    Attributes:
        width: Length of a token.
        depth: Number of transformer blocks.
        stride: Step from one patch to the next, in frames and also in mel bands.
        frame_count, mel_band_count: Of the input.
        output_count: Number of names that have a score.
    """

    width: int
    depth: int = 12
    stride: int = 10
    frame_count: int = 1024
    mel_band_count: int = 128
    output_count: int = AUDIOSET_CLASS_COUNT

    @property
    def head_count(self) -> int:
        return self.width // HEAD_WIDTH

    @property
    def patch_grid(self) -> tuple[int, int]:
        """Number of patches along the mel bands and along time."""
        last_band, last_frame = self.mel_band_count - PATCH_SIZE, self.frame_count - PATCH_SIZE
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

    def __init__(self, width: int, head_count: int, layer_norm_eps: float) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width, layer_norm_eps)
        self.attn = Attention(width, head_count)
        self.norm2 = nn.LayerNorm(width, layer_norm_eps)
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
    """AST without training. ``AST.tagger.checkpoint`` loads trained weights.

    Args:
        config: For its layer norms; None: as in weights without a config.
    """

    def __init__(self, size: Size, config: CheckpointConfig | None = None) -> None:
        super().__init__()
        config = config or CheckpointConfig()
        eps = config.layer_norm_eps
        self.size = size
        width = size.width
        self.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        self.dist_token = nn.Parameter(torch.zeros(1, 1, width))
        self.pos_embed = nn.Parameter(torch.zeros(1, size.patch_count + TOKEN_COUNT, width))
        self.patch_embed = nn.Conv2d(1, width, PATCH_SIZE, size.stride)
        self.blocks = nn.ModuleList(Block(width, size.head_count, eps) for _ in range(size.depth))
        self.norm = nn.LayerNorm(width, eps)
        self.mlp_head = nn.Sequential(
            nn.LayerNorm(width, config.head_layer_norm_eps), nn.Linear(width, size.output_count)
        )

    def embed(self, spectrograms: torch.Tensor) -> torch.Tensor:
        """Tokens before the first block. Shape: (batch, time, bands) -> (batch, tokens, width)."""
        images = spectrograms.unsqueeze(1).transpose(2, 3)
        patches = self.patch_embed(images).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.cls_token, self.dist_token], dim=1)
        return torch.cat([tokens.expand(len(patches), -1, -1), patches], dim=1) + self.pos_embed

    def forward(self, spectrograms: torch.Tensor) -> torch.Tensor:
        """Logits of the names that the outputs stand for: AudioSet's 527, or others.

        Shape: (batch, frames, mel bands) -> (batch, outputs).
        """
        return self.classify(self.encode(spectrograms))

    def encode(self, spectrograms: torch.Tensor) -> torch.Tensor:
        """The class tokens after all blocks. Shape: (batch, time, bands) -> (batch, 2, width)."""
        x = self.embed(spectrograms)
        *blocks, last_block = self.blocks
        for block in blocks:
            x = block(x, x.shape[1])
        tokens: torch.Tensor = last_block(x, TOKEN_COUNT)  # only the class tokens are used
        return tokens

    def classify(self, tokens: torch.Tensor) -> torch.Tensor:
        """Logits from the class tokens. Shape: (batch, 2, width) -> (batch, outputs)."""
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

    Shape: (batch, frames, mel bands) -> depth x (batch, heads, tokens, tokens). The last
    axis sums to 1.
    """
    x = model.embed(spectrograms)
    for block in cast("Iterable[Block]", model.blocks):
        yield block.attn.maps(block.norm1(x))  # one at a time: together they can fill a gigabyte
        x = block(x, x.shape[1])
