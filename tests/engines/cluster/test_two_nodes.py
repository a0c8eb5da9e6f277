"""Runs on a cluster of two nodes in this machine: same bytes, whoever dies on the way."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from AST.datasets.stem import Stem
from AST.engines.engine import Batch, cut
from AST.engines.stem_result import StemResult
from AST.engines.worker_process import ENDS_ITS_PROCESS
from AST.results import Row
from tests.helpers import ROOT

pytest.importorskip("ray", reason="pip install -r requirements-ray.txt")

import ray

from AST.engines.cluster import dispatch
from AST.engines.cluster.dispatch import Blamed, Dispatcher
from AST.engines.cluster.worker import Answer, How

HOW = How("here", "cpu", "fp32", "torch", "", "cpu")
PUBLISHED_DEMO = ROOT / "results_moises.csv"
DEMO = "demo/moisesdb"
"""As the results of the demo name it, from the project's folder."""
FAST = ["--speech-backend", "torch"]
"""Without a comparison with Essentia, which takes seconds to load in each process."""
GONE_S = 30


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A head that does no work; nodes are added by tests."""
    from ray.cluster_utils import Cluster

    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    cluster = Cluster(
        initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False}
    )
    cluster.add_node(num_cpus=1)
    yield cluster
    cluster.shutdown()


def kill_a_worker(raylet: int) -> None:
    """Kills a process that is at work, on the node of a raylet."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        for one in psutil.Process(raylet).children():
            if one.cmdline()[:1] == ["ray::analyse"]:
                one.kill()
                return
    raise AssertionError("no process is at work")


def raylet(node: Any) -> int:
    return int(node.all_processes["raylet"][0].process.pid)


def start(output: Path, engine: str) -> "subprocess.Popen[str]":
    def heed_interrupts() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    command = [sys.executable, "analyze_moisesdb.py", DEMO, "--model", "tiny", *FAST]
    return subprocess.Popen(
        [*command, "--output", str(output), "--engine", engine],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=heed_interrupts,
    )


def wait_for_rows(process: "subprocess.Popen[str]", output: Path, count: int) -> None:
    partial = output.with_name(f"{output.name}.partial")
    deadline = time.monotonic() + 90
    while process.poll() is None and time.monotonic() < deadline:
        if partial.exists() and partial.read_bytes().count(b"\n") > count:
            return
        time.sleep(0.01)
    raise AssertionError(f"ended too early: {process.communicate()}")


def family_of(process: "subprocess.Popen[str]") -> list[psutil.Process]:
    """All processes that a run has started."""
    return list(psutil.Process(process.pid).children(recursive=True))


def assert_all_gone(family: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(family, timeout=GONE_S)
    assert not alive


def test_whoever_is_killed_the_same_command_gives_the_same_bytes_in_the_end(
    cluster: Any, tmp_path: Path
) -> None:
    """A run on this machine, killed; a run on the cluster, interrupted; and the rest."""
    output = tmp_path / "r.csv"
    process = start(output, "ray")
    wait_for_rows(process, output, 3)
    family = family_of(process)
    assert any("raylet" in one.name() for one in family)
    process.kill()
    process.communicate(timeout=GONE_S)
    assert_all_gone(family)

    first, second = cluster.worker_nodes.copy().pop(), cluster.add_node(num_cpus=1)
    process = start(output, f"ray://{cluster.address}")
    wait_for_rows(process, output, 6)
    kill_a_worker(raylet(first))
    wait_for_rows(process, output, 12)
    family = family_of(process)
    os.killpg(process.pid, signal.SIGINT)
    stdout, stderr = process.communicate(timeout=GONE_S)
    assert process.returncode == 130
    assert stdout == ""
    *_, hint, stopped = stderr.splitlines()
    assert hint.endswith("of 31 stems are done; start the same command again to continue")
    assert stopped == "stopped by Ctrl-C"
    assert_all_gone(family)

    process = start(output, f"ray://{cluster.address}")
    wait_for_rows(process, output, 18)
    cluster.remove_node(second, allow_graceful=False)
    stdout, stderr = process.communicate(timeout=90)
    assert process.returncode == 0, stderr
    assert stdout.startswith("Accuracy: 96.77% (30/31 matches)\n")
    assert "2 nodes" in stderr
    said = r"MoisesDB: .*|warning: the whole of .*|(ast|speech) model: .*|resuming: .*|.*/31 \[.*|"
    assert all(re.fullmatch(said, line) for line in stderr.splitlines()), stderr
    assert output.read_bytes() == PUBLISHED_DEMO.read_bytes()
    settings = json.loads((tmp_path / "r.run.json").read_text("utf-8"))["settings"]
    assert settings["engine"] == "ray"
    assert settings["devices"] == ["cpu"]
    assert settings["speech_model_ran_in"] == "torch"


def fake_analysis(batch: Batch, blamed: Blamed) -> Answer:
    """Dies of a stem labelled ``deadly``, unless it is blamed already."""
    results = []
    for stem in batch.stems:
        if stem.label == "deadly" and stem not in blamed:
            os.kill(os.getpid(), signal.SIGKILL)
        row = Row(stem.label, stem.path_text, stem.label, stem.label)
        results.append(StemResult(row, failure=blamed.get(stem)))
    return Answer(HOW, results)


def fake_preparation(stem: Stem) -> None:
    if stem.label == "deadly":
        os.kill(os.getpid(), signal.SIGKILL)


def dispatched(cluster: Any, batches: list[Batch]) -> list[list[StemResult]]:
    ray.init(address=cluster.address, log_to_driver=False, logging_level="CRITICAL")
    try:
        options = ray.remote(max_retries=0, num_cpus=1)
        analyse, alone = options(fake_analysis).remote, options(fake_preparation).remote
        ignore: Any = lambda *given: None  # noqa: E731
        dispatcher = Dispatcher(batches, analyse, alone, lambda: 1, ignore, ignore)
        return list(dispatcher.results())
    finally:
        ray.shutdown()


def test_a_file_that_ends_its_worker_each_time_fails_alone(
    cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "DEATHS", 2)  # each costs the start of a process
    labels = ["bass", "deadly", "drums", "bass", "drums"]
    stems = [Stem(label, Path(f"{place}.wav")) for place, label in enumerate(labels)]
    groups = dispatched(cluster, cut(stems, 3))
    assert [[result.row.path for result in group] for group in groups] == [
        ["0.wav", "1.wav", "2.wav"],
        ["3.wav", "4.wav"],
    ]
    failures = [result.failure for group in groups for result in group]
    assert failures == [None, ENDS_ITS_PROCESS, None, None, None]
