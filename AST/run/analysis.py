"""The main job: a dataset's folder in; its rows, scores and record out."""

import contextlib
import itertools
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from AST.datasets import DATASETS
from AST.datasets.dataset import Dataset, Stem
from AST.errors import UsageError
from AST.labels import NO_CLASS, LabelMap
from AST.metrics import Accuracy, accuracy, normalised
from AST.results import Row, check_output
from AST.settings import Settings
from AST.weights import PUBLISHED, LocalModel, obtain_both

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from AST.recognition.models import Models
    from AST.run.computation import Computation
    from AST.run.journal import Journal, StemResult
    from AST.run.progress import Progress
    from AST.run.workers import Preparation

# Modules that load torch are imported where they are used: usage errors should not take seconds.


@dataclass(frozen=True)
class Run:
    """A finished run.

    Attributes:
        rows: One for each stem, in the order of the walk.
        scores: AST's sigmoid scores, shape (n, 527); NaN where a stem has none.
        failures: Why a file could not be analysed, by its path.
        record: What the run depends on: models, settings, versions, times and counts.
    """

    rows: list[Row]
    scores: "npt.NDArray[np.float32]"
    failures: dict[str, str]
    record: dict[str, Any]

    @property
    def accuracy(self) -> Accuracy:
        """How many stems have the right label."""
        return accuracy(self.rows)


@dataclass(frozen=True)
class _Job:
    """What the parts of one run share."""

    dataset: Dataset
    stems: Sequence[Stem]
    files: dict[str, LocalModel]
    computation: "Computation"
    journal: "Journal"
    progress: "Progress"


def analyse(
    dataset: Dataset | str,
    folder: Path | str,
    *,
    model: str = PUBLISHED,
    speech_model: str | None = None,
    output: Path | str | None = None,
    settings: Settings = Settings(),  # noqa: B008 (frozen)
    restart: bool = False,
    progress: "Progress | None" = None,
) -> Run:
    """Runs both models on every stem of a dataset.

    Args:
        dataset: A name in ``AST.datasets.DATASETS``, or a dataset of your own.
        model: AST's weights: ``published``, ``tiny`` or the path of a file.
        speech_model: The same for the speech model; None takes the one that belongs to ``model``.
        output: The results file. Scores and record are written beside it, and a run that was
            stopped continues from it. None writes nothing.
        restart: Whether to discard the rows of a stopped run.
        progress: Takes lines and progress; by default nobody does.

    Raises:
        UsageError: The folder, a model, the device or the results file cannot be used.
    """
    started = datetime.now(timezone.utc)
    known = _dataset_of(dataset)
    stems = known.stems(Path(folder))
    with _output_path(output) as path:
        check_output(path)
        files = obtain_both(model, speech_model)
        from AST.run.computation import decide_computation
        from AST.run.journal import Journal
        from AST.run.progress import Progress
        from AST.run.run_record import run_identity

        progress = progress or Progress()
        computation = decide_computation(settings)
        _tell_what_is_used(known, stems, files, computation, progress)
        identity = run_identity(known, Path(folder), stems, files, computation)
        journal = Journal(path, identity, restart)
        with contextlib.closing(journal):
            job = _Job(known, stems, files, computation, journal, progress)
            return _finish(job, identity, started)


def _dataset_of(dataset: Dataset | str) -> Dataset:
    if isinstance(dataset, Dataset):
        return dataset
    if dataset not in DATASETS:
        raise UsageError(f"dataset {dataset!r}: expected one of {', '.join(DATASETS)}")
    return DATASETS[dataset]


@contextlib.contextmanager
def _output_path(output: Path | str | None) -> Iterator[Path]:
    if output is not None:
        yield Path(output)
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder, "results.csv")


def _tell_what_is_used(
    dataset: Dataset,
    stems: Sequence[Stem],
    files: dict[str, LocalModel],
    computation: "Computation",
    progress: "Progress",
) -> None:
    from AST.devices import has_instructions

    known = {normalised(name) for name in (*dataset.names_of_class, *NO_CLASS)}
    if unknown := sorted({stem.label for stem in stems if normalised(stem.label) not in known}):
        progress.say(
            f"warning: {dataset.name} has no class {', '.join(unknown[:5])}: stems with such a "
            "label cannot be right"
        )
    for name, file in files.items():
        progress.say(f"{name} model: {file.path} (sha256 {file.sha256[:12]}, {file.kind})")
    if not has_instructions(computation.precision, computation.device_type):
        progress.say(
            f"warning: this CPU has no instructions for {computation.precision}; fp32 is far "
            "faster on it"
        )


def _finish(job: _Job, identity: dict[str, Any], started: datetime) -> Run:
    """Analyses the stems that are still to do, writes everything, and returns the run."""
    from AST.run.run_record import run_record

    journal = job.journal
    journal.check_paths([stem.path_text for stem in job.stems])
    resumed = len(journal.results)
    if resumed:
        job.progress.say(f"resuming: {resumed} of {len(job.stems)} stems were done before")
    settings: dict[str, Any] = {
        "batch_size": job.computation.batch_size,
        "workers": job.computation.workers,
        "devices": [str(device) for device in job.computation.devices],
    }
    if resumed < len(job.stems):
        settings["speech_model_ran_in"] = _analyse_the_rest(job)
    songs = {stem.path_text: stem.song for stem in job.stems}
    record = run_record(identity, job.files, settings, songs, journal.results, resumed, started)
    journal.complete(record)
    return Run(
        rows=[result.row for result in journal.results],
        scores=journal.scores(),
        failures={result.row.path: result.failure for result in journal.results if result.failure},
        record=record,
    )


def _analyse_the_rest(job: _Job) -> str:
    """Analyses the stems that the journal does not hold yet. Returns what ran the speech model."""
    from AST.run.workers import Preparation, worker_death

    computation, journal = job.computation, job.journal
    done = len(journal.results)
    start = done - done % computation.batch_size  # the same batches as without a stop
    preparation = Preparation(job.stems[start:], computation.workers)
    try:
        # Loading takes seconds. The workers prepare the first files meanwhile.
        from AST.recognition.models import load_on_each

        paths = job.files["ast"].path, job.files["speech"].path
        models = load_on_each(
            computation.devices, *paths, computation.precision, computation.speech_backend
        )
        if models[0].speech.fallback:
            job.progress.say(f"warning: {models[0].speech.fallback}")
        _work(job, preparation, models)
    except KeyboardInterrupt:
        preparation.stop()
        count = f"{len(journal.results)} of {len(job.stems)} stems are done"
        job.progress.say(f"{count}; start the same command again to continue")
        raise
    except (RuntimeError, UsageError) as error:
        if reason := worker_death(error, job.stems[len(journal.results) :]):
            raise UsageError(reason) from error
        raise
    return models[0].speech.backend


def _work(job: _Job, preparation: "Preparation", models: "Sequence[Models]") -> None:
    """Takes prepared stems through the models, batch by batch, into the journal."""
    from AST.run.pipeline import analyse_batches

    done = len(job.journal.results)
    batch_size = job.computation.batch_size
    first_batch, repeated = divmod(done, batch_size)
    batches = analyse_batches(
        job.stems[done - repeated :],
        preparation.batches(batch_size),
        models,
        LabelMap(job.dataset.names_of_class),
        first_batch,
    )
    results: Iterator[StemResult] = itertools.chain.from_iterable(batches)
    job.progress.begin(len(job.stems), done)
    try:
        for result in itertools.islice(results, repeated, None):
            job.journal.append([result])
            job.progress.finish(result)
    finally:
        job.progress.end()
