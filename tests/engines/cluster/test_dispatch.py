"""Which batches are given out when, and again after which death; Ray itself is imitated."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from AST.datasets.stem import Stem
from AST.engines.engine import Batch, cut
from AST.engines.stem_result import StemResult
from AST.errors import UsageError
from AST.results import Row

pytest.importorskip("ray", reason="pip install -r requirements-ray.txt")

from ray import exceptions

from AST.engines.cluster import dispatch
from AST.engines.cluster.answer import Answer, How
from AST.engines.cluster.dispatch import BATCHES_A_SLOT, Dispatcher

HOW = How("here", "cpu", "fp32", "torch", "", "cpu")
DIED, NODE = exceptions.WorkerCrashedError(), exceptions.NodeDiedError("gone")


class Task(NamedTuple):
    """A task that was given out; ``turn`` makes each unlike all others."""

    turn: int
    stems: tuple[Stem, ...]
    blamed: frozenset[Stem]
    alone: bool


class FakeRay:
    """Ends tasks, the last one first, in a way that a test decides.

    Args:
        end: Raises what the task dies of, or returns nothing.
    """

    def __init__(self, end: Callable[[Task], None]) -> None:
        self._end, self.most = end, 0
        self.given: list[Task] = []

    def start(self, stems: tuple[Stem, ...], blamed: Mapping[Stem, str], alone: bool) -> Task:
        self.given.append(Task(len(self.given), stems, frozenset(blamed), alone))
        return self.given[-1]

    def wait(self, tasks: list[Task], num_returns: int, timeout: float) -> tuple[Any, Any]:
        self.most = max(self.most, len(tasks))
        return tasks[-1:], tasks[:-1]

    def get(self, task: Task) -> Answer:
        self._end(task)
        rows = [Row(stem.label, stem.path_text, "x", "x") for stem in task.stems]
        return Answer(HOW, [StemResult(row) for row in rows])


def run(
    monkeypatch: pytest.MonkeyPatch,
    end: Callable[[Task], None],
    batches: list[Batch],
    slots: int = 2,
) -> tuple[list[list[str]], FakeRay]:
    """The labels of the results of each batch, and what was asked of Ray."""
    fake = FakeRay(end)
    monkeypatch.setattr(dispatch, "ray", fake)
    dispatcher = Dispatcher(
        batches,
        lambda batch, blamed: fake.start(batch.stems, blamed, batch not in batches),
        lambda: slots,
        lambda answer: None,
        lambda: None,
    )
    return [[one.row.label for one in group] for group in dispatcher.results()], fake


def stems(text: str) -> list[Stem]:
    return [Stem(label, Path(f"{place}.wav")) for place, label in enumerate(text)]


def labels_alone(fake: FakeRay) -> list[str]:
    return [task.stems[0].label for task in fake.given if task.alone]


@pytest.mark.parametrize("slots", [0, 1, 3])
def test_results_are_in_order_and_few_batches_are_out(
    monkeypatch: pytest.MonkeyPatch, slots: int
) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    turns: list[int] = []
    is_first_there = False

    def end(task: Task) -> None:  # tasks end from the last one on
        nonlocal is_first_there
        is_first_there |= task.turn == 0
        if not is_first_there:
            turns.append(task.turn)

    groups, fake = run(monkeypatch, end, cut(stems(letters), 2), slots)
    assert "".join("".join(group) for group in groups) == letters
    assert fake.most == BATCHES_A_SLOT * max(1, slots)
    assert max(turns) < BATCHES_A_SLOT * max(1, slots)  # results that wait count, too
    assert len(fake.given) == 13


def test_a_node_that_dies_is_no_ones_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def end(task: Task) -> None:
        if task.stems[0].label == "c" and task.turn < 20:
            raise NODE

    groups, fake = run(monkeypatch, end, cut(stems("abcdef"), 1))
    assert groups == [["a"], ["b"], ["c"], ["d"], ["e"], ["f"]]
    assert labels_alone(fake) == []
    assert sum(task.stems[0].label == "c" for task in fake.given) > 10


def test_a_batch_that_is_lost_again_and_again_stops_the_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def end(task: Task) -> None:
        raise NODE

    with pytest.raises(UsageError, match=r"starts with 0.wav was lost 20 times .*ray status"):
        run(monkeypatch, end, cut(stems("ab"), 2))


def test_two_deaths_of_a_worker_are_forgiven(monkeypatch: pytest.MonkeyPatch) -> None:
    deaths: list[Task] = []

    def end(task: Task) -> None:
        if task.stems[0].label == "a" and len(deaths) < 2:
            deaths.append(task)
            raise DIED

    groups, fake = run(monkeypatch, end, cut(stems("abc"), 1))
    assert groups == [["a"], ["b"], ["c"]]
    assert labels_alone(fake) == []


def test_those_to_blame_are_found_and_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def end(task: Task) -> None:
        if any(stem.label in "XY" and stem not in task.blamed for stem in task.stems):
            raise exceptions.OutOfMemoryError("too much")

    groups, fake = run(monkeypatch, end, cut(stems("aXbYcde"), 4))
    assert groups == [["a", "X", "b", "Y"], ["c", "d", "e"]]
    assert sorted(labels_alone(fake)) == ["X", "X", "X", "Y", "Y", "Y", "a", "b"]
    *_, last = [task for task in fake.given if len(task.stems) == 4]
    assert {stem.label for stem in last.blamed} == {"X", "Y"}


def test_without_anybody_to_blame_the_run_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    def end(task: Task) -> None:
        if not task.alone and task.stems[0].label == "a":
            raise DIED

    with pytest.raises(UsageError, match=r"starts with 0.wav ended its process 3 times.*memory"):
        run(monkeypatch, end, cut(stems("abcd"), 2))


def test_who_is_blamed_already_is_no_explanation_for_more_deaths(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def end(task: Task) -> None:
        assert task.turn < 20
        if not task.alone or task.stems[0].label == "X":
            raise DIED

    with pytest.raises(UsageError, match="ended its process 3 times"):
        run(monkeypatch, end, cut(stems("aX"), 2))


def test_a_mistake_that_a_node_finds_is_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    def end(task: Task) -> None:
        raise exceptions.RayTaskError("analyse", "traceback", UsageError("node7 lacks a file"))

    with pytest.raises(UsageError, match=r"^node7 lacks a file$"):
        run(monkeypatch, end, cut(stems("a"), 1))
