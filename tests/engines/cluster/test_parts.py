"""The parts of the engine of Ray that need no cluster: nodes that differ, and what is refused."""

import contextlib
import importlib.util
import shutil
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import analyze_dsd100
from AST.datasets.stem import Stem
from AST.engines.cluster import assignment as assignment_module
from AST.engines.cluster.assignment import assignment_of, check_node
from AST.engines.computation import Computation
from AST.engines.engine import Work
from AST.errors import UsageError
from AST.settings import AUTO, MAX, Settings, Windows
from AST.weights.finding import find_both
from AST.weights.local_model import LocalModel, verify_all
from tests.helpers import ROOT

pytest.importorskip("ray", reason="pip install -r requirements-ray.txt")

from AST.engines.cluster import resources
from AST.engines.cluster.answer import Answer, How
from AST.engines.cluster.driver import Driver
from AST.engines.cluster.engine import DRIVER, RayEngine
from AST.engines.cluster.resources import Cluster, Need
from AST.engines.cluster.worker import BatchWorker
from AST.engines.engine import Batch, cut
from AST.engines.local import LocalEngine

GIB = 1 << 30


@pytest.fixture
def work() -> Work:
    computation = Computation("cpu", "fp32", "torch", 1, 1)
    return Work(verify_all(find_both("tiny", None)), {"bass": ["bass guitar"]}, computation)


