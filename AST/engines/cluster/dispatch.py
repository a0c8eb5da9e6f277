"""Gives batches to tasks of Ray, a bounded number at a time, and takes results in their order."""

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import ray
from ray import exceptions

from AST.datasets.stem import Stem
from AST.engines.cluster.answer import Answer
from AST.engines.engine import Batch
from AST.engines.stem_result import ENDS_ITS_PROCESS, StemResult
from AST.errors import UsageError

DEATHS = 3
"""So often a batch, or a stem alone, may end its process."""
LOSSES = 20
"""So often the node of a batch may be lost."""
BATCHES_A_SLOT = 4
"""So many are given out or wait for their turn, for each that can be worked on at once."""
POLL_S = 0.2
NODE_DIED = (exceptions.NodeDiedError, exceptions.ObjectLostError)
PROCESS_DIED = (exceptions.WorkerCrashedError, exceptions.OutOfMemoryError)

Blamed = Mapping[Stem, str]
"""Why a stem fails that must not be read again."""


def last_line(error: BaseException) -> str:
    """What an error says, in one line.

    >>> last_line(ValueError("first\\nsecond")), last_line(MemoryError())
    ('second', 'MemoryError')
    """
    return (str(error).strip() or type(error).__name__).splitlines()[-1]


class Job(NamedTuple):
    """What a task does: a whole batch, or one of its stems alone, to find out who is to blame."""

    place: int
    stem: Stem | None = None


@dataclass
class Trouble:
    """What is known about a batch that ends its processes."""

    deaths: int = 0
    losses: int = 0
    suspects: dict[Stem, int] = field(default_factory=dict)
    blamed: dict[Stem, str] = field(default_factory=dict)
    newly_blamed: bool = False


class Dispatcher:
    """The batches of a run, and how far they are.

    Args:
        analyse: Starts a task for a batch.
        slots: How many batches the cluster can work on at once.
        check: Takes how each batch was computed; raises UsageError if that differs.
        pulse: Called several times a second.
    """

    def __init__(
        self,
        batches: Sequence[Batch],
        analyse: Callable[[Batch, Blamed], Any],
        slots: Callable[[], int],
        check: Callable[[Answer], None],
        pulse: Callable[[], None],
    ) -> None:
        self._batches = batches
        self._analyse, self._slots = analyse, slots
        self._check, self._pulse = check, pulse
        self._todo = list(range(len(batches)))  # a heap: the first in the walk comes first
        self._running: dict[Any, Job] = {}
        self._done: dict[int, list[StemResult]] = {}
        self._troubles: dict[int, Trouble] = {}

    def results(self) -> Iterator[list[StemResult]]:
        """The results of each batch, in order.

        Raises:
            UsageError: The cluster cannot do the work.
        """
        for place in range(len(self._batches)):
            while place not in self._done:
                self._start_tasks(place)
                self._take_answers()
            yield self._done.pop(place)

    def _start_tasks(self, awaited: int) -> None:
        """Fills the window. The batch that is awaited does not wait for room."""
        most = BATCHES_A_SLOT * max(1, self._slots())
        while self._todo and (
            len(self._running) + len(self._done) < most or self._todo[0] == awaited
        ):
            place = heapq.heappop(self._todo)
            trouble = self._troubles.get(place)
            task = self._analyse(self._batches[place], trouble.blamed if trouble else {})
            self._running[task] = Job(place)

    def _take_answers(self) -> None:
        tasks = list(self._running)
        ready, _ = ray.wait(tasks, num_returns=1, timeout=POLL_S)
        if ready:
            ready, _ = ray.wait(tasks, num_returns=len(tasks), timeout=0)
        for task in ready:
            self._take(self._running.pop(task), task)
        self._pulse()

    def _take(self, job: Job, task: Any) -> None:
        try:
            answer = ray.get(task)
        except NODE_DIED as error:
            self._node_died(job, error)
        except PROCESS_DIED:
            self._process_died(job)
        except exceptions.RayTaskError as error:
            if isinstance(error.cause, UsageError):
                raise UsageError(str(error.cause)) from error
            raise RuntimeError(f"on node {error.ip}: {last_line(error.cause)}") from error
        except exceptions.RayError as error:
            reason = f"{last_line(error)}; start the same command again to continue"
            raise UsageError(f"Ray: {reason}") from error
        else:
            if job.stem:
                self._is_cleared(job)
            else:
                self._check(answer)
                self._done[job.place] = answer.results
                self._troubles.pop(job.place, None)

    def _again(self, job: Job) -> None:
        if job.stem:
            alone = self._batches[job.place]._replace(stems=(job.stem,))
            self._running[self._analyse(alone, {})] = job
        else:
            heapq.heappush(self._todo, job.place)

    def _node_died(self, job: Job, error: Exception) -> None:
        """Nobody's fault: another node does it. But what is lost each time stops the run."""
        trouble = self._troubles.setdefault(job.place, Trouble())
        trouble.losses += 1
        if trouble.losses == LOSSES:
            first = self._batches[job.place].stems[0].path_text
            raise UsageError(
                f"the batch that starts with {first} was lost {LOSSES} times "
                f"({last_line(error)}); see ray status, and start the same command again"
            )
        self._again(job)

    def _process_died(self, job: Job) -> None:
        """Counts, tries again, and in the end looks for the stem that is to blame."""
        trouble = self._troubles.setdefault(job.place, Trouble())
        if job.stem:
            trouble.suspects[job.stem] += 1
            if trouble.suspects[job.stem] < DEATHS:
                self._again(job)
                return
            trouble.blamed[job.stem] = ENDS_ITS_PROCESS
            trouble.newly_blamed = True
            self._is_cleared(job)
            return
        trouble.deaths += 1
        if trouble.deaths < DEATHS:
            self._again(job)
            return
        stems = [stem for stem in self._batches[job.place].stems if stem not in trouble.blamed]
        trouble.suspects = dict.fromkeys(stems, 0)
        trouble.deaths, trouble.newly_blamed = 0, False
        for stem in stems:
            self._again(Job(job.place, stem))
        if not stems:
            self._stop_at(job.place)

    def _is_cleared(self, job: Job) -> None:
        """One suspect less. After the last one the batch is tried without those to blame."""
        trouble = self._troubles[job.place]
        assert job.stem
        del trouble.suspects[job.stem]
        if trouble.suspects:
            return
        if not trouble.newly_blamed:
            self._stop_at(job.place)
        heapq.heappush(self._todo, job.place)

    def _stop_at(self, place: int) -> None:
        first = self._batches[place].stems[0].path_text
        raise UsageError(
            f"the batch that starts with {first} ended its process {DEATHS} times, although none "
            "of its files alone does: too little memory? Start the same command again, "
            "with a smaller --batch-size or fewer tasks on a node (more --workers)"
        )
