#!/usr/bin/env python3
"""The reference labels in a results file: ``python AST/list_labels.py FILE``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

if __name__ == "__main__":  # run as a file, Python looks beside it: show it the package instead
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from AST.command_line import EXIT_OK, exit_code
from AST.results import read_rows


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Lists the labels that occur in a results file.")
    parser.add_argument("file", type=Path, help="results file, such as results_dsd100.csv")
    return parser


def print_labels(file: Path) -> int:
    """Prints the sorted labels of a results file; returns the exit code."""
    labels = sorted({row.label.strip() for row in read_rows(file)})
    print("Unique labels found:")
    print(labels)
    return EXIT_OK


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    return exit_code(lambda: print_labels(arguments.file))


if __name__ == "__main__":
    sys.exit(main())
