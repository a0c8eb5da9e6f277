"""Graphs like VGGish: torch gives the same scores as Essentia's TensorFlow."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch
from tensorboardX.proto.attr_value_pb2 import AttrValue
from tensorboardX.proto.tensor_pb2 import TensorProto
from tensorboardX.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboardX.proto.types_pb2 import DT_FLOAT

from AST.errors import UsageError
from AST.speech import parity
from AST.speech.classifier import SpeechModel
from AST.speech.essentia_quietly import essentia_standard
from AST.speech.graph_file import UnsupportedGraphError, nodes_up_to
from AST.speech.graph_in_torch import GraphInTorch
from AST.speech.runners import INPUT_NODE, OUTPUT_NODE, essentia_runner, torch_runner
from AST.weights.model_files import SPEECH_FILE
from synthetic.graph_writer import FLOAT, INT32, FrozenGraph, integers
from tests.helpers import random_weights, speech_score_percent, write_graph_with_tanh

MEL_PATCHES = np.random.default_rng(1).normal(-2, 1.5, (20, 96, 64)).astype(np.float32)
"""Shape (20 mel patches, 96, 64). These are more than the graph convolves at once."""


def started() -> tuple[FrozenGraph, str]:
    """A graph with its input node, and the name of a node of shape (n, 96, 64, 1)."""
    graph = FrozenGraph()
    mel_patches = graph.placeholder(INPUT_NODE, (-1, 96, 64))
    return graph, graph.reshape("images", mel_patches, (-1, 96, 64, 1))


def finished(graph: FrozenGraph, x: str, width: int) -> FrozenGraph:
    """Adds a dense layer and the output node after node ``x`` of shape (n, width)."""
    graph.sigmoid(
        OUTPUT_NODE, graph.dense("classes", x, random_weights(width, 8), random_weights(8, 1)[:, 0])
    )
    return graph


def assert_parity(graph: FrozenGraph, path: Path) -> None:
    graph.write(path)
    ours = torch_runner(GraphInTorch(nodes_up_to(path, OUTPUT_NODE), INPUT_NODE))(MEL_PATCHES)
    theirs = essentia_runner(path)(MEL_PATCHES)
    assert theirs.std() > 1e-3  # not saturated, so differences are visible
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)


def window(padding: str, size: tuple[int, int], strides: tuple[int, int]) -> dict[str, AttrValue]:
    return {
        "T": FLOAT,
        "ksize": integers(1, *size, 1),
        "strides": integers(1, *strides, 1),
        "padding": AttrValue(s=padding.encode()),
    }


def test_convolutions_poolings_and_the_flatten_layer_of_tf_slim(tmp_path: Path) -> None:
    graph, x = started()
    for place, (channels, width) in enumerate([(1, 6), (6, 8)]):
        bias = random_weights(width, 1)[:, 0]
        x = graph.convolution(f"conv{place}", x, random_weights(3, 3, channels, width), bias)
        x = graph.max_pool(f"pool{place}", graph.relu(f"relu{place}", x))
    shape = graph.node("flatten/Shape", "Shape", [x], T=FLOAT, out_type=INT32)
    edges = [
        graph.constant(f"flatten/{name}", np.array([value]))
        for name, value in (("begin", 0), ("end", 1), ("strides", 1))
    ]
    shrink = AttrValue(i=1)
    count = graph.node(
        "flatten/slice", "StridedSlice", [shape, *edges], T=INT32, Index=INT32,
        shrink_axis_mask=shrink,
    )  # fmt: skip
    minus_one = graph.constant("flatten/rest", np.array(-1))
    target = graph.node("flatten/pack", "Pack", [count, minus_one], T=INT32, N=AttrValue(i=2))
    x = graph.node("flatten/Reshape", "Reshape", [x, target], T=FLOAT, Tshape=INT32)
    assert_parity(finished(graph, x, 24 * 16 * 8), tmp_path / "a.pb")


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize("strides", [(1, 1), (2, 3), (5, 2)])
def test_every_stride_and_padding(tmp_path: Path, padding: str, strides: tuple[int, int]) -> None:
    graph, x = started()
    attributes = window(padding, (4, 3), strides)
    del attributes["ksize"]
    kernel = graph.constant("kernel", random_weights(4, 3, 1, 5))
    x = graph.node("conv", "Conv2D", [x, kernel], **attributes)
    x = graph.node("pool", "MaxPool", [x], **window(padding, (3, 2), strides))
    x = graph.mean("over_frames", graph.mean("over_bands", x, axis=2), axis=1)
    assert_parity(finished(graph, x, 5), tmp_path / "a.pb")


def test_a_bias_that_does_not_follow_a_layer_directly(tmp_path: Path) -> None:
    graph, x = started()
    x = graph.mean("over_frames", graph.reshape("mel_patches", x, (-1, 96, 64)), axis=1)
    dense = graph.dense("dense", x, random_weights(64, 16), random_weights(16, 1)[:, 0])
    product = graph.node("twice", "AddV2", [dense, "dense/MatMul"], T=FLOAT)
    one = graph.constant("one", np.ones(16, np.float32))
    read = graph.node("one/read", "Identity", [one], T=FLOAT)
    x = graph.node("plus_one", "Add", [product, read], T=FLOAT)
    x = graph.node("kept", "Identity", [x], T=FLOAT)
    assert_parity(finished(graph, x, 16), tmp_path / "a.pb")


def test_a_constant_as_first_or_second_input(tmp_path: Path) -> None:
    graph, x = started()
    x = graph.mean("mean", graph.reshape("mel_patches", x, (-1, 96, 64)), axis=1)
    gamma = graph.constant("gamma", random_weights(64, 1)[:, 0])
    beta = graph.constant("beta", random_weights(64, 2)[:, 0])
    x = graph.node("scaled", "Mul", [x, gamma], T=FLOAT)
    x = graph.node("scaled_again", "Mul", [gamma, x], T=FLOAT)
    x = graph.node("moved", "AddV2", [beta, x], T=FLOAT)
    assert_parity(finished(graph, x, 64), tmp_path / "a.pb")


def test_a_constant_that_lists_only_its_first_values(tmp_path: Path) -> None:
    graph, x = started()
    x = graph.mean("mean", graph.reshape("mel_patches", x, (-1, 96, 64)), axis=1)
    shape = TensorShapeProto(dim=[TensorShapeProto.Dim(size=64)])
    for values in ([0.5, 1.5, 2.0], [3.0]):
        name = f"constant{len(values)}"
        tensor = TensorProto(dtype=DT_FLOAT, tensor_shape=shape, float_val=values)
        graph.node(name, "Const", [], dtype=FLOAT, value=AttrValue(tensor=tensor))
        x = graph.node(f"scaled{len(values)}", "Mul", [x, name], T=FLOAT)
    assert_parity(finished(graph, x, 64), tmp_path / "a.pb")


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_a_sigmoid_in_the_middle_in_lower_precision(tmp_path: Path, dtype: torch.dtype) -> None:
    graph, x = started()
    x = graph.mean("mean", graph.reshape("mel_patches", x, (-1, 96, 64)), axis=1)
    x = graph.sigmoid(
        "gate", graph.dense("dense", x, random_weights(64, 16), random_weights(16, 1)[:, 0])
    )
    finished(graph, x, 16).write(tmp_path / "a.pb")
    plain = SpeechModel.load(tmp_path / "a.pb")
    lower = SpeechModel.load(tmp_path / "a.pb", "torch", torch.device("cpu"), dtype)
    assert lower.scores_percent([[MEL_PATCHES]]) == pytest.approx(
        plain.scores_percent([[MEL_PATCHES]]), abs=2
    )


def test_scores_that_are_not_finite_stop_the_run(tmp_path: Path) -> None:
    graph, x = started()
    x = graph.mean("mean", graph.reshape("mel_patches", x, (-1, 96, 64)), axis=1)
    large = graph.constant("large", np.full(64, 60_000, np.float32))
    x = graph.node("scaled", "Mul", [x, large], T=FLOAT)
    x = graph.node("back", "Mul", [x, graph.constant("small", 1 / np.full(64, 60_000))], T=FLOAT)
    finished(graph, x, 64).write(tmp_path / "a.pb")
    model = SpeechModel.load(tmp_path / "a.pb", "torch", torch.device("cpu"), torch.float16)
    with pytest.raises(UsageError, match=r"not finite numbers in float16; use precision fp32"):
        model.scores_percent([[MEL_PATCHES]])


def test_an_overflow_before_the_sigmoid_stops_the_run(tmp_path: Path) -> None:
    graph, x = started()
    x = graph.mean("mean", graph.reshape("mel_patches", x, (-1, 96, 64)), axis=1)
    x = graph.dense("large", x, np.full((64, 1), -1e3, np.float32), np.zeros(1, np.float32))
    x = graph.relu("relu", x)
    x = graph.dense("small", x, np.full((1, 8), 2e-6, np.float32), np.zeros(8, np.float32))
    graph.sigmoid(OUTPUT_NODE, x)
    graph.write(tmp_path / "a.pb")
    louder = [[MEL_PATCHES - 3]]
    cpu = torch.device("cpu")
    [expected] = SpeechModel.load(tmp_path / "a.pb", "torch").scores_percent(louder)
    assert 10 < expected < 90
    with pytest.raises(UsageError, match="not finite numbers in float16"):
        SpeechModel.load(tmp_path / "a.pb", "torch", cpu, torch.float16).scores_percent(louder)


def test_after_any_error_in_torch_essentia_runs_the_graph(
    speech_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(x: torch.Tensor) -> torch.Tensor:
        raise RuntimeError("shapes do not\nfit")

    monkeypatch.setattr(torch, "sigmoid", broken)
    model = SpeechModel.load(speech_path)
    assert model.backend == "essentia"
    assert model.fallback is not None
    assert "RuntimeError: shapes do not fit" in model.fallback


def test_axes_added_and_removed(tmp_path: Path) -> None:
    graph = FrozenGraph()
    mel_patches = graph.placeholder(INPUT_NODE, (-1, 96, 64))
    axis = graph.constant("axis", np.array(3))
    x = graph.node("images", "ExpandDims", [mel_patches, axis], T=FLOAT, Tdim=INT32)
    x = graph.node("mel_patches", "Squeeze", [x], T=FLOAT, squeeze_dims=integers(3))
    x = graph.mean("mean", x, axis=1)
    x = graph.node("shares", "Softmax", [x], T=FLOAT)
    assert_parity(finished(graph, x, 64), tmp_path / "a.pb")


def test_the_embedded_model_runs_in_torch() -> None:
    model = SpeechModel.load(SPEECH_FILE.embedded)
    assert (model.backend, model.fallback) == ("torch", None)


def test_scores_are_those_of_essentias_own_chain(speech_path: Path) -> None:
    time_s = np.arange(5 * 16_000 + 123) / 16_000
    samples = (0.5 * np.sin(2 * np.pi * (200 + 300 * time_s) * time_s)).astype(np.float32)
    chain = essentia_standard().TensorflowPredictVGGish(
        graphFilename=str(speech_path), input=INPUT_NODE, output=OUTPUT_NODE
    )
    expected = 100 * np.asarray(chain(samples))[:, 7].mean()
    for backend in ("essentia", "torch"):
        model = SpeechModel.load(speech_path, backend)
        assert model.backend == backend
        assert speech_score_percent(model, samples) == pytest.approx(expected, abs=1e-3)


def test_a_file_has_the_same_score_alone_and_in_a_batch(speech_path: Path) -> None:
    model = SpeechModel.load(speech_path)
    files = [[np.roll(MEL_PATCHES, place).repeat(place, axis=0)] for place in (0, 30, 1, 0, 60)]
    together = model.scores_percent(files)
    alone = [model.scores_percent([file])[0] for file in files]
    assert together == pytest.approx(alone, abs=1e-4)
    assert together[0] == together[3] == 0.0


def test_essentia_runs_a_graph_with_an_unknown_operation(tmp_path: Path) -> None:
    path = write_graph_with_tanh(tmp_path / "a.pb")
    model = SpeechModel.load(path)
    assert model.backend == "essentia"
    assert model.fallback is not None
    assert "torch cannot run it: it holds the operation Tanh (tanh); Essentia" in model.fallback
    np.testing.assert_allclose(
        model.scores_percent([[MEL_PATCHES]]), 100 * essentia_runner(path)(MEL_PATCHES)[:, 7].mean()
    )


def test_essentia_runs_a_graph_if_torch_gives_other_scores(
    speech_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch, "sigmoid", lambda x: x.sigmoid() + 2e-4)
    model = SpeechModel.load(speech_path)
    assert model.backend == "essentia"
    assert model.fallback is not None
    assert "differ from Essentia's by 0.0002" in model.fallback


def test_a_passed_comparison_is_not_repeated(
    speech_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "copy.pb"
    path.write_bytes(speech_path.read_bytes())
    monkeypatch.setattr(parity, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(parity, "WORTH_REMEMBERING_BYTES", 0)
    compared = []
    monkeypatch.setattr(parity, "check_parity", lambda *runners: compared.append(runners))
    for _ in range(2):
        assert SpeechModel.load(path).backend == "torch"
    assert len(compared) == 1
    os.utime(path, (0, 0))  # the file may have changed
    SpeechModel.load(path)
    assert len(compared) == 2


def test_backend_torch_says_why_it_cannot_run_a_graph(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"a\.pb: speech backend torch cannot .*Tanh.*use auto"):
        SpeechModel.load(write_graph_with_tanh(tmp_path / "a.pb"), "torch")


def test_a_loop_in_a_graph_is_an_error(tmp_path: Path) -> None:
    graph = FrozenGraph()
    graph.node("a", "Relu", ["b"], T=FLOAT)
    graph.node("b", "Relu", ["a"], T=FLOAT)
    graph.write(tmp_path / "a.pb")
    with pytest.raises(UnsupportedGraphError, match="loop"):
        nodes_up_to(tmp_path / "a.pb", "b")
