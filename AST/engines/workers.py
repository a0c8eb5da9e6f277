"""Prepares files while the models work: the processes, and the threads that wait for them."""

import functools
import itertools
import queue
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future

from AST.audio.spectrogram import PUBLISHED_INPUT
from AST.datasets.stem import Stem
from AST.engines.worker_process import Prepared, WorkerProcess, prepare_or_say_why
from AST.process.threads import ThisThread, some_threads
from AST.settings import STUDY_WINDOW, Windows
from AST.weights.checkpoint_config import InputFormat


class Preparation:
    """Prepares stems in walk order, in processes that start at once and work ahead.

    Start them before the models are loaded: the first files are then ready when the models are.

    Args:
        workers: Number of processes. With 0 there is one, and it does not work ahead.
        batch_size: Number of stems that the models take together.
        form: Of AST's input.
        windows: Which parts of a stem AST hears.

    Attributes:
        fallback: Why this process prepares the files itself, or None.
    """

    def __init__(
        self,
        stems: Sequence[Stem],
        workers: int,
        batch_size: int,
        form: InputFormat = PUBLISHED_INPUT,
        windows: Windows = STUDY_WINDOW,
    ) -> None:
        self._batch_size = batch_size
        self._stems = iter(stems)
        self._waiting: deque[Future[Prepared]] = deque()
        self._processes: list[WorkerProcess] = []
        self._executor: Executor = ThisThread()
        self._prepare: Callable[[Stem], Prepared] = functools.partial(
            prepare_or_say_why, form=form, windows=windows
        )
        self.fallback: str | None = None
        try:
            for _ in range(max(1, workers)):
                self._processes.append(WorkerProcess(form, windows))
        except OSError as error:  # this user may start no more processes
            self.fallback = str(error)
            self.stop()
        else:
            self._executor = some_threads(len(self._processes))
            self._prepare = in_turn(self._processes)
        is_alone = isinstance(self._executor, ThisThread)
        self._most_waiting = 0 if is_alone or not workers else 2 * workers + batch_size
        self._submit(self._most_waiting)

    def batches(self) -> Iterator[list[Prepared]]:
        """Lists of prepared stems. All but the last have the same length."""
        prepared = self._prepared()
        while batch := list(itertools.islice(prepared, self._batch_size)):
            yield batch

    def stop(self) -> None:
        """Ends the processes at once."""
        self._executor.shutdown(wait=False, cancel_futures=True)
        for process in self._processes:
            process.stop()

    def _prepared(self) -> Iterator[Prepared]:
        while True:
            self._submit(max(1, self._most_waiting))
            if not self._waiting:
                return
            prepared = self._waiting.popleft().result()
            self._submit(self._most_waiting)
            yield prepared

    def _submit(self, most_waiting: int) -> None:
        """Gives the processes more stems, as long as they are not too far ahead."""
        room = max(0, most_waiting - len(self._waiting))
        for stem in itertools.islice(self._stems, room):
            self._waiting.append(self._executor.submit(self._prepare, stem))


def in_turn(processes: Sequence[WorkerProcess]) -> Callable[[Stem], Prepared]:
    """A function for several threads: each call takes a process that nobody else uses."""
    idle: queue.SimpleQueue[WorkerProcess] = queue.SimpleQueue()
    for process in processes:
        idle.put(process)

    def prepare_by_any(stem: Stem) -> Prepared:
        process = idle.get()
        try:
            return process.prepare(stem)
        finally:
            idle.put(process)

    return prepare_by_any
