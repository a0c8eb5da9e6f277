"""Runs frozen TensorFlow graphs like VGGish in torch, on any device and in any precision."""

import operator
from collections import Counter
from collections.abc import Sequence

import torch
from torch import nn

from AST.speech.graph_file import Array, Node, UnsupportedGraphError
from AST.speech.graph_layers import (
    LAYERS,
    OPERATIONS,
    WITH_A_WEIGHT,
    Convolution,
    Dense,
    Step,
    Value,
    WithConstant,
    as_tensor,
    require,
)

CPU_BATCH_SIZE = 16
"""Rows per convolution on a CPU, so that they fit in the cache. 8 to 32 are equally fast."""


class GraphInTorch(nn.Module):
    """A graph from one placeholder to one node.

    Shape: the placeholder's -> the output node's.

    Args:
        nodes: As ``AST.speech.graph_file.nodes_up_to`` returns them.
        placeholder: The name of the input node.

    Raises:
        UnsupportedGraphError: The graph holds an operation that this module does not know.
    """

    def __init__(self, nodes: Sequence[Node], placeholder: str) -> None:
        super().__init__()
        self.layers = nn.ModuleList()
        self._input, self._output = placeholder, nodes[-1].name
        self._constants: dict[str, Array] = {}
        self._steps: list[tuple[str, Step, tuple[str, ...]]] = []
        self._uses = Counter(name for node in nodes for name in node.inputs)
        for node in nodes:
            self._add(node)
        if self._input not in {name for _, _, inputs in self._steps for name in inputs}:
            raise UnsupportedGraphError(f"its output does not depend on {placeholder}")
        self._shapes = {k: v for k, v in self._constants.items() if v.dtype.kind == "i"}
        del self._constants  # the layers hold what is still needed

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Runs the graph. On a CPU, convolutions take a few rows at a time, which fit in the cache.

        Dense layers take all rows at once, because their weights are larger than their input.
        """
        rows = CPU_BATCH_SIZE if x.device.type == "cpu" else len(x)
        cut = self._first_dense()
        if cut and len(x) > rows:
            before, after = self._steps[:cut], self._steps[cut:]
            (name,) = after[0][2]
            parts = [self._run(before, self._input, part, name) for part in torch.split(x, rows)]
            return self._run(after, name, torch.cat(parts), self._output)
        return self._run(self._steps, self._input, x, self._output)

    def _run(
        self, steps: Sequence[tuple[str, Step, tuple[str, ...]]], start: str, x: Value, end: str
    ) -> torch.Tensor:
        values: dict[str, Value] = {**self._shapes, start: x}
        left = Counter([end, *(name for _, _, inputs in steps for name in inputs)])
        for name, step, inputs in steps:
            values[name] = step(*(values[other] for other in inputs))
            for other in inputs:  # frees activations, which are larger than weights
                left[other] -= 1
                if not left[other]:
                    del values[other]
        result: torch.Tensor = values[end]
        return result

    def _first_dense(self) -> int:
        """The place of the first dense layer if later steps need only its input; else 0."""
        for place, (_, step, inputs) in enumerate(self._steps):
            if isinstance(step, Dense):
                later = {name for _, _, names in self._steps[place:] for name in names}
                made_before = {name for name, _, _ in self._steps[:place]} | {self._input}
                return place if later & made_before == set(inputs) else 0
        return 0

    def _add(self, node: Node) -> None:
        inputs = node.inputs
        if node.name == self._input:
            return
        data_format = node.attributes["data_format"].s.decode()
        require(node, data_format in ("", "NHWC"), "channels that are not last")
        if node.operation == "Const":
            self._constants[node.name] = node.constant()
        elif node.operation in ("Identity", "StopGradient") and inputs[0] in self._constants:
            self._constants[node.name] = self._constants[inputs[0]]
        elif node.operation in LAYERS:
            layer = LAYERS[node.operation](node, self._constant(node, 1))
            self.layers.append(layer)
            self._steps.append((node.name, layer, inputs[:1]))
        elif node.operation in WITH_A_WEIGHT and any(map(self._is_weight, inputs)):
            self._add_weight(node)
        elif node.operation in OPERATIONS:
            self._steps.append((node.name, OPERATIONS[node.operation](node), inputs))
        else:
            raise UnsupportedGraphError(f"it holds the operation {node.operation} ({node.name})")

    def _add_weight(self, node: Node) -> None:
        """Puts a bias into the layer before it if possible, which saves a pass over memory."""
        place = 0 if self._is_weight(node.inputs[0]) else 1
        weight, x = self._constant(node, place), node.inputs[1 - place]
        name, step, inputs = self._steps[-1] if self._steps else ("", None, ())
        if (
            isinstance(step, Convolution | Dense)
            and name == x
            and node.operation != "Mul"
            and weight.shape == (step.width,)
            and step.bias is None
            and self._uses[name] == 1
        ):
            step.bias = nn.Parameter(as_tensor(weight), requires_grad=False)
            self._steps[-1] = (node.name, step, inputs)
            return
        layer = WithConstant(operator.mul if node.operation == "Mul" else operator.add, weight)
        self.layers.append(layer)
        self._steps.append((node.name, layer, (x,)))

    def _is_weight(self, name: str) -> bool:
        return name in self._constants and self._constants[name].dtype.kind == "f"

    def _constant(self, node: Node, place: int) -> Array:
        name = node.inputs[place]
        require(node, name in self._constants, f"{name} instead of a constant")
        return self._constants[name]
