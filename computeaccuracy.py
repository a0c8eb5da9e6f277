#!/usr/bin/env python3
"""The accuracy of a results file, its mismatches, and what else can be said of the run."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from AST.command_line import EXIT_OK, exit_code
from AST.errors import UsageError
from AST.metrics import accuracy_report
from AST.results import RUN_RECORD, SCORES, Row, beside, check_distinct, read_rows
from AST.writing import write_whole, writing


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Prints how many proposed labels of a results file match the expected ones, "
        "each that does not, and figures by class, with their uncertainty. Where the run's scores "
        "lie beside the file, what they say too. No model is run.",
    )
    parser.add_argument("file", type=Path, help="results file, such as results_dsd100.csv")
    parser.add_argument(
        "--against",
        type=Path,
        metavar="OTHER",
        help="results file of another run over the same stems, to compare with",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to a file")
    parser.add_argument(
        "--report", type=Path, metavar="FILE", help="write a page to look at, such as report.html"
    )
    return parser


def compute(arguments: argparse.Namespace) -> int:
    """Reads a run, prints and writes what was asked for. Returns the exit code.

    Raises:
        UsageError: A file cannot be read or written.
    """
    file: Path = arguments.file
    rows = read_rows(file)
    outputs = [path for path in (arguments.json, arguments.report) if path]
    read = [file, beside(file, SCORES), beside(file, RUN_RECORD), arguments.against]
    check_distinct(filter(None, read), outputs)
    try:
        text = _find_and_write(rows, arguments)
    except UsageError:
        print(accuracy_report(rows))  # this much the file itself gives
        raise
    print(accuracy_report(rows))
    print(f"\n{text}")
    return EXIT_OK


def _find_and_write(rows: list[Row], arguments: argparse.Namespace) -> str:
    """Writes what is wanted as files first: whoever reads the text may stop early."""
    from AST.evaluation.findings import find, read_run
    from AST.evaluation.text import describe

    run = read_run(arguments.file, rows)
    findings = find(run, arguments.against)
    if arguments.json:
        text = json.dumps(findings.as_json(), indent=2, ensure_ascii=False) + "\n"
        with writing(arguments.json, "--json"):
            write_whole(arguments.json, text.encode())
    if arguments.report:
        from AST.evaluation.report import render

        page = render(run, findings, arguments.report.parent)
        with writing(arguments.report, "--report"):
            write_whole(arguments.report, page.encode())
        print(f"report: {arguments.report}", file=sys.stderr)
    return describe(findings)


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    return exit_code(lambda: compute(arguments))


if __name__ == "__main__":
    sys.exit(main())
