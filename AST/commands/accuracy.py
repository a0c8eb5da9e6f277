"""The accuracy of a results file, its mismatches, and all other figures of the run."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from AST.command_line import EXIT_OK, exit_code, new_parser
from AST.errors import UsageError
from AST.results import SIDE_FILES, Row, beside, check_distinct, is_complete, read_rows
from AST.table import NoRowsError
from AST.truth import NO_TRUTH, truth_of
from AST.writing import write_whole, writing


def build_parser() -> argparse.ArgumentParser:
    parser = new_parser(
        "Prints how many proposed labels of a results file are right, every mismatch, and figures "
        "by class with their uncertainty. If the run's scores lie beside the file, it prints what "
        "they say too. No model runs."
    )
    parser.add_argument("file", type=Path, help="results file, such as results_dsd100.csv")
    parser.add_argument(
        "--compare",
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        dest="others",
        metavar="OTHER",
        help="results files of other runs over the same stems, to compare with",
    )
    parser.add_argument(
        "--against",
        type=Path,
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
    file: Path = arguments.file
    try:
        rows = read_rows(file, needed=("label", "proposed_label"))
    except NoRowsError:
        print("No data to evaluate.")  # as in the study: other people's scripts look for it
        raise
    outputs = [path for path in (arguments.json, arguments.report) if path]
    if not all(map(is_complete, rows)):
        print(truth_of(rows, None).report)
        if outputs or arguments.others or arguments.tables:
            raise UsageError(f"{file}: lacks paths or predictions; other figures need all columns")
        return EXIT_OK
    read = [
        name
        for run in (file, *arguments.others)
        for name in (run, *(beside(run, kind) for kind in SIDE_FILES))
    ]
    check_distinct(read, outputs)
    try:
        report, text = _find_and_write(rows, arguments)
    except UsageError:
        print(truth_of(rows, None).report)  # this needs nothing but the file itself
        raise
    print(text if arguments.summary else f"{report}\n\n{text}")
    return EXIT_OK


def _find_and_write(rows: list[Row], arguments: argparse.Namespace) -> tuple[str, str]:
    """Writes the files. Returns the accuracy with all mismatches, and the figures, as text.

    (The reader of the text may close the pipe early.)
    """
    from AST.evaluation.findings import find
    from AST.evaluation.saved_run import read_run
    from AST.evaluation.summary import summarise
    from AST.evaluation.text import describe

    if arguments.tables:
        from AST.evaluation.export.write import make_folder, write_tables

        make_folder(arguments.tables)
    everything = read_run(arguments.file, rows)
    truth, run = truth_of(rows, everything.record), everything.with_truth
    if not run.rows:
        raise UsageError(f"{arguments.file}: {NO_TRUTH} Give the stems labels")
    findings = find(run, *arguments.others)
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
    return truth.report, summarise(findings) if arguments.summary else describe(findings)


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    return exit_code(lambda: compute(arguments))
