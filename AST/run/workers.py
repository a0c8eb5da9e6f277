"""Processes that prepare files while the models work. They may die; the run goes on."""

import itertools
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

import torch

from AST.audio.preparation import PreparedStem, prepare
from AST.datasets.dataset import Stem
from AST.errors import StemError

PARENT_CHECK_S = 0.5
TRIES_ALONE = 2
"""A process can also die for a reason that is not its file, such as too little memory."""

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class FailedStem:
    """A file that cannot be analysed, and why."""

    reason: str


Prepared = PreparedStem | FailedStem


class Preparation:
    """Prepares stems in walk order, in processes that start at once and work ahead.

    Start them before the models are loaded: the first files are then ready when the models are.

    Args:
        workers: Number of processes. With 0 there is one, and it does not work ahead.
        batch_size: Number of stems that the models take together.

    Attributes:
        fallback: Why this process prepares the files itself, or None.
    """

    def __init__(self, stems: Sequence[Stem], workers: int, batch_size: int) -> None:
        self._process_count = max(1, workers)
        self._batch_size = batch_size
        self._most_waiting = 2 * workers + batch_size if workers else 1
        self._stems = iter(stems)
        self._waiting: deque[tuple[Stem, Future[Prepared]]] = deque()
        self._processes: set[multiprocessing.process.BaseProcess] = set()
        self._executor: Executor
        self.fallback: str | None = None
        try:
            self._start()
        except (OSError, RuntimeError, ImportError) as error:  # no processes, threads, semaphores
            self.fallback = str(error)
            self._most_waiting = 1
            self._executor = _ThisProcess()
        self._submit()

    def batches(self) -> Iterator[list[Prepared]]:
        """Lists of prepared stems. All but the last have the same length."""
        prepared = self._prepared()
        while batch := list(itertools.islice(prepared, self._batch_size)):
            yield batch

    def stop(self) -> None:
        """Ends the processes at once."""
        for process in self._processes:
            process.terminate()
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _start(self) -> None:
        others = set(multiprocessing.active_children())
        self._executor = ProcessPoolExecutor(
            self._process_count,
            # Python 3.14 has another default, which takes seconds to start.
            multiprocessing.get_context("fork" if sys.platform == "linux" else None),
            _set_up_process,
            (os.getpid(),),
        )
        self._executor.submit(os.getpid)  # starts the processes
        self._processes = set(multiprocessing.active_children()) - others

    def _submit(self) -> None:
        """Gives the processes more stems, as long as they are not too far ahead."""
        while len(self._waiting) < self._most_waiting and (stem := next(self._stems, None)):
            try:
                future = self._executor.submit(_prepare, stem)
            except BrokenProcessPool as error:
                future = Future()
                future.set_exception(error)
            self._waiting.append((stem, future))

    def _prepared(self) -> Iterator[Prepared]:
        while self._waiting:
            if isinstance(self._waiting[0][1].exception(), BrokenProcessPool):
                yield from self._one_by_one()
            else:
                _, future = self._waiting.popleft()
                self._submit()
                yield future.result()

    def _one_by_one(self) -> Iterator[Prepared]:
        """Tries what a dead process may have been at, to find the file that it died of."""
        waiting = list(self._waiting)
        self._start()
        for stem, future in waiting:
            self._waiting.popleft()
            is_lost = isinstance(future.exception(), BrokenProcessPool)
            yield self._alone(stem) if is_lost else future.result()
        self._submit()

    def _alone(self, stem: Stem) -> Prepared:
        for _ in range(TRIES_ALONE):
            try:
                return self._executor.submit(_prepare, stem).result()
            except BrokenProcessPool:
                self._start()
        return FailedStem(
            "ends the process that decodes it, each time; replace the file, or leave it out"
        )


class _ThisProcess(Executor):
    """Does at once what it gets."""

    def submit(
        self, function: Callable[P, T], /, *arguments: P.args, **named: P.kwargs
    ) -> "Future[T]":
        future: Future[T] = Future()
        future.set_result(function(*arguments, **named))
        return future


def _prepare(stem: Stem) -> Prepared:
    try:
        return prepare(stem.path)
    except StemError as error:
        return FailedStem(str(error))
    except Exception as error:  # whatever goes wrong in one file, the run must continue
        return FailedStem(f"fails unexpectedly: {type(error).__name__}: {error}")


def _set_up_process(main_process: int) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # native code writes there before it dies
    # Ctrl-C reaches every process; only the main one answers it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_main_process, args=[main_process], daemon=True).start()
    torch.set_num_threads(1)  # threads of the main process do not survive the fork


def _end_with_the_main_process(main_process: int) -> None:
    # The pool does not notice that the main process was killed.
    while os.getppid() == main_process:
        time.sleep(PARENT_CHECK_S)
    os._exit(1)
