"""Reads frozen TensorFlow graphs (``.pb``) without TensorFlow: the nodes that one node needs."""

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
    """A graph that cannot be read, or that torch cannot run as Essentia does."""


@dataclass(frozen=True)
class Node:
    """One operation of a graph.

    Attributes:
        operation: TensorFlow's name for it, such as ``Conv2D``.
        inputs: Names of the input nodes, in order.
        attributes: TensorFlow's ``AttrValue`` messages, by name.
    """

    name: str
    operation: str
    inputs: tuple[str, ...]
    attributes: Mapping[str, Any]

    def integers(self, name: str) -> tuple[int, ...]:
        """An attribute that is a list of integers, such as ``strides``; empty if missing."""
        return tuple(self.attributes[name].list.i) if name in self.attributes else ()

    def integer(self, name: str) -> int:
        """An attribute that is an integer; 0 if missing."""
        return int(self.attributes[name].i) if name in self.attributes else 0

    def flag(self, name: str) -> bool:
        """An attribute that is true or false; false if missing."""
        return name in self.attributes and bool(self.attributes[name].b)

    def text(self, name: str, default: str = "") -> str:
        """An attribute that is a string, such as ``padding``."""
        return self.attributes[name].s.decode() if name in self.attributes else default

    def constant(self) -> Array:
        """The array in a node of the operation ``Const``."""
        return _array(self.attributes["value"].tensor)


def nodes_up_to(path: Path, output: str) -> list[Node]:
    """A node and all nodes that it depends on. Each comes after its inputs.

    Raises:
        UnsupportedGraphError: The file is not a graph, a node is missing, or there is a loop.
    """
    from google.protobuf.message import DecodeError
    from tensorboardX.proto.graph_pb2 import GraphDef

    definition = GraphDef()
    try:
        definition.ParseFromString(path.read_bytes())
    except (DecodeError, OSError) as error:
        raise UnsupportedGraphError("it is not a frozen graph") from error
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
    """The data inputs, without control inputs (``^name``) and without ``:0`` (the first output)."""
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
    if content := tensor.tensor_content:  # read once: protobuf copies it at each access
        return np.frombuffer(content, kind).reshape(shape)
    array = np.zeros(shape, kind)
    array.flat[: len(values)] = values
    array.flat[len(values) :] = values[-1] if values else 0  # TensorFlow repeats the last value
    return array