def test_a_node_with_other_code_is_named(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    assignment = assignment_of(work, [])
    check_node(assignment)
    monkeypatch.setattr(socket, "gethostname", lambda: "node7")
    monkeypatch.setattr(assignment_module, "code_sha256", lambda: "0" * 64)
    with pytest.raises(UsageError, match=r"node node7 has code_sha256 0{12}, the driver has "):
        check_node(assignment)


def test_a_node_that_sees_other_files_is_named(
    work: Work, stems: list[Stem], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "node7")
    path = stems[0].path
    stream = path.with_name(f"{path.name}#0")
    assignment = assignment_of(work, [stream, tmp_path / "never.wav"])
    check_node(assignment)
    path.write_bytes(path.read_bytes()[:-2])
    with pytest.raises(UsageError, match=r"node7 does not see .*a.wav#0 .*its content differs"):
        check_node(assignment)
    path.unlink()
    with pytest.raises(UsageError, match=r"node7 does not see .*a.wav#0 .*No such file"):
        check_node(assignment)


def test_a_node_with_another_model_does_not_start(work: Work, tmp_path: Path) -> None:
    copy = tmp_path / "ast.safetensors"
    shutil.copy(work.files["ast"].path, copy)
    model = LocalModel(copy, "0" * 64, is_published=False)
    files = {**work.files, "ast": model}
    assignment = assignment_of(Work(files, work.names_of_class, work.computation), [])
    with pytest.raises(UsageError, match=r"ast.safetensors: sha256 \w+, the driver has 0{64}"):
        BatchWorker(assignment)


def test_a_worker_computes_a_batch_as_a_local_run_does(work: Work, stems: list[Stem]) -> None:
    settings = Settings("cpu", "fp32", "torch", 2, 1, Windows(2, hop_s=0.5, pool=MAX))
    local = LocalEngine(settings, lambda line: None)
    work = replace(work, computation=local.computation)
    worker = BatchWorker(assignment_of(work, []))
    with contextlib.closing(local):
        batches = cut([stems[0], stems[3], stems[1], stems[2]], 2)
        for batch, expected in zip(batches, local.results(work, batches), strict=True):
            for own, other in zip(worker.analyse(batch, {}).results, expected, strict=True):
                assert own.row == other.row
                assert (own.failure, own.warning) == (other.failure, other.warning)
                for name in ("scores", "window_start_s", "window_scores", "speech_score_percent"):
                    values = np.array(getattr(own, name), float)
                    wanted = np.array(getattr(other, name), float)
                    np.testing.assert_allclose(values, wanted, atol=1e-6)


def test_who_is_blamed_is_not_read_again(work: Work, stems: list[Stem]) -> None:
    blamed = {stems[3]: "too bad"}
    answer = BatchWorker(assignment_of(work, [])).analyse(Batch(tuple(stems)), blamed)
    predictions = [result.row.prediction for result in answer.results]
    assert predictions[1:] == ["silence", "error", "error"]
    assert [result.failure for result in answer.results][3] == "too bad"
    assert answer.how[1:] == ("cpu", "fp32", "torch", "", "cpu")


@pytest.mark.parametrize(
    ("field", "value"), [("device", "cpu"), ("precision", "bf16"), ("speech_backend", "essentia")]
)
def test_one_run_has_one_arithmetic(field: str, value: str) -> None:
    driver = Driver(connection=None)  # type: ignore[arg-type] # nothing is said
    first = How("node1", "cuda", "fp16", "torch", "", "NVIDIA H200")
    driver.check(Answer(first, []))
    driver.check(Answer(first._replace(node="node2", device_name="NVIDIA H100"), []))
    other = first._replace(node="node3", **{field: value})
    own = getattr(first, field)
    with pytest.raises(UsageError, match=f"{value} on node node3, but {own} on node node1"):
        driver.check(Answer(other, []))


def nodes(*resources: dict[str, float]) -> list[dict[str, Any]]:
    return [{"Resources": one, "NodeManagerHostname": "x", "NodeID": "0"} for one in resources]


def test_a_task_gets_the_share_of_cores_that_belongs_to_its_gpu(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gpus = {"CPU": 16.0, "GPU": 4.0, "memory": 64.0 * GIB}
    head, big = {"memory": 8.0 * GIB}, {"CPU": 64.0, "GPU": 8.0, "memory": 9.0 * GIB}
    monkeypatch.setattr(resources, "_nodes", lambda: nodes(head, gpus, big))
    cluster = Cluster(AUTO, None)
    assert (cluster.device, cluster.workers) == ("cuda", 4)
    need = cluster.need(model_bytes=GIB)
    assert need == Need(4, 1, 3 * GIB + GIB // 2)
    assert cluster.slots(need) == 4 + 2  # the second has memory for two
    assert cluster.node_count(need) == 2

    cluster = Cluster("cpu", 3)
    need = cluster.need(GIB)
    assert (need.cpus, need.gpus) == (3, 0)
    assert cluster.slots(need) == 5 + 2


def test_a_cluster_that_cannot_do_a_task_is_refused(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "_nodes", lambda: nodes({"CPU": 2.0, "memory": 1.0 * GIB}))
    with pytest.raises(UsageError, match="device cuda: no node of the Ray cluster has a GPU"):
        Cluster("cuda", None)
    cluster = Cluster(AUTO, None)
    with pytest.raises(UsageError, match=r"no node .* has 1 CPUs and 3.4 GB of memory"):
        cluster.check_nodes(cluster.need(GIB), assignment_of(work, []), lambda: None)


def test_only_those_who_run_models_load_torch() -> None:
    modules = "analyze_dsd100, AST.run.execution, AST.engines.cluster.engine, " + DRIVER
    code = f"import sys, {modules}; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "False\n", done.stderr


def test_the_end_of_ray_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("AST.engines.cluster.engine.DRIVER", "this")  # a module that ends soon
    with pytest.raises(UsageError, match="Ray on this machine has ended; start the same command"):
        RayEngine(Settings(engine="ray"), print, print)


def refused(engine: str, *flags: str, capsys: pytest.CaptureFixture[str]) -> str:
    folder = str(ROOT / "demo" / "DSD100")
    command = [folder, "--model", "tiny", "--output", "never.csv", "--engine", engine, *flags]
    assert analyze_dsd100.main(command) == 2
    *_, last = capsys.readouterr().err.splitlines()
    return last


def test_wrong_choices_are_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{nobody_listens.getsockname()[1]}"
        line = refused(f"ray://{address}", capsys=capsys)
    assert line.startswith(f"error: no Ray cluster answers at {address} (Connection refused)")
    line = refused("ray", "--device", "cuda:1", capsys=capsys)
    assert line == "error: device cuda:1: with --engine ray use auto, cpu or cuda"
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    line = refused("ray", capsys=capsys)
    assert line == "error: Ray is not installed; pip install -r requirements-ray.txt"
    with pytest.raises(UsageError, match="expected local, ray or ray://HOST:PORT"):
        Settings(engine="slurm")
