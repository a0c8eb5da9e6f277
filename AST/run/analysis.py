"""The main job: a dataset's folder in; its rows, scores and record out."""

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from AST.datasets import DATASETS
from AST.datasets.dataset import Dataset
from AST.dictionary import check_names
from AST.errors import UsageError
from AST.metrics import Accuracy, accuracy
from AST.process.threads import some_threads
from AST.results import Row, check_output
from AST.run.progress import Progress
from AST.run.selection import select_stems
from AST.run.shards import Shard
from AST.settings import Settings
from AST.truth import Truth, truth_of
from AST.weights.finding import find_both
from AST.weights.local_model import verify_all
from AST.weights.model_files import PUBLISHED

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True)
class Run:
    """A finished run.

    Attributes:
        rows: One for each stem, in the order of the walk.
        scores: AST's scores, shape (n, outputs), 527 of AudioSet's; NaN where a stem has none.
        failures: Why a file could not be analysed, by its path.
        record: What the run depends on: models, settings, versions, times and counts.
    """

    rows: list[Row]
    scores: "npt.NDArray[np.float32]"
    failures: dict[str, str]
    record: dict[str, Any]

    @property
    def truth(self) -> Truth:
        """The rows that can be right or wrong."""
        return truth_of(self.rows, self.record)

    @property
    def accuracy(self) -> Accuracy:
        """How many stems have the right label, of those that can be right or wrong."""
        return accuracy(self.truth.rows)


def analyse(
    dataset: Dataset | str,
    folder: Path | str,
    *,
    model: str = PUBLISHED,
    speech_model: str | None = None,
    output: Path | str | None = None,
    settings: Settings = Settings(),  # noqa: B008 (frozen)
    restart: bool = False,
    retry_failed: bool = False,
    keep_duplicates: bool = False,
    exclude_errata: bool = False,
    shard: Shard | None = None,
    progress: Progress = Progress(),  # noqa: B008 (without state)
) -> Run:
    """Runs both models on every stem of a dataset.

    Args:
        dataset: A name in ``AST.datasets.DATASETS``, or a dataset of your own.
        model: AST: ``published``, ``tiny``, or another checkpoint; see ``doc/models.md``. One with
            other outputs than AudioSet's needs a dataset whose ``names_of_class`` holds its names.
        speech_model: The same for the speech model; None takes the one that belongs to ``model``.
        output: The results file. Scores and record are written beside it, and a run that was
            stopped continues from it. None writes nothing.
        restart: Whether to discard the rows of a stopped run.
        retry_failed: Whether to take over a finished run, and to analyse only what failed in it.
        keep_duplicates: Whether to analyse copies of stems too, such as a subset's.
        exclude_errata: Whether to leave out stems that are known to hold something else than their
            label says.
        shard: The share of the stems to analyse; its number goes into the name of ``output``.
        progress: Takes what the run says; by default nothing is printed.

    Raises:
        UsageError: The folder, a model, the device or the results file cannot be used.
    """
    started = datetime.now(timezone.utc)
    if isinstance(dataset, str):
        if dataset not in DATASETS:
            raise UsageError(f"dataset {dataset!r}: expected one of {', '.join(DATASETS)}")
        dataset = DATASETS[dataset]
    with _output_path(output) as path:
        path = shard.output(path) if shard else path
        check_output(path)
        found = select_stems(dataset, Path(folder), progress, keep_duplicates, exclude_errata)
        files_found = find_both(model, speech_model)
        check_names(dataset.names_of_class, files_found["ast"].checkpoint.config.outputs)
        with some_threads(1) as thread:
            verifying = thread.submit(verify_all, files_found)
            # The local engine loads torch, which takes seconds: usage errors come before it.
            from AST.engines.opening import open_engine
            from AST.run.execution import Job

            opened = open_engine(settings, progress.say, progress.working)
            with contextlib.closing(opened) as engine:
                files = verifying.result()
                for name, file in files.items():
                    digits = file.sha256[:12]
                    progress.say(f"{name} model: {file.path} (sha256 {digits}, {file.kind})")
                whole = Path(folder), found.stems, found.left_out
                job = Job(dataset, *whole, files, engine, progress, shard)
                results, record = job.execute(path, restart, retry_failed, started)
    return Run(results.rows, results.scores, results.reasons("failure"), record)


@contextlib.contextmanager
def _output_path(output: Path | str | None) -> Iterator[Path]:
    if output is not None:
        yield Path(output)
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder, "results.csv")
