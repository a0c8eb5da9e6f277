"""Runs both models on a dataset: ``analyze.py``, ``analyze_dsd100.py``, ``analyze_moisesdb.py``."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from AST.command_line import EXIT_OK, EXIT_SOME_FILES_FAILED, exit_code, new_parser
from AST.commands.arguments import (
    LABELS_HELP,
    add_model_flags,
    add_output_flags,
    add_speed_flags,
    add_window_flags,
    settings_of,
)
from AST.datasets import DATASETS
from AST.datasets.dataset import Dataset
from AST.dictionary import dictionary_path, read_dictionary

DESCRIPTION = (
    "Runs AST on each stem of {} and says how often it names the right instrument. A stopped run "
    "continues when the same command is started again."
)


def build_parser() -> argparse.ArgumentParser:
    """The parser of ``analyze.py``, with a command for each dataset."""
    parser = new_parser(DESCRIPTION.format("a dataset"))
    parser.add_argument("--list", action="store_true", help="show all datasets")
    datasets = parser.add_subparsers(dest="dataset", metavar="DATASET", title="datasets")
    for name, dataset in DATASETS.items():
        description = DESCRIPTION.format(dataset.name)
        add_flags(datasets.add_parser(name, help=dataset.layout, description=description), dataset)
    return parser


def build_dataset_parser(name: str) -> argparse.ArgumentParser:
    """The parser of a script for one dataset."""
    parser = new_parser(DESCRIPTION.format(DATASETS[name].name))
    add_flags(parser, DATASETS[name])
    parser.set_defaults(dataset=name)
    return parser


def add_flags(parser: argparse.ArgumentParser, dataset: Dataset) -> None:
    """All flags of a run over a dataset."""
    group = parser.add_argument_group("dataset")
    if dataset.finder:
        group.add_argument("folder", type=Path, metavar="file", help=dataset.layout)
    else:
        group.add_argument("folder", type=Path, help=f"folder with {dataset.layout} inside")
    for name, how in dataset.flags.items():
        group.add_argument(f"--{name.replace('_', '-')}", **how)
    group.add_argument("--labels", type=dictionary_path, metavar="DICTIONARY", help=LABELS_HELP)
    group.add_argument(
        "--exclude-errata",
        action="store_true",
        help="leave out stems that are known to hold something else than their label says",
    )
    group.add_argument(
        "--keep-duplicates",
        action="store_true",
        help="analyse copies too: same file name, label, song name and content as another stem",
    )
    add_model_flags(parser)
    add_window_flags(parser)
    add_output_flags(parser, dataset.results_file)
    add_speed_flags(parser)


def list_datasets() -> int:
    """Prints what the suite knows about each dataset. Returns the exit code."""
    for name, dataset in DATASETS.items():
        stems = f"{dataset.stem_count:,} stems" if dataset.stem_count else ""
        counts = ", ".join(filter(None, (stems, dataset.songs_text))) or "any number of stems"
        print(f"{name}: {dataset.name}, {counts}; size: {dataset.size}")
        print(f"  classes: {', '.join(dataset.names_of_class)}")
        for fact in ("layout", "licence", "citation", "page"):
            if text := getattr(dataset, fact):
                print(f"  {fact}: {text}")
    return EXIT_OK


def analyze(arguments: argparse.Namespace) -> int:
    """Runs the models, prints accuracy and mismatches. Returns the exit code.

    Raises:
        UsageError: The folder, a model or the results file cannot be used.
    """
    from AST.run.analysis import analyse
    from AST.run.progress import ConsoleProgress

    dataset = DATASETS[arguments.dataset]
    if dataset.chosen:
        dataset = dataset.chosen(**{name: getattr(arguments, name) for name in dataset.flags})
    if arguments.labels:
        dataset = replace(dataset, names_of_class=read_dictionary(arguments.labels))
    run = analyse(
        dataset,
        arguments.folder,
        model=arguments.model,
        speech_model=arguments.speech_model,
        output=arguments.output,
        settings=settings_of(arguments),
        restart=arguments.restart,
        retry_failed=arguments.retry_failed,
        keep_duplicates=arguments.keep_duplicates,
        exclude_errata=arguments.exclude_errata,
        shard=arguments.shard,
        progress=ConsoleProgress(arguments.verbose),
    )
    print(run.truth.report)
    return EXIT_SOME_FILES_FAILED if run.failures else EXIT_OK


def main(argv: Sequence[str] | None = None) -> int:
    parser = build_parser()
    arguments = parser.parse_args(argv)
    if arguments.list:
        return exit_code(list_datasets)
    if arguments.dataset is None:
        parser.error(f"expected one of {', '.join(DATASETS)}, or --list")
    return exit_code(lambda: analyze(arguments))


def main_for(name: str, argv: Sequence[str] | None = None) -> int:
    """The command of one dataset's script."""
    arguments = build_dataset_parser(name).parse_args(argv)
    return exit_code(lambda: analyze(arguments))
