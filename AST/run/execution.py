"""What a run does once its folder, models and results file are known to be good."""

import contextlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from AST.checkpoint_config import CheckpointConfig
from AST.datasets.dataset import Dataset
from AST.datasets.stem import Stem
from AST.devices import has_instructions
from AST.labels import LabelMap
from AST.local_model import LocalModel
from AST.run.computation import Computation
from AST.run.finished import read_successes
from AST.run.journal import Journal
from AST.run.progress import Progress
from AST.run.run_record import facts_of_stems, paths_below, run_identity, run_record
from AST.run.run_results import RunResults
from AST.run.stem_result import StemResult
from AST.run.workers import Preparation

if TYPE_CHECKING:
    from AST.recognition.models import Models


@dataclass(frozen=True)
class Job:
    """Everything that decides what a run computes."""

    dataset: Dataset
    folder: Path
    stems: Sequence[Stem]
    files: dict[str, LocalModel]
    computation: Computation
    progress: Progress
    left_out: Mapping[str, int]

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
        precision = self.computation.precision
        if not has_instructions(precision, self.computation.device_type):
            self.progress.say(
                f"warning: this CPU has no instructions for {precision}; fp32 is far faster on it"
            )
        outputs = self.config.outputs
        identity = run_identity(self.dataset, self.folder, self.stems, self.files, self.computation)
        known = read_successes(output, identity, self.stems) if retry_failed else {}
        has_windows = not self.computation.windows.are_the_studys
        journal = Journal(output, identity, restart, outputs, has_windows)
        with contextlib.closing(journal):
            paths = [stem.path_text for stem in self.stems]
            journal.take_paths(paths, paths_below(self.folder, self.stems))
            resumed = len(journal.results)
            settings: dict[str, Any] = {
                "batch_size": self.computation.batch_size,
                "workers": self.computation.workers,
                "devices": [str(device) for device in self.computation.devices],
            }
            if resumed:
                count = f"{resumed} of {len(self.stems)}"
                self.progress.say(f"resuming: {count} stems were done before")
            if resumed < len(self.stems):
                settings["speech_model_ran_in"] = self._analyse_the_rest(journal, known)
            facts = facts_of_stems(self.dataset, self.stems)
            record = run_record(
                identity, self.files, settings, facts, journal.results, resumed, started
            )
            record |= {"left_out": dict(self.left_out), **journal.tie()._asdict()}
            if kept := journal.complete(record):
                self.progress.say(f"the earlier {output} and its side files are kept: {kept}")
        return journal.results, record

    def _analyse_the_rest(self, journal: Journal, known: Mapping[str, StemResult]) -> str:
        """Analyses the stems that the journal does not hold. Returns the speech model's backend.

        Args:
            known: Results of an earlier run, by path. They are taken over.
        """
        computation = self.computation
        new = [stem for stem in self.stems if stem.path_text not in known]
        done = sum(row.path not in known for row in journal.results.rows)
        first_batch, repeated = divmod(done, computation.batch_size)
        left = new[done - repeated :]  # the same batches as without a stop
        preparation = None
        try:
            preparation = Preparation(
                left,
                computation.workers,
                computation.batch_size,
                self.config.input,
                computation.windows,
            )
            if preparation.fallback is not None:
                self.progress.say(
                    f"warning: no process can be started ({preparation.fallback}): this one does "
                    "all work in one thread, and a file that ends its process ends the run"
                )
                torch.set_num_threads(1)
            # Imports and loading take seconds. The workers prepare the first files meanwhile.
            from AST.run.pipeline import analyse_batches

            models = self._load_models()
            batches = analyse_batches(
                left,
                preparation.batches(),
                models,
                LabelMap(self.dataset.names_of_class),
                first_batch,
                computation.windows,
                computation.batch_size,
            )
            results = itertools.chain.from_iterable(batches)
            self._journal_all(journal, known, itertools.islice(results, repeated, None))
        except KeyboardInterrupt:
            count = f"{len(journal.results)} of {len(self.stems)} stems are done"
            self.progress.say(f"{count}; start the same command again to continue")
            raise
        finally:
            if preparation:
                preparation.stop()
        return models[0].speech.backend

    def _load_models(self) -> "list[Models]":
        """Both models on each device. Says if the speech model runs otherwise than wanted."""
        from AST.recognition.models import Models

        paths = self.files["ast"].path, self.files["speech"].path
        how = self.computation.precision, self.computation.speech_backend
        models = [
            Models.load(*paths, device, *how, config=self.config)
            for device in self.computation.devices
        ]
        if models[0].speech.fallback:
            self.progress.say(f"warning: {models[0].speech.fallback}")
        return models

    def _journal_all(
        self, journal: Journal, known: Mapping[str, StemResult], new: Iterator[StemResult]
    ) -> None:
        """Writes known and new results in the order of the walk."""
        self.progress.begin(len(self.stems), len(journal.results), self.config.outputs)
        try:
            for stem in self.stems[len(journal.results) :]:
                result = known.get(stem.path_text) or next(new)
                journal.append([result])
                self.progress.finish(result)
        finally:
            self.progress.end()
