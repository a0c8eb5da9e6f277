"""The accuracy of a results file, its mismatches, and all other figures of the run."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from AST.command_line import EXIT_OK, exit_code, new_parser
from AST.errors import UsageError
from AST.metrics import accuracy_report
from AST.results import (
    PUBLISHED_RUNS,
    RUN_RECORD,
    SCORES,
    Row,
    beside,
    check_distinct,
    is_complete,
    read_rows,
)
from AST.table import NoRowsError
from AST.writing import write_whole, writing

if TYPE_CHECKING:
    from AST.evaluation.saved_run import SavedRun


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
    try:
        rows_of_file = [read_rows(file, needed=("label", "proposed_label")) for file in files]
    except NoRowsError:
        print("No data to evaluate.")  # as in the study: other people's scripts look for it
        raise
    outputs = [path for path in (arguments.json, arguments.report) if path]
    for file, rows in zip(files, rows_of_file, strict=True):
        if not all(map(is_complete, rows)):
            if len(files) == 1:
                print(accuracy_report(rows))
            if outputs or arguments.others or arguments.tables or len(files) > 1:
                raise UsageError(
                    f"{file}: lacks paths or predictions; other figures need all columns"
                )
            return EXIT_OK
    read = [
        name
        for run in (*files, *_paths(arguments.others))
        for name in (run, beside(run, SCORES), beside(run, RUN_RECORD))
    ]
    check_distinct(read, outputs)
    try:
        run = _run(files, rows_of_file)
        text = _find_and_write(run, arguments)
    except UsageError:
        if len(files) == 1:
            print(accuracy_report(rows))  # this needs nothing but the file itself
        raise
    print(text if arguments.summary else f"{accuracy_report(run.rows)}\n\n{text}")
    return EXIT_OK


def _paths(others: Sequence[str]) -> list[Path]:
    """Of the runs to compare with. ``Path`` would take ``./published`` for ``published``."""
    return [Path(other) for other in others if other != PUBLISHED_RUNS]


def _run(files: Sequence[Path], rows_of_file: Sequence[list[Row]]) -> "SavedRun":
    from AST.evaluation.pooling import pooled
    from AST.evaluation.saved_run import read_run

    return pooled([read_run(*one) for one in zip(files, rows_of_file, strict=True)])


def _find_and_write(run: "SavedRun", arguments: argparse.Namespace) -> str:
    """Writes the files and returns the text. (The reader of the text may close the pipe early.)"""
    from AST.evaluation.findings import find
    from AST.evaluation.published import published_run
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
        from AST.evaluation.report import render

        page = render(run, findings, arguments.report.parent)
        with writing(arguments.report, "--report"):
            write_whole(arguments.report, page.encode())
        print(f"report: {arguments.report}", file=sys.stderr)
    return summarise(findings) if arguments.summary else describe(findings)


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    return exit_code(lambda: compute(arguments))
