"""Runs on a cluster of two nodes in this machine: same bytes, whoever dies on the way."""

import contextlib
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
from AST.engines.stem_result import ENDS_ITS_PROCESS, StemResult
from tests.engines.cluster import fake_tasks
from tests.engines.cluster.fake_tasks import DEADLY
from tests.helpers import ROOT

pytest.importorskip("ray", reason="pip install -r requirements-ray.txt")

import ray

from AST.engines.cluster.dispatch import Dispatcher

PUBLISHED_DEMO = ROOT / "results_moises.csv"
DEMO = "demo/moisesdb"
"""As the results of the demo name it, from the project's folder."""
FAST = ["--speech-backend", "torch"]
"""Without a comparison with Essentia, which takes seconds to load in each process."""
LIMIT_S = 90
LOST_AFTER = {
    "health_check_initial_delay_ms": 0,
    "health_check_period_ms": 1000,
    "health_check_failure_threshold": 3,
}
"""When Ray says that a node is lost: after 3 s. Its own default is 15 s."""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """One node, the head. Tests add others."""
    from ray.cluster_utils import Cluster

    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    node = {"num_cpus": 1, "include_dashboard": False, "_system_config": LOST_AFTER}
    cluster = Cluster(initialize_head=True, head_node_args=node)
    yield cluster
    cluster.shutdown()


def at_work(node: Any) -> psutil.Process:
    """A process of a node that is at work. Its first batch takes seconds: it loads the models."""
    raylet = psutil.Process(node.all_processes["raylet"][0].process.pid)
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        for one in raylet.children():
            with contextlib.suppress(psutil.NoSuchProcess):
                if one.cmdline()[:1] == ["ray::analyse"]:
                    return one
        time.sleep(0.01)
    raise AssertionError("no process is at work")


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
    deadline = time.monotonic() + LIMIT_S
    while process.poll() is None and time.monotonic() < deadline:
        if partial.exists() and partial.read_bytes().count(b"\n") > count:
            return
        time.sleep(0.01)
    process.kill()
    raise AssertionError(f"ended too early, or too slow: {process.communicate()}")


def family_of(process: "subprocess.Popen[str]") -> list[psutil.Process]:
    """All processes that a run has started."""
    return list(psutil.Process(process.pid).children(recursive=True))


def assert_all_gone(family: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(family, timeout=LIMIT_S)
    assert not alive


def test_whoever_is_killed_the_same_command_gives_the_same_bytes_in_the_end(
    cluster: Any, tmp_path: Path
) -> None:
    """A run on this machine, killed; a run on the cluster, interrupted; and the rest."""
    output = tmp_path / "r.csv"
    process = start(output, "ray")
    wait_for_rows(process, output, 1)
    local_family = family_of(process)
    assert any("raylet" in one.name() for one in local_family)
    for one in (process, *local_family):  # the driver, Ray's head, and all others
        one.kill()
    process.communicate(timeout=LIMIT_S)

    second = cluster.add_node(num_cpus=1)
    process = start(output, f"ray://{cluster.address}")
    at_work(cluster.head_node).kill()
    wait_for_rows(process, output, 9)
    cluster.remove_node(second, allow_graceful=False)
    wait_for_rows(process, output, 15)
    family = family_of(process)
    os.killpg(process.pid, signal.SIGINT)
    stdout, stderr = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 130
    assert stdout == ""
    assert "2 nodes" in stderr
    *said, hint, stopped = stderr.splitlines()
    ours = r"MoisesDB: .*|warning: the whole of .*|(ast|speech) model: .*|resuming: .*|.*/31 \[.*|"
    assert all(re.fullmatch(ours, line) for line in said), stderr
    assert hint.endswith("of 31 stems are done; start the same command again to continue")
    assert stopped == "stopped by Ctrl-C"
    assert_all_gone(family)

    process = start(output, f"ray://{cluster.address}")
    stdout, stderr = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 0, stderr
    assert stdout.startswith("Accuracy: 96.77% (30/31 matches)\n")
    assert output.read_bytes() == PUBLISHED_DEMO.read_bytes()
    settings = json.loads((tmp_path / "r.run.json").read_text("utf-8"))["settings"]
    assert settings["engine"] == "ray"
    assert settings["devices"] == ["cpu"]
    assert settings["speech_model_ran_in"] == "torch"
    assert_all_gone(local_family)


def dispatched(cluster: Any, batches: list[Batch]) -> list[list[StemResult]]:
    ray.init(address=cluster.address, log_to_driver=False, logging_level="CRITICAL")
    try:
        options = ray.remote(max_retries=0, num_cpus=1)
        analyse = options(fake_tasks.analyse).remote
        ignore: Any = lambda *given: None  # noqa: E731
        dispatcher = Dispatcher(
            batches, lambda batch, blamed: analyse(batch.stems, blamed), lambda: 1, ignore, ignore
        )
        return list(dispatcher.results())
    finally:
        ray.shutdown()


def test_a_file_that_ends_its_worker_each_time_fails_alone(cluster: Any) -> None:
    labels = ["bass", DEADLY, "drums", "bass", "drums"]
    stems = [Stem(label, Path(f"{place}.wav")) for place, label in enumerate(labels)]
    groups = dispatched(cluster, cut(stems, 3))
    assert [[result.row.path for result in group] for group in groups] == [
        ["0.wav", "1.wav", "2.wav"],
        ["3.wav", "4.wav"],
    ]
    failures = [result.failure for group in groups for result in group]
    assert failures == [None, ENDS_ITS_PROCESS, None, None, None]
