"""What a run does once its folder, models and results file are known to be good."""

import contextlib
import functools
import itertools
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from AST.datasets.dataset import Dataset
from AST.datasets.stem import Stem
from AST.engines.engine import Engine, Work, cut
from AST.engines.stem_result import StemResult
from AST.run.finished import read_successes
from AST.run.journal import Journal
from AST.run.progress import Progress
from AST.run.run_record import facts_of_stems, paths_below, run_identity, run_record
from AST.run.run_results import RunResults
from AST.run.shards import SHARD, Shard
from AST.weights.checkpoint_config import CheckpointConfig
from AST.weights.local_model import LocalModel

MOST_IN_A_GROUP = 1024
"""Number of stems that are written together at most."""


@dataclass(frozen=True)
class Job:
    """Everything that decides what a run computes.

    Attributes:
        walk: All stems of the dataset.
        shard: Which of them are analysed; None: all.
    """

    dataset: Dataset
    folder: Path
    walk: Sequence[Stem]
    left_out: Mapping[str, int]
    files: dict[str, LocalModel]
    engine: Engine
    progress: Progress
    shard: Shard | None = None

    @functools.cached_property
    def stems(self) -> Sequence[Stem]:
        """Those that are analysed.

        Raises:
            UsageError: The shard would be empty.
        """
        if self.shard is None:
            return self.walk
        size = self.engine.computation.batch_size
        share = self.shard.share(cut(self.walk, size), size)
        return list(itertools.chain.from_iterable(batch.stems for batch in share))

    @property
    def config(self) -> CheckpointConfig:
        """Of AST."""
        return self.files["ast"].checkpoint.config

    def execute(
        self, output: Path, restart: bool, retry_failed: bool, started: datetime
    ) -> tuple[RunResults, dict[str, Any]]:
        """Analyses all stems and writes the results. Returns results and record.

        Raises:
            UsageError: The results cannot be written, or a stopped run cannot be resumed.
        """
        outputs, computation = self.config.outputs, self.engine.computation
        identity = run_identity(self.dataset, self.folder, self.walk, self.files, computation)
        if self.shard:
            identity[SHARD] = self.shard.identity(computation.batch_size)
            count = f"{len(self.stems)} of the {len(self.walk)} stems"
            self.progress.say(f"shard {self.shard}: {count}, into {output}")
        known = read_successes(output, identity, self.stems) if retry_failed else {}
        has_windows = not computation.windows.are_the_studys
        journal = Journal(output, identity, restart, outputs, has_windows)
        with contextlib.closing(journal):
            paths = [stem.path_text for stem in self.stems]
            journal.take_paths(paths, paths_below(self.folder, self.stems))
            resumed = len(journal.results)
            if resumed:
                count = f"{resumed} of {len(self.stems)}"
                self.progress.say(f"resuming: {count} stems were done before")
            if resumed < len(self.stems):
                self._analyse_the_rest(journal, known)
            settings = {"batch_size": computation.batch_size, **self.engine.facts()}
            self.engine.close()  # what it needs is free for the rest
            facts = facts_of_stems(self.dataset, self.stems)
            record = run_record(
                identity, self.files, settings, facts, journal.results, resumed, started
            )
            record |= {"left_out": dict(self.left_out), **journal.tie()._asdict()}
            if kept := journal.complete(record):
                self.progress.say(f"the earlier {output} and its side files are kept: {kept}")
        return journal.results, record

    def _analyse_the_rest(self, journal: Journal, known: Mapping[str, StemResult]) -> None:
        """Analyses the stems that the journal does not hold.

        Args:
            known: Results of an earlier run, by path. They are taken over.
        """
        size = self.engine.computation.batch_size
        unknown = [stem for stem in self.stems if stem.path_text not in known]
        done = sum(row.path not in known for row in journal.results.rows)
        first_batch, repeated = divmod(done, size)
        left = cut(unknown, size)[first_batch:]  # the same batches as without a stop
        try:
            work = Work(self.files, self.dataset.names_of_class, self.engine.computation)
            results = self.engine.results(work, left) if left else iter(())
            new = _without_first(results, repeated)
            groups = _in_walk_order(self.stems[len(journal.results) :], known, new)
            self._journal_all(journal, groups)
        except KeyboardInterrupt:
            count = f"{len(journal.results)} of {len(self.stems)} stems are done"
            self.progress.say(f"{count}; start the same command again to continue")
            raise

    def _journal_all(self, journal: Journal, groups: Iterable[Sequence[StemResult]]) -> None:
        """Writes results as soon as they are there."""
        self.progress.begin(len(self.stems), len(journal.results), self.config.outputs)
        try:
            for group in groups:
                journal.append(group)
                for result in group:
                    self.progress.finish(result)
        finally:
            self.progress.end()


def _without_first(groups: Iterable[list[StemResult]], count: int) -> Iterator[list[StemResult]]:
    """Without results that the first group repeats."""
    for group in groups:
        yield group[count:]
        count = 0


def _in_walk_order(
    stems: Iterable[Stem], known: Mapping[str, StemResult], new: Iterator[list[StemResult]]
) -> Iterator[list[StemResult]]:
    """Known and new results. No group waits for new ones, and none is large, to save memory."""
    ready: deque[StemResult] = deque()
    group: list[StemResult] = []
    for stem in stems:
        result = known.get(stem.path_text)
        if result is None:
            while not ready:
                if group:
                    yield group
                    group = []
                ready.extend(next(new))
            result = ready.popleft()
        group.append(result)
        if len(group) == MOST_IN_A_GROUP:
            yield group
            group = []
    yield group
