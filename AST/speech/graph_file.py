"""Reads frozen TensorFlow graphs (``.pb``) without TensorFlow: the nodes that one node needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


class UnsupportedGraphError(Exception):
    """A graph that cannot be read, or that torch cannot run as Essentia does."""


@dataclass(frozen=True)
class Node:
    """One operation of a graph.

    Attributes:
        operation: TensorFlow's name for it, such as ``Conv2D``.
        inputs: Names of the input nodes, in order.
        attributes: TensorFlow's ``AttrValue`` messages, by name. A missing one is false, 0 or
            empty.
    """

    name: str
    operation: str
    inputs: tuple[str, ...]
    attributes: Mapping[str, Any]

    def constant(self) -> Array:
        """The array in a node of the operation ``Const``."""
        from tensorboardX.proto.types_pb2 import DT_FLOAT, DT_INT32, DT_INT64

        tensor = self.attributes["value"].tensor
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
        # TensorFlow repeats the last value.
        array = np.full(shape, values[-1] if values else 0, kind)
        array.flat[: len(values)] = values
        return array


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
    nodes: dict[str, Node] = {}
    for node in definition.node:
        data = [name for name in node.input if not name.startswith("^")]  # not control inputs
        inputs = tuple(name.removesuffix(":0") for name in data)  # :0 is the first output
        nodes[node.name] = Node(node.name, node.op, inputs, node.attr)
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
