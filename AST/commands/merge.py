"""Joins the results of all shards of a run: ``merge_results.py``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from AST.command_line import EXIT_OK, EXIT_SOME_FILES_FAILED, exit_code, new_parser
from AST.writing import visible


def build_parser() -> argparse.ArgumentParser:
    parser = new_parser(
        "Joins the results of all shards of a run (analyze.py --shard K/N): the files are those "
        "that one run writes. No model runs."
    )
    parser.add_argument("output", type=Path, metavar="OUT.csv", help="results file to write")
    parser.add_argument(
        "files", type=Path, nargs="+", metavar="SHARD.csv", help="results of each shard, any order"
    )
    return parser


def merge_files(arguments: argparse.Namespace) -> int:
    """Joins, prints accuracy and mismatches. Returns the exit code.

    Raises:
        UsageError: See ``AST.run.merging.merge``.
    """
    from AST.run.merging import merge  # takes time

    truth, failed = merge(
        arguments.output, arguments.files, lambda line: print(visible(line), file=sys.stderr)
    )
    print(truth.report)
    return EXIT_SOME_FILES_FAILED if failed else EXIT_OK


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    return exit_code(lambda: merge_files(arguments))
