"""Writes frozen TensorFlow graphs (GraphDef files) without TensorFlow."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tensorboardX.proto.attr_value_pb2 import AttrValue
from tensorboardX.proto.graph_pb2 import GraphDef
from tensorboardX.proto.tensor_pb2 import TensorProto
from tensorboardX.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboardX.proto.types_pb2 import DT_FLOAT, DT_INT32

FLOAT = AttrValue(type=DT_FLOAT)
INT32 = AttrValue(type=DT_INT32)


class FrozenGraph:
    """A graph to which each method adds a node. The method returns the node's name."""

    def __init__(self) -> None:
        self.definition = GraphDef()

    def node(
        self, name: str, operation: str, inputs: Sequence[str], **attributes: AttrValue
    ) -> str:
        node = self.definition.node.add(name=name, op=operation, input=inputs)
        for key, value in attributes.items():
            node.attr[key].CopyFrom(value)
        return name

    def placeholder(self, name: str, shape: Sequence[int]) -> str:
        return self.node(name, "Placeholder", [], dtype=FLOAT, shape=AttrValue(shape=_shape(shape)))

    def constant(self, name: str, array: npt.NDArray[Any]) -> str:
        kind = {"f": DT_FLOAT, "i": DT_INT32}[array.dtype.kind]
        array = array.astype("<f4" if kind == DT_FLOAT else "<i4")
        tensor = TensorProto(
            dtype=kind, tensor_shape=_shape(array.shape), tensor_content=array.tobytes()
        )
        return self.node(
            name, "Const", [], dtype=AttrValue(type=kind), value=AttrValue(tensor=tensor)
        )

    def mean(self, name: str, x: str, axis: int) -> str:
        axes = self.constant(f"{name}/axis", np.array([axis]))
        return self.node(name, "Mean", [x, axes], T=FLOAT, Tidx=INT32, keep_dims=AttrValue(b=False))

    def reshape(self, name: str, x: str, shape: Sequence[int]) -> str:
        target = self.constant(f"{name}/shape", np.array(shape))
        return self.node(name, "Reshape", [x, target], T=FLOAT, Tshape=INT32)

    def dense(self, name: str, x: str, weights: npt.NDArray[Any], bias: npt.NDArray[Any]) -> str:
        matrix = self.constant(f"{name}/weights", weights)
        product = self.node(f"{name}/MatMul", "MatMul", [x, matrix], T=FLOAT)
        return self._add_bias(name, product, bias)

    def convolution(
        self, name: str, x: str, weights: npt.NDArray[Any], bias: npt.NDArray[Any]
    ) -> str:
        kernel = self.constant(f"{name}/weights", weights)
        product = self.node(
            f"{name}/Conv2D",
            "Conv2D",
            [x, kernel],
            T=FLOAT,
            strides=integers(1, 1, 1, 1),
            padding=AttrValue(s=b"SAME"),
        )
        return self._add_bias(name, product, bias)

    def max_pool(self, name: str, x: str) -> str:
        window = integers(1, 2, 2, 1)
        padding = AttrValue(s=b"SAME")
        return self.node(
            name, "MaxPool", [x], T=FLOAT, ksize=window, strides=window, padding=padding
        )

    def relu(self, name: str, x: str) -> str:
        return self.node(name, "Relu", [x], T=FLOAT)

    def sigmoid(self, name: str, x: str) -> str:
        return self.node(name, "Sigmoid", [x], T=FLOAT)

    def write(self, path: Path) -> None:
        path.write_bytes(self.definition.SerializeToString(deterministic=True))

    def _add_bias(self, name: str, x: str, bias: npt.NDArray[Any]) -> str:
        constant = self.constant(f"{name}/bias", bias)
        return self.node(f"{name}/BiasAdd", "BiasAdd", [x, constant], T=FLOAT)


def _shape(shape: Sequence[int]) -> TensorShapeProto:
    return TensorShapeProto(dim=[TensorShapeProto.Dim(size=size) for size in shape])


def integers(*values: int) -> AttrValue:
    return AttrValue(list=AttrValue.ListValue(i=values))
