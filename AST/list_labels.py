#!/usr/bin/env python3
"""Lists the classes in a results file: ``python AST/list_labels.py FILE``."""

import argparse
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path

if __name__ == "__main__":  # Python looks for modules beside a script: show it the package
    beside = Path(__file__).resolve().parent
    others = [path for path in sys.path if Path(path).resolve() != beside]
    sys.path[:] = [str(beside.parent), *others]

from AST.command_line import EXIT_OK, exit_code, new_parser
from AST.results import read_rows


def build_parser() -> argparse.ArgumentParser:
    parser = new_parser("Lists the labels that occur in a results file.")
    parser.add_argument("file", type=Path, help="results file, such as results_dsd100.csv")
    return parser


def print_labels(file: Path) -> int:
    """Prints the sorted labels of a results file in lower case; returns the exit code."""
    labels = {row.label.strip().lower() for row in read_rows(file, needed=["label"])}
    print("Unique labels found:")
    print(sorted({unicodedata.normalize("NFC", label) for label in labels}))
    return EXIT_OK


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    return exit_code(lambda: print_labels(arguments.file))


if __name__ == "__main__":
    sys.exit(main())
