"""The accuracy of a results file, its mismatches, and all other figures of the run."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from AST.command_line import EXIT_OK, exit_code, new_parser
from AST.errors import UsageError
from AST.results import (
    PUBLISHED_RUNS,
    SIDE_FILES,
    Row,
    beside,
    check_distinct,
    is_complete,
    read_rows,
)
from AST.table import NoRowsError
from AST.truth import NO_TRUTH, Truth, truth_of
from AST.writing import write_whole, writing

if TYPE_CHECKING:
    from AST.evaluation.files.saved_run import SavedRun

NOTHING = "No data to evaluate."
"""As in the study: other people's scripts look for it."""


def build_parser() -> argparse.ArgumentParser:
    parser = new_parser(
        "Prints how many proposed labels of a results file are right, every mismatch, and figures "
        "by class with their uncertainty. If the run's scores lie beside the file, it prints what "
        "they say too. No model runs."
    )
    parser.add_argument(
        "files",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="results file, such as results_dsd100.csv; several files with different stems are "
        "pooled to one figure",
    )
    parser.add_argument(
        "--compare",
        nargs="+",
        action="extend",
        default=[],
        dest="others",
        metavar="OTHER",
        help="results files of other runs over the same stems, to compare with; 'published' stands "
        "for the study's own results (./published is a file)",
    )
    parser.add_argument(
        "--against",
        action="append",
        dest="others",
        metavar="OTHER",
        help="the same for a single file",
    )
    parser.add_argument(
        "--summary", action="store_true", help="print one screen instead of everything"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to a file")
    parser.add_argument(
        "--tables",
        type=Path,
        metavar="DIR",
        help="write all tables (CSV, LaTeX) and figures (PDF, SVG) into a folder, for a paper",
    )
    parser.add_argument(
        "--report", type=Path, metavar="FILE", help="write a page to look at, such as report.html"
    )
    return parser


def compute(arguments: argparse.Namespace) -> int:
    """Reads a run, prints its figures and writes the files. Returns the exit code.

    Raises:
        UsageError: A file cannot be read or written.
    """
    files: list[Path] = arguments.files
    rows_of_file = _read(files)
    outputs = [path for path in (arguments.json, arguments.report) if path]
    rows, *more = rows_of_file
    pairs = zip(files, rows_of_file, strict=True)
    lacking = [file for file, own in pairs if not all(map(is_complete, own))]
    if lacking:
        if not more:
            print(truth_of(rows, None).report)
        if outputs or arguments.others or arguments.tables or more:
            raise UsageError(
                f"{lacking[0]}: lacks paths or predictions; other figures need all columns"
            )
        return EXIT_OK
    read = [
        name
        for run in (*files, *_paths(arguments.others))
        for name in (run, *(beside(run, kind) for kind in SIDE_FILES))
    ]
    check_distinct(read, outputs)
    run: SavedRun | None = None
    try:
        run = _run(files, rows_of_file)
        text = _find_and_write(run, arguments)
    except UsageError as error:
        if run is None and isinstance(error, NoRowsError):
            print(NOTHING)
        elif not more:
            print(truth_of(rows, run.record if run else None).report)  # this needs no other file
        raise
    report = Truth(run.rows, run.silent, run.unlabelled).report
    print(text if arguments.summary else f"{report}\n\n{text}")
    return EXIT_OK


def _read(files: Sequence[Path]) -> list[list[Row]]:
    """The rows of each file."""
    try:
        return [read_rows(file, needed=("label", "proposed_label")) for file in files]
    except NoRowsError:
        print(NOTHING)
        raise


def _paths(others: Sequence[str]) -> list[Path]:
    """Of the runs to compare with. ``Path`` would take ``./published`` for ``published``."""
    return [Path(other) for other in others if other != PUBLISHED_RUNS]


def _run(files: Sequence[Path], rows_of_file: Sequence[list[Row]]) -> "SavedRun":
    """The stems that can be right or wrong, of all files.

    Raises:
        UsageError: A file beside them is damaged, two files have the same stem, or none counts.
    """
    from AST.evaluation.files.saved_run import read_run
    from AST.evaluation.several_runs.pooling import pooled

    runs = [read_run(*one).with_truth for one in zip(files, rows_of_file, strict=True)]
    run = pooled(runs)
    if not run.rows:
        raise NoRowsError(f"{run.file}: {NO_TRUTH}; give stems labels, or read .stems.csv")
    return run


def _find_and_write(run: "SavedRun", arguments: argparse.Namespace) -> str:
    """Writes the files and returns the text. (The reader of the text may close the pipe early.)"""
    from AST.evaluation.findings import find
    from AST.evaluation.several_runs.published import published_run
    from AST.evaluation.summary import summarise
    from AST.evaluation.text import describe

    if arguments.tables:
        from AST.evaluation.export.write import make_folder, write_tables

        make_folder(arguments.tables)
    others = [
        published_run(run) if other == PUBLISHED_RUNS else Path(other) for other in arguments.others
    ]
    findings = find(run, *others)
    if arguments.json:
        text = json.dumps(findings.as_json(), indent=2, ensure_ascii=False) + "\n"
        with writing(arguments.json, "--json"):
            write_whole(arguments.json, text.encode())
    if arguments.tables:
        write_tables(arguments.tables, findings)
    if arguments.report:
        from AST.evaluation.report.page import render

        page = render(run, findings, arguments.report.parent)
        with writing(arguments.report, "--report"):
            write_whole(arguments.report, page.encode())
        print(f"report: {arguments.report}", file=sys.stderr)
    return summarise(findings) if arguments.summary else describe(findings)


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    return exit_code(lambda: compute(arguments))
