"""The main job of the analyze scripts: a dataset's folder in, a results file and accuracy out."""

import argparse
import contextlib
import itertools
import sys
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from AST.arguments import fill_in
from AST.command_line import EXIT_OK, EXIT_SOME_FILES_FAILED, exit_code
from AST.datasets import Dataset, Stem
from AST.errors import UsageError
from AST.labels import LabelMap
from AST.metrics import accuracy_report
from AST.results import check_output
from AST.settings import select_precision
from AST.weights import obtain_both

if TYPE_CHECKING:
    import torch

    from AST.journal import Journal, StemResult
    from AST.pipeline import Models
    from AST.workers import Preparation

# What loads torch is imported where it is used: --help and usage errors should not take seconds.


def main(dataset: Dataset, arguments: argparse.Namespace) -> int:
    """Analyses a dataset; see ``build_parser``. Returns the exit code."""
    return exit_code(lambda: analyse(dataset, arguments))


def analyse(dataset: Dataset, arguments: argparse.Namespace) -> int:
    """Walks, tags and counts.

    Raises:
        UsageError: The folder, a model or the results file is not usable.
    """
    started = datetime.now(timezone.utc)
    stems = dataset.stems(arguments.folder)
    _warn_of_unknown_labels(dataset, stems)
    check_output(arguments.output)
    files = obtain_both(arguments.model, arguments.speech_model)
    for name, file in files.items():
        _say(f"{name} model: {file.path} (sha256 {file.sha256[:12]}, {file.kind})")
    from AST.devices import has_instructions, select_devices
    from AST.journal import Journal
    from AST.run_record import run_identity, run_record

    devices = select_devices(arguments.device)
    device_type = devices[0].type
    fill_in(arguments, device_type)
    precision = select_precision(arguments.precision, device_type)
    if not has_instructions(precision, device_type):
        _say(f"warning: this CPU has no instructions for {precision}; fp32 is far faster on it")
    computation = {"device": device_type, "precision": precision}
    computation["speech_backend"] = arguments.speech_backend
    identity = run_identity(dataset, arguments.folder, stems, files, computation)
    journal = Journal(arguments.output, identity, arguments.restart)
    resumed = len(journal.results)
    with contextlib.closing(journal):
        journal.check_paths([stem.path_text for stem in stems])
        if resumed:
            _say(f"resuming: {resumed} of {len(stems)} stems were done before")
        settings = {name: getattr(arguments, name) for name in ("batch_size", "workers")}
        settings["devices"] = [str(device) for device in devices]
        if resumed < len(stems):
            paths = files["ast"].path, files["speech"].path
            ran = _fill(journal, dataset, stems, paths, devices, arguments)
            settings["speech_model_ran_in"] = ran
        journal.complete(run_record(identity, files, settings, journal.results, resumed, started))
    print(accuracy_report([result.row for result in journal.results]))
    failed = any(result.failure for result in journal.results)
    return EXIT_SOME_FILES_FAILED if failed else EXIT_OK


def _fill(
    journal: "Journal",
    dataset: Dataset,
    stems: Sequence[Stem],
    model_paths: tuple[Path, Path],
    devices: Sequence["torch.device"],
    arguments: argparse.Namespace,
) -> str:
    """Analyses the stems that the journal does not hold yet; Ctrl-C says how far it came.

    Returns what ran the speech model.
    """
    from AST.workers import Preparation, worker_death

    done = len(journal.results)
    start = done - done % arguments.batch_size  # batches as without the stop: the same numbers
    preparation = Preparation(stems[start:], arguments.workers)
    try:
        from AST.pipeline import load_on_each  # takes seconds, in which the workers are at work

        models = load_on_each(devices, *model_paths, arguments.precision, arguments.speech_backend)
        if models[0].speech.fallback:
            _say(f"warning: {models[0].speech.fallback}")
        _work(journal, dataset, stems, preparation, models, arguments)
    except KeyboardInterrupt:
        preparation.stop()
        count = f"{len(journal.results)} of {len(stems)} stems are done"
        _say(f"{count}; start the same command again to go on")
        raise
    except (RuntimeError, UsageError) as error:
        if reason := worker_death(error, stems[len(journal.results) :]):
            raise UsageError(reason) from error
        raise
    return models[0].speech.backend


def _work(
    journal: "Journal",
    dataset: Dataset,
    stems: Sequence[Stem],
    preparation: "Preparation",
    models: "Sequence[Models]",
    arguments: argparse.Namespace,
) -> None:
    """Takes what is prepared through the models, batch by batch, into the journal."""
    from tqdm import tqdm

    from AST.pipeline import analyse_batches

    done = len(journal.results)
    first_batch, again = divmod(done, arguments.batch_size)
    batches = analyse_batches(
        stems[done - again :],
        preparation.batches(arguments.batch_size),
        models,
        LabelMap(dataset.names_of_stem),
        first_batch,
    )
    with tqdm(total=len(stems), initial=done, unit="file") as progress:
        results = itertools.chain.from_iterable(batches)
        for result in itertools.islice(results, again, None):
            journal.append([result])
            progress.update()
            _announce(result, arguments.verbose)


def _warn_of_unknown_labels(dataset: Dataset, stems: Sequence[Stem]) -> None:
    known = {name.casefold() for name in dataset.names_of_stem}
    if unknown := sorted({stem.label for stem in stems if stem.label.casefold() not in known}):
        _say(f"warning: labels that {dataset.name} does not have count as misses: {unknown[:5]}")


def _announce(result: "StemResult", verbose: bool) -> None:
    from AST.rules import best_instrument

    path, prediction = result.row.path, result.row.prediction
    if result.failure:
        _say(f"error: {path}: {result.failure}")
    if result.warning:
        _say(f"warning: {path}: {result.warning}")
    if verbose and not result.failure:
        heard = ""
        if result.scores is not None:
            name, score = best_instrument(result.scores, result.speech_score_percent)
            heard = f" (AST: {name.lower()} {score:.3f})"
        _say(
            f"{path}: speech score {result.speech_score_percent:.1f} %, {prediction}{heard}, "
            f"proposed {result.row.proposed_label}, expected {result.row.label}"
        )


def _say(line: str) -> None:
    """Prints to stderr, above a progress bar where there is one."""
    from tqdm import tqdm

    tqdm.write(line, file=sys.stderr)
