"""What a run does once its folder, models and results file are known to be good."""

import contextlib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from AST.datasets.dataset import Dataset, Stem
from AST.devices import has_instructions
from AST.labels import LabelMap
from AST.run.computation import Computation
from AST.run.journal import Journal, StemResult
from AST.run.progress import Progress
from AST.run.run_record import paths_below, run_identity, run_record
from AST.run.workers import Preparation
from AST.weights import LocalModel

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

    def execute(
        self, output: Path, restart: bool, started: datetime
    ) -> tuple[list[StemResult], npt.NDArray[np.float32], dict[str, Any]]:
        """Analyses all stems and writes the results. Returns results, scores and record.

        Raises:
            UsageError: The results cannot be written, or a stopped run cannot be resumed.
        """
        precision = self.computation.precision
        if not has_instructions(precision, self.computation.device_type):
            self.progress.say(
                f"warning: this CPU has no instructions for {precision}; fp32 is far faster on it"
            )
        identity = run_identity(self.dataset, self.folder, self.stems, self.files, self.computation)
        journal = Journal(output, identity, restart)
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
                settings["speech_model_ran_in"] = self._analyse_the_rest(journal)
            songs = {stem.path_text: stem.song for stem in self.stems}
            record = run_record(
                identity, self.files, settings, songs, journal.results, resumed, started
            )
            record["left_out"] = dict(self.left_out)
            if kept := journal.complete(record):
                self.progress.say(f"the earlier {output} and its side files are kept: {kept}")
        return journal.results, journal.scores(), record

    def _analyse_the_rest(self, journal: Journal) -> str:
        """Analyses the stems that the journal does not hold. Returns the speech model's backend."""
        computation, done = self.computation, len(journal.results)
        start = done - done % computation.batch_size  # the same batches as without a stop
        preparation = Preparation(self.stems[start:], computation.workers, computation.batch_size)
        try:
            if preparation.fallback:
                self.progress.say(
                    f"warning: no process can be started ({preparation.fallback}): files are "
                    "prepared one by one, and a file that ends its process ends the run"
                )
            # Imports and loading take seconds. The workers prepare the first files meanwhile.
            from AST.recognition.models import Models

            paths = self.files["ast"].path, self.files["speech"].path
            how = computation.precision, computation.speech_backend
            models = [Models.load(*paths, device, *how) for device in computation.devices]
            if models[0].speech.fallback:
                self.progress.say(f"warning: {models[0].speech.fallback}")
            self._work(journal, preparation, models)
        except KeyboardInterrupt:
            count = f"{len(journal.results)} of {len(self.stems)} stems are done"
            self.progress.say(f"{count}; start the same command again to continue")
            raise
        finally:
            preparation.stop()
        return models[0].speech.backend

    def _work(self, journal: Journal, preparation: Preparation, models: "Sequence[Models]") -> None:
        """Takes prepared stems through the models, batch by batch, into the journal."""
        from AST.run.pipeline import analyse_batches

        done, batch_size = len(journal.results), self.computation.batch_size
        first_batch, repeated = divmod(done, batch_size)
        batches = analyse_batches(
            self.stems[done - repeated :],
            preparation.batches(),
            models,
            LabelMap(self.dataset.names_of_class),
            first_batch,
        )
        results = itertools.chain.from_iterable(batches)
        self.progress.begin(len(self.stems), done)
        try:
            for result in itertools.islice(results, repeated, None):
                journal.append([result])
                self.progress.finish(result)
        finally:
            self.progress.end()
