"""Frozen TensorFlow graphs read without TensorFlow: what of a ``.pb`` file leads to one node."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from tensorboardX.proto.tensor_pb2 import TensorProto

Array = npt.NDArray[Any]


class UnsupportedGraphError(Exception):
    """A graph that cannot be read or holds what this suite cannot run itself."""


@dataclass(frozen=True)
class Node:
    """One operation of a graph.

    Attributes:
        operation: TensorFlow's name, such as ``Conv2D``.
        inputs: Names of nodes, in order.
        attributes: TensorFlow's messages, by name.
    """

    name: str
    operation: str
    inputs: tuple[str, ...]
    attributes: Mapping[str, Any]

    def integers(self, name: str) -> tuple[int, ...]:
        """A list of integers, such as ``strides``."""
        return tuple(self.attributes[name].list.i) if name in self.attributes else ()

    def integer(self, name: str) -> int:
        return int(self.attributes[name].i) if name in self.attributes else 0

    def flag(self, name: str) -> bool:
        return name in self.attributes and bool(self.attributes[name].b)

    def text(self, name: str, default: str = "") -> str:
        """A string, such as ``padding``."""
        return self.attributes[name].s.decode() if name in self.attributes else default

    def constant(self) -> Array:
        """The array that a node of the operation ``Const`` holds."""
        return _array(self.attributes["value"].tensor)


def nodes_up_to(path: Path, output: str) -> list[Node]:
    """The nodes that a node depends on, and itself; each after those that it depends on.

    Raises:
        UnsupportedGraphError: No graph, or one without the node or with inputs that are missing.
    """
    from google.protobuf.message import DecodeError
    from tensorboardX.proto.graph_pb2 import GraphDef

    definition = GraphDef()
    try:
        definition.ParseFromString(path.read_bytes())
    except (DecodeError, OSError) as error:
        raise UnsupportedGraphError("it is no frozen graph") from error
    nodes = {
        node.name: Node(node.name, node.op, tuple(_names(node.input)), dict(node.attr))
        for node in definition.node
    }
    ordered: dict[str, Node] = {}
    waiting = [output]
    while waiting:
        name = waiting[-1]
        if name not in nodes:
            raise UnsupportedGraphError(f"it has no node {name}")
        missing = [other for other in nodes[name].inputs if other not in ordered]
        if name in ordered or not missing:
            ordered.setdefault(name, nodes[name])
            waiting.pop()
        elif len(waiting) > len(nodes):
            raise UnsupportedGraphError(f"it has a loop at {name}")
        else:
            waiting.append(missing[0])
    return list(ordered.values())


def _names(inputs: Any) -> list[str]:
    """Without the number of the output, where it is the first, and without control inputs."""
    data = [name for name in inputs if not name.startswith("^")]
    return [name.removesuffix(":0") for name in data]


def _array(tensor: "TensorProto") -> Array:
    from tensorboardX.proto.types_pb2 import DT_FLOAT, DT_INT32, DT_INT64

    shape = [dim.size for dim in tensor.tensor_shape.dim]
    kinds = {
        DT_FLOAT: ("<f4", tensor.float_val),
        DT_INT32: ("<i4", tensor.int_val),
        DT_INT64: ("<i8", tensor.int64_val),
    }
    if tensor.dtype not in kinds:
        raise UnsupportedGraphError(f"it holds a constant of TensorFlow's type {tensor.dtype}")
    kind, values = kinds[tensor.dtype]
    if content := tensor.tensor_content:  # read once: protobuf makes a copy each time
        return np.frombuffer(content, kind).reshape(shape)
    array = np.zeros(shape, kind)
    array.flat[: len(values)] = values
    array.flat[len(values) :] = values[-1] if values else 0  # the last stands for the rest
    return array
