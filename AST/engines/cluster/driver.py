"""The process that talks to Ray. Run by ``RayEngine``, with one end of a pipe.

It is a process of its own because Ray writes to stdout and stderr as it likes, and ends its process
when the cluster's head is gone. It ends, and a cluster on this machine with it, when the other
end of the pipe is closed.
"""

import contextlib
import functools
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from typing import Any

import ray

from AST.engines.cluster.answer import Answer, How
from AST.engines.cluster.assignment import assignment_of
from AST.engines.cluster.dispatch import Dispatcher, last_line
from AST.engines.cluster.resources import Cluster, join
from AST.engines.cluster.task import analyse
from AST.engines.engine import Batch, Work
from AST.errors import UsageError


class NobodyThereError(Exception):
    """The other end of the pipe is closed: nobody wants results any more."""


class Driver:
    """Does what comes through the pipe."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._first: How | None = None
        self._warnings: set[str] = set()
        self._devices: set[str] = set()
        self._nodes: set[str] = set()
        self._node_count = -1

    def run(self, address: str, device: str, workers: int | None) -> None:
        """Joins the cluster, takes work, and sends results until all are there."""
        join(address)
        cluster = Cluster(device, workers)
        self._send("cluster", (cluster.device, cluster.workers))
        with _closed_if_gone():
            work, batches = self._connection.recv()
        for results in self._results(cluster, work, batches):
            self._send("results", results)
        self._send("facts", self._facts())

    def _results(self, cluster: Cluster, work: Work, batches: Sequence[Batch]) -> Iterator[Any]:
        ends = [batches[0].stems[0].path, batches[-1].stems[-1].path]
        assignment = assignment_of(work, ends)
        need = cluster.need(sum(model.path.stat().st_size for model in work.files.values()))
        cluster.check_nodes(need, assignment, self._stop_if_closed)
        self._tell_nodes(cluster.node_count(need))
        given = ray.put(assignment)
        run = ray.remote(**need.options())(analyse).remote

        def pulse() -> None:
            self._stop_if_closed()
            if cluster.ask():
                self._tell_nodes(cluster.node_count(need))

        return Dispatcher(
            batches, functools.partial(run, given), lambda: cluster.slots(need), self.check, pulse
        ).results()

    def check(self, answer: Answer) -> None:
        """One run, one arithmetic.

        Raises:
            UsageError: A process computed in another way than the first one.
        """
        how = answer.how
        self._first = self._first or how
        if how.warning and how.warning not in self._warnings:
            self._warnings.add(how.warning)
            self._send("say", f"warning: {how.warning} (node {how.node})")
        for name in ("device", "precision", "speech_backend"):
            first, own = getattr(self._first, name), getattr(how, name)
            if first != own:
                raise UsageError(
                    f"{name.replace('_', ' ')}: {own} on node {how.node}, but {first} on node "
                    f"{self._first.node}: a run needs the same on all of them"
                )
        self._devices.add(how.device_name)
        self._nodes.add(how.node)

    def _facts(self) -> dict[str, Any]:
        backend = self._first.speech_backend if self._first else None
        return {
            "devices": sorted(self._devices),
            "nodes": sorted(self._nodes),
            "speech_model_ran_in": backend,
        }

    def _tell_nodes(self, count: int) -> None:
        if count != self._node_count:
            self._node_count = count
            self._send("nodes", count)

    def _send(self, kind: str, content: Any) -> None:
        with _closed_if_gone():
            self._connection.send((kind, content))

    def _stop_if_closed(self) -> None:
        if self._connection.poll():  # nothing else comes after the work
            raise NobodyThereError


@contextlib.contextmanager
def _closed_if_gone() -> Iterator[None]:
    try:
        yield
    except (EOFError, OSError):
        raise NobodyThereError from None


def main() -> None:
    connection = Connection(int(sys.argv[1]))
    try:
        Driver(connection).run(*connection.recv())
    except (NobodyThereError, EOFError):
        pass
    except BaseException as error:  # Ray raises SystemExit, too; the other end says it
        is_usage = isinstance(error, UsageError)
        content = str(error) if is_usage else (last_line(error), traceback.format_exc())
        with contextlib.suppress(OSError):
            connection.send(("refused" if is_usage else "failed", content))
    finally:
        ray.shutdown()
        os._exit(0)  # threads of Ray could keep this process


if __name__ == "__main__":
    main()
