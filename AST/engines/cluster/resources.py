"""A cluster of Ray: joined or started, its nodes, and how many batches they take at once."""

import logging
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import ray
from ray import exceptions
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from AST.engines.cluster.assignment import Assignment, check_node
from AST.engines.cluster.dispatch import last_line
from AST.errors import UsageError
from AST.process.processors import usable_processors
from AST.settings import AUTO, CPU, CUDA

OBJECT_STORE_BYTES = 200 << 20
"""Ray's own default is 30 % of the memory. Results are small."""
MEMORY_BYTES, MEMORY_BYTES_A_FILE = 1 << 30, 128 << 20
"""What a task needs besides its models, and for each file that it prepares at the same time."""
ASK_AGAIN_S = 3
ANSWER_S = 120
"""A node that joins has to start Python from a disk that may be slow."""


class Need(NamedTuple):
    """What Ray sets aside for one task."""

    cpus: int
    gpus: int
    memory_bytes: int

    def slots(self, resources: dict[str, float]) -> int:
        """How many tasks a node takes at once."""
        wanted = {"CPU": self.cpus, "GPU": self.gpus, "memory": self.memory_bytes}
        return int(min(resources.get(name, 0) // much for name, much in wanted.items() if much))

    def options(self) -> dict[str, Any]:
        return {
            "num_cpus": self.cpus,
            "num_gpus": self.gpus,
            "memory": self.memory_bytes,
            "max_retries": 0,  # the dispatcher tries again, and counts
            "max_calls": 0,  # Ray ends a process with a GPU after each task, and its models with it
        }


def join(address: str) -> None:
    """Joins a cluster. Without an address it starts one, this machine, until ``ray.shutdown``."""
    logging.getLogger("ray").setLevel(logging.CRITICAL)
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.CRITICAL}
    if address:
        ray.init(address=address, **quiet)
    else:
        ray.init(
            address="local",
            num_cpus=usable_processors(),
            include_dashboard=False,
            object_store_memory=OBJECT_STORE_BYTES,
            **quiet,
        )


class Cluster:
    """The cluster that this process has joined.

    Args:
        device: ``auto``, ``cpu`` or ``cuda``.
        workers: Number of processes that prepare files for a task; None chooses one.

    Raises:
        UsageError: No node has such a device.
    """

    def __init__(self, device: str, workers: int | None) -> None:
        self._nodes = _nodes()
        with_gpus = [one["Resources"] for one in self._nodes if one["Resources"].get("GPU", 0) >= 1]
        if device == CUDA and not with_gpus:
            raise UsageError(f"device {CUDA}: no node of the Ray cluster has a GPU; use {CPU}")
        self.device = CUDA if with_gpus and device in (AUTO, CUDA) else CPU
        self.workers = workers or 1
        if self.device == CUDA and workers is None:
            shares = [resources.get("CPU", 0) // resources["GPU"] for resources in with_gpus]
            self.workers = max(1, int(min(shares)))
        self._asked = time.monotonic()

    def need(self, model_bytes: int) -> Need:
        """Of a task, if both models have this size. A process has them twice while it loads."""
        memory = MEMORY_BYTES + 2 * model_bytes + self.workers * MEMORY_BYTES_A_FILE
        return Need(self.workers, int(self.device == CUDA), memory)

    def ask(self) -> bool:
        """Asks which nodes are there, but not too often. Says whether it has asked."""
        if time.monotonic() < self._asked + ASK_AGAIN_S:
            return False
        self._nodes, self._asked = _nodes(), time.monotonic()
        return True

    def node_count(self, need: Need) -> int:
        """How many nodes can do a task."""
        return sum(need.slots(node["Resources"]) > 0 for node in self._nodes)

    def slots(self, need: Need) -> int:
        """How many tasks all nodes take at once."""
        return sum(need.slots(node["Resources"]) for node in self._nodes)

    def check_nodes(self, need: Need, assignment: Assignment, pulse: Callable[[], None]) -> None:
        """Lets each node that can do a task say whether it is like this one.

        Raises:
            UsageError: One is not, none can do a task, or one does not answer.
        """
        nodes = [node for node in self._nodes if need.slots(node["Resources"]) > 0]
        if not nodes:
            gpu = f", {need.gpus} GPU" if need.gpus else ""
            raise UsageError(
                f"no node of the Ray cluster has {need.cpus} CPUs{gpu} and "
                f"{need.memory_bytes / 1e9:.1f} GB of memory for a task; use fewer --workers, or "
                "nodes with more"
            )
        check = ray.remote(max_retries=0, num_cpus=0)(check_node)
        asked = {}
        for node in nodes:
            pinned = NodeAffinitySchedulingStrategy(node["NodeID"], soft=False)
            task = check.options(scheduling_strategy=pinned).remote(assignment)
            asked[task] = node["NodeManagerHostname"]
        end = time.monotonic() + ANSWER_S
        while asked:
            ready, _ = ray.wait(list(asked), timeout=0.2)
            for task in ready:
                _take_check(task, asked.pop(task))
            if time.monotonic() > end:
                names = ", ".join(sorted(set(asked.values())))
                raise UsageError(f"no answer from {names} after {ANSWER_S} s; see ray status")
            pulse()


def _take_check(task: Any, node: str) -> None:
    try:
        ray.get(task)
    except (exceptions.NodeDiedError, exceptions.TaskUnschedulableError):
        pass  # it has left
    except exceptions.RayTaskError as error:
        if isinstance(error.cause, UsageError):
            raise UsageError(str(error.cause)) from error
        raise UsageError(
            f"node {node} cannot import the suite ({last_line(error.cause)}); every node needs "
            "the same Python environment and code at the same path"
        ) from error
    except exceptions.RayError as error:
        raise UsageError(f"node {node} cannot do a task ({last_line(error)})") from error


def _nodes() -> list[dict[str, Any]]:
    return [node for node in ray.nodes() if node["Alive"]]
