"""TensorFlow's operations in torch: those that graphs like VGGish hold."""

import operator
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from AST.speech.graph_file import Array, Node, UnsupportedGraphError

Value = Any
"""A tensor with channels last, as in TensorFlow, or a shape as an array of integers."""
Step = Callable[..., Value]


class Convolution(nn.Module):
    """``Conv2D``. Shape: (n, height, width, channels) -> (n, height, width, channels)."""

    def __init__(self, node: Node, kernel: Array) -> None:
        super().__init__()
        require(node, set(node.attributes["dilations"].list.i) <= {1}, "dilation")
        weight = as_tensor(kernel).permute(3, 2, 0, 1).contiguous(memory_format=torch.channels_last)
        self.weight = nn.Parameter(weight, requires_grad=False)
        self.bias: nn.Parameter | None = None
        self.width = kernel.shape[3]
        self.strides = node.attributes["strides"].list.i[1:3]
        self.padding = _padding_kind(node)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        images = x.permute(0, 3, 1, 2)
        padding = _padding(self.padding, images.shape[2:], self.weight.shape[2:], self.strides)
        if padding[0] == padding[1] and padding[2] == padding[3]:
            margins = (padding[2], padding[0])
        else:
            images, margins = functional.pad(images, padding), (0, 0)
        out = functional.conv2d(
            images.to(self.weight.dtype), self.weight, self.bias, self.strides, margins
        )
        return out.permute(0, 2, 3, 1)


class Dense(nn.Module):
    """``MatMul`` with a constant. Shape: (n, inputs) -> (n, outputs)."""

    def __init__(self, node: Node, weights: Array) -> None:
        super().__init__()
        require(node, not node.attributes["transpose_a"].b, "a transposed input")
        weight = as_tensor(weights if node.attributes["transpose_b"].b else weights.T)
        self.weight = nn.Parameter(weight, requires_grad=False)
        self.bias: nn.Parameter | None = None
        self.width = len(weight)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return functional.linear(x.to(self.weight.dtype), self.weight, self.bias)


class WithConstant(nn.Module):
    """Adds a constant, or multiplies by it. Shape: any -> the same."""

    def __init__(
        self, operation: Callable[[Value, torch.Tensor], torch.Tensor], constant: Array
    ) -> None:
        super().__init__()
        self.operation = operation
        self.constant = nn.Parameter(as_tensor(constant), requires_grad=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.operation(x, self.constant)


LAYERS: Mapping[str, type[Convolution | Dense]] = {"Conv2D": Convolution, "MatMul": Dense}
WITH_A_WEIGHT = frozenset({"BiasAdd", "Add", "AddV2", "Mul"})


def _max_pool(node: Node) -> Step:
    window, strides = (node.attributes[name].list.i[1:3] for name in ("ksize", "strides"))
    kind = _padding_kind(node)  # if step held the node, the whole graph file would stay in memory

    def step(x: torch.Tensor) -> torch.Tensor:
        images = x.permute(0, 3, 1, 2)
        padding = _padding(kind, images.shape[2:], window, strides)
        if any(padding):
            images = functional.pad(images, padding, value=-torch.inf)
        return functional.max_pool2d(images, window, strides).permute(0, 2, 3, 1)

    return step


def _mean(node: Node) -> Step:
    keep = node.attributes["keep_dims"].b
    return lambda x, axes: x.mean(dim=tuple(np.atleast_1d(axes).tolist()), keepdim=keep)


def _strided_slice(node: Node) -> Step:
    shrinks = node.attributes["shrink_axis_mask"].i
    masks = ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask")
    require(node, not any(node.attributes[mask].i for mask in masks), "a slice with a mask")

    def step(shape: Array, begin: Array, end: Array, strides: Array) -> Array:
        return shape[begin[0]] if shrinks else shape[begin[0] : end[0] : strides[0]]

    return step


def _pack(node: Node) -> Step:
    axis = node.attributes["axis"].i
    return lambda *parts: np.stack(parts, axis=axis)


def _squeeze(node: Node) -> Step:
    axes = tuple(node.attributes["squeeze_dims"].list.i)
    require(node, bool(axes), "no axes, and could remove the batch axis")
    return lambda x: x.squeeze(axes)


def _plain(step: Step) -> Callable[[Node], Step]:
    """For an operation whose attributes do not change the result."""
    return lambda node: step


def _in_range(x: torch.Tensor) -> torch.Tensor:
    """Converts to fp32, and turns infinity into NaN.

    The sigmoid of infinity is 0 or 1, which would hide an overflow in a lower precision.
    """
    x = x.float()
    return x + 0 * x


OPERATIONS: Mapping[str, Callable[[Node], Step]] = {
    "Add": _plain(operator.add),
    "AddV2": _plain(operator.add),
    "ConcatV2": _plain(lambda *parts: np.concatenate([np.atleast_1d(p) for p in parts[:-1]])),
    "ExpandDims": _plain(lambda x, axis: x.unsqueeze(int(axis))),
    "Identity": _plain(lambda x: x),
    "MaxPool": _max_pool,
    "Mean": _mean,
    "Mul": _plain(operator.mul),
    "Pack": _pack,
    "Prod": _plain(lambda shape, axis: np.prod(shape)),
    "Relu": _plain(functional.relu),
    "Reshape": _plain(lambda x, shape: x.reshape(tuple(np.atleast_1d(shape).tolist()))),
    "Shape": _plain(lambda x: np.array(x.shape)),
    "Sigmoid": _plain(lambda x: torch.sigmoid(_in_range(x))),
    "Softmax": _plain(lambda x: torch.softmax(_in_range(x), dim=-1)),
    "Squeeze": _squeeze,
    "StopGradient": _plain(lambda x: x),
    "StridedSlice": _strided_slice,
}
"""For each of TensorFlow's names: makes the function that runs a node."""


def _padding_kind(node: Node) -> str:
    kind: str = node.attributes["padding"].s.decode()
    require(node, kind in ("SAME", "VALID"), f"the padding {kind}")
    return kind


def _padding(
    kind: str, lengths: Sequence[int], window: Sequence[int], strides: Sequence[int]
) -> tuple[int, int, int, int]:
    """TensorFlow's padding as left, right, top, bottom. The larger half is at right and bottom."""
    if kind != "SAME":
        return 0, 0, 0, 0
    totals = [
        max(0, (-(-length // stride) - 1) * stride + size - length)
        for length, size, stride in zip(lengths, window, strides, strict=True)
    ]
    (top, bottom), (left, right) = ((total // 2, total - total // 2) for total in totals)
    return left, right, top, bottom


def as_tensor(array: Array) -> torch.Tensor:
    """An array in fp32, which nobody writes to. Shape: any -> the same."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The given NumPy array is not writable")
        return torch.from_numpy(np.asarray(array, np.float32))


def require(node: Node, is_supported: bool, found: str) -> None:
    """Raises UnsupportedGraphError, with what was found, if a node is not supported."""
    if not is_supported:
        raise UnsupportedGraphError(f"its {node.operation} ({node.name}) has {found}")
