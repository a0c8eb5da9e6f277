"""The engine that is a cluster of Ray, or all GPUs and cores of this machine through Ray."""

import importlib.util
import multiprocessing
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from AST.engines.computation import computation_on
from AST.engines.engine import Batch, Work
from AST.engines.stem_result import StemResult
from AST.errors import UsageError
from AST.settings import AUTO, CPU, CUDA, RAY, Settings
from AST.weights.local_model import LocalModel

DRIVER = "AST.engines.cluster.driver"
CODE = Path(__file__).parents[3]
CONNECT_S = 5
JOIN_S, START_S = 25, 120
"""How long joining a cluster, or starting one here, may take."""
END_S = 20
MOST_TOGETHER = 1024
"""So many results are given together if they are there: the disk is then asked less often."""


class RayEngine:
    """All nodes of a cluster of Ray.

    Args:
        settings: ``engine`` is ``ray`` for a cluster that is this machine, or ``ray://HOST:PORT``.
        say: Takes a line for people.
        working: Takes a few words about who works.

    Raises:
        UsageError: Ray is not installed, there is no such cluster, or it has no such device.
    """

    def __init__(
        self, settings: Settings, say: Callable[[str], None], working: Callable[[str], None]
    ) -> None:
        self._say, self._working = say, working
        self._has_work = False
        if settings.device not in (AUTO, CPU, CUDA):
            raise UsageError(
                f"device {settings.device}: with --engine ray use {AUTO}, {CPU} or {CUDA}"
            )
        if not importlib.util.find_spec("ray"):
            raise UsageError("Ray is not installed; pip install -r requirements-ray.txt")
        self._address = settings.engine.removeprefix(RAY).removeprefix("://")
        if self._address:
            _check_address(self._address)
        self._start()
        try:
            self._send((self._address, settings.device, settings.workers))
            device, workers = self._await("cluster", JOIN_S if self._address else START_S)
        except BaseException:
            self.close()
            raise
        self.computation = replace(computation_on(device, settings), workers=workers)

    def results(self, work: Work, batches: Sequence[Batch]) -> Iterator[list[StemResult]]:
        self._has_work = True
        files = {name: _absolute_model(model) for name, model in work.files.items()}
        self._send((replace(work, files=files), [_absolute_batch(batch) for batch in batches]))
        self._show_nodes(self._await("nodes"))
        return self._results(batches)

    def facts(self) -> dict[str, Any]:
        known = {"engine": RAY, "workers": self.computation.workers}
        return {**known, **self._await("facts")} if self._has_work else known

    def close(self) -> None:
        """Ends the process that talks to Ray; it ends a cluster that is this machine."""
        self._connection.close()
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _results(self, batches: Sequence[Batch]) -> Iterator[list[StemResult]]:
        group: list[StemResult] = []
        for batch in batches:
            results = self._await("results")
            group += [  # rows hold the paths as the user gave them
                replace(result, row=result.row._replace(path=stem.path_text))
                for result, stem in zip(results, batch.stems, strict=True)
            ]
            if len(group) >= MOST_TOGETHER or not self._connection.poll():
                yield group
                group = []
        yield group

    def _start(self) -> None:
        self._connection, its_end = multiprocessing.Pipe()
        path = os.pathsep.join(filter(None, [str(CODE), os.environ.get("PYTHONPATH")]))
        with its_end:
            self._process = subprocess.Popen(
                [sys.executable, "-m", DRIVER, str(its_end.fileno())],
                pass_fds=[its_end.fileno()],
                cwd=CODE,  # Ray tells it to all nodes, as a place for modules
                env={**os.environ, "PYTHONPATH": path, "RAY_USAGE_STATS_ENABLED": "0"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C reaches this process only
            )

    def _send(self, message: Any) -> None:
        try:
            self._connection.send(message)
        except OSError:
            self._await("nothing")  # it has said why it has ended, or it has not

    def _await(self, kind: str, limit_s: float | None = None) -> Any:
        """The next message of a kind. Does what the messages before it say.

        Raises:
            UsageError: There will be none.
            RuntimeError: Something unforeseen happened in the process that talks to Ray.
        """
        while True:
            try:
                if not self._connection.poll(limit_s):
                    self._process.kill()
                    raise UsageError(
                        f"{self._where}: no answer after {limit_s} s; it may be busy: try again"
                    )
                got, content = self._connection.recv()
            except (EOFError, OSError):
                raise UsageError(
                    f"{self._where} has ended; start the same command again to continue"
                ) from None
            if got == kind:
                return content
            if got == "refused":
                raise UsageError(content)
            if got == "failed":
                raise self._unforeseen(kind, *content)
            if got == "say":
                self._say(content)
            if got == "nodes":
                self._show_nodes(content)

    @property
    def _where(self) -> str:
        return f"the Ray cluster at {self._address}" if self._address else "Ray on this machine"

    def _unforeseen(self, awaited: str, reason: str, trace: str) -> Exception:
        if awaited == "cluster":
            first = " ".join(reason.split())[:200]
            return UsageError(
                f"{self._where} cannot be used ({first}); this command must run on a machine of "
                "the cluster, with the same Ray and Python, and with RAY_AUTH_MODE=token if the "
                "cluster's start said that token authentication is enabled"
            )
        error = RuntimeError(reason)
        error.__cause__ = RuntimeError(trace)  # for the log
        return error

    def _show_nodes(self, count: int) -> None:
        self._working("no node, waits" if not count else f"{count} node{'s' * (count > 1)}")


def _check_address(address: str) -> None:
    """Ray itself takes minutes to say that nobody answers."""
    host, port = address.split(":")
    try:
        socket.create_connection((host, int(port)), timeout=CONNECT_S).close()
    except (OSError, OverflowError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(
            f"no Ray cluster answers at {address} ({reason}); start one with ray start --head, "
            "and use the address that it prints"
        ) from None


def _absolute_model(model: LocalModel) -> LocalModel:
    files = tuple(path.absolute() for path in model.checkpoint.files)
    checkpoint = replace(model.checkpoint, files=files)
    return replace(model, path=model.path.absolute(), checkpoint=checkpoint)


def _absolute_batch(batch: Batch) -> Batch:
    """For nodes that have another working directory."""
    stems = (replace(stem, path=stem.path.absolute()) for stem in batch.stems)
    return batch._replace(stems=tuple(stems))
