"""The main job of the analyze scripts: a dataset's folder in, a results file and accuracy out."""

import argparse
import contextlib
import os
import sys
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from AST.command_line import EXIT_OK, EXIT_SOME_FILES_FAILED, exit_code, whole_number
from AST.datasets import Dataset, Stem
from AST.errors import UsageError
from AST.labels import LabelMap
from AST.metrics import accuracy_report
from AST.model_files import AST_FILE, SPEECH_FILE
from AST.results import check_output
from AST.weights import PUBLISHED, obtain_both

if TYPE_CHECKING:
    import torch

    from AST.journal import Journal, StemResult

# What loads torch is imported where it is used: --help and usage errors should not take seconds.

DEVICES = ("auto", "cpu", "cuda", "mps")
DEFAULT_BATCH_SIZE = 8
MAX_DEFAULT_WORKERS = 8


def build_parser(dataset: Dataset) -> argparse.ArgumentParser:
    """The command line of a dataset's script."""
    parser = argparse.ArgumentParser(
        description=f"Runs AST on each stem of {dataset.name} and says how often it names the "
        "right instrument. A run that was stopped goes on where it was.",
    )
    parser.add_argument(
        "folder", type=Path, help=f"folder of {dataset.name}, with {dataset.layout} inside"
    )
    _add_model_arguments(parser)
    parser.add_argument(
        "--output",
        type=Path,
        default=Path(dataset.results_file),
        metavar="FILE",
        help="results file (default: %(default)s)",
    )
    _add_speed_arguments(parser)
    parser.add_argument(
        "--restart", action="store_true", help="begin anew, without the rows of a stopped run"
    )
    parser.add_argument(
        "--verbose", action="store_true", help="say for each file what was found in it"
    )
    return parser


def _add_model_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        AST_FILE.flag,
        default=PUBLISHED,
        metavar="FILE",
        help="AST's weights: 'published' (default); 'tiny', the small embedded model, for trials; "
        "or a file: the hub's .safetensors or the authors' .pth",
    )
    parser.add_argument(
        SPEECH_FILE.flag,
        metavar="FILE",
        help="the speech model: 'published', 'tiny', or a file: a frozen graph, .pb (default: "
        "'tiny' with --model tiny, else 'published')",
    )


def _add_speed_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--device", choices=DEVICES, default="auto", help="where AST runs (default: %(default)s)"
    )
    parser.add_argument(
        "--batch-size",
        type=whole_number(at_least=1),
        default=DEFAULT_BATCH_SIZE,
        metavar="N",
        help="stems that AST hears at once (default: %(default)s)",
    )
    parser.add_argument(
        "--workers",
        type=whole_number(at_least=0),
        default=min(MAX_DEFAULT_WORKERS, max(1, _usable_cores() // 2)),
        metavar="N",
        help="processes that decode files ahead; 0: none (default: %(default)s)",
    )


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
    known = {name.casefold() for name in dataset.names_of_stem}
    if unknown := sorted({stem.label for stem in stems if stem.label.casefold() not in known}):
        _say(f"warning: labels that {dataset.name} does not have count as misses: {unknown[:5]}")
    check_output(arguments.output)
    files = obtain_both(arguments.model, arguments.speech_model)
    for name, file in files.items():
        _say(f"{name} model: {file.path} (sha256 {file.sha256[:12]}, {file.kind})")
    from AST.journal import Journal
    from AST.run_record import run_identity, run_record
    from AST.tagger import select_device

    device = select_device(arguments.device)
    identity = run_identity(dataset, arguments.folder, stems, files, device.type)
    journal = Journal(arguments.output, identity, arguments.restart)
    resumed = len(journal.results)
    with contextlib.closing(journal):
        journal.check_paths([stem.path_text for stem in stems])
        if resumed:
            _say(f"resuming: {resumed} of {len(stems)} stems were done before")
        if resumed < len(stems):
            paths = files["ast"].path, files["speech"].path
            _fill(journal, dataset, stems, paths, device, arguments)
        settings = {"batch_size": arguments.batch_size, "workers": arguments.workers}
        journal.complete(run_record(identity, files, settings, journal.results, resumed, started))
    print(accuracy_report([result.row for result in journal.results]))
    failed = any(result.failure for result in journal.results)
    return EXIT_SOME_FILES_FAILED if failed else EXIT_OK


def _fill(
    journal: "Journal",
    dataset: Dataset,
    stems: Sequence[Stem],
    model_paths: tuple[Path, Path],
    device: "torch.device",
    arguments: argparse.Namespace,
) -> None:
    """Analyses the stems that the journal does not hold yet; Ctrl-C says how far it came."""
    from tqdm import tqdm

    from AST.pipeline import Models, Preparation, analyse_batch, worker_death

    done = len(journal.results)
    start = done - done % arguments.batch_size  # batches as without the stop: the same numbers
    preparation = Preparation(stems[start:], arguments.workers)
    proposed_label = LabelMap(dataset.names_of_stem)
    try:
        models = Models.load(*model_paths, device)
        with tqdm(total=len(stems), initial=done, unit="file") as progress:
            for prepared in preparation.batches(arguments.batch_size):
                batch = stems[start : start + len(prepared)]
                results = analyse_batch(batch, prepared, models, proposed_label)
                for place, result in enumerate(results, start):
                    if place >= done:
                        journal.append([result])
                        progress.update()
                        _announce(result, arguments.verbose)
                start += len(prepared)
    except KeyboardInterrupt:
        count = f"{len(journal.results)} of {len(stems)} stems are done"
        _say(f"{count}; start the same command again to go on")
        raise
    except (RuntimeError, UsageError) as error:
        if reason := worker_death(error, stems[len(journal.results) :]):
            raise UsageError(reason) from error
        raise


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


def _usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):  # Linux: what this process may use, not all there are
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
