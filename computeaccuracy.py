#!/usr/bin/env python3
"""The accuracy of a results file, and its mismatches."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from AST.command_line import EXIT_OK, exit_code
from AST.metrics import accuracy_report
from AST.results import read_rows


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Prints how many proposed labels of a results file match the expected ones, "
        "and each that does not."
    )
    parser.add_argument("file", type=Path, help="results file, such as results_dsd100.csv")
    return parser


def print_accuracy(file: Path) -> int:
    """Prints the accuracy report of a results file; returns the exit code."""
    print(accuracy_report(read_rows(file)))
    return EXIT_OK


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    return exit_code(lambda: print_accuracy(arguments.file))


if __name__ == "__main__":
    sys.exit(main())
