#!/usr/bin/env python3
"""Another label dictionary on the results of an earlier run, without running the models."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import analyze_dsd100
import analyze_moisesdb
from AST.command_line import EXIT_OK, exit_code
from AST.datasets import printable
from AST.errors import UsageError
from AST.evaluation.dictionary import Dictionary
from AST.metrics import accuracy, normalised
from AST.results import (
    OUTPUT_FLAG,
    RUN_RECORD,
    SCORES,
    Row,
    beside,
    check_distinct,
    check_output,
    format_rows,
    read_rows,
)
from AST.writing import write_whole, writing

if TYPE_CHECKING:
    from AST.evaluation.findings import Run

DICTIONARIES = {"dsd100": analyze_dsd100.LABELS, "moisesdb": analyze_moisesdb.LABELS}
MARK = "relabelled_from"
"""Tells in a record that no run wrote it."""


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Writes a results file anew with the proposed labels of another dictionary. "
        "Where the run's scores lie beside the file, predictions are decided from them.",
    )
    parser.add_argument("file", type=Path, help="results file, such as results_dsd100.csv")
    dictionary = parser.add_mutually_exclusive_group(required=True)
    dictionary.add_argument(
        "--dataset", choices=sorted(DICTIONARIES), help="that analyze script's dictionary of today"
    )
    dictionary.add_argument(
        "--labels",
        type=Path,
        metavar="DICTIONARY",
        help='a dictionary in a file, JSON or TOML: {"stem": ["AudioSet name", ...], ...}',
    )
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="default: <file>.relabelled.csv"
    )
    return parser


def relabel(arguments: argparse.Namespace) -> int:
    """Reads, relabels, writes; tells what a dictionary leaves open. Returns the exit code."""
    from AST.evaluation.dictionary import read_dictionary
    from AST.evaluation.findings import read_run
    from AST.evaluation.relabelling import relabelled
    from AST.labels import LabelMap

    file: Path = arguments.file
    rows_before = read_rows(file)
    output: Path = arguments.output or file.with_name(f"{file.with_suffix('').name}.relabelled.csv")
    check_output(output)
    read = [arguments.labels] if arguments.labels else []
    check_distinct([*read, *_files_of(file)], _files_of(output))
    _check_replaceable(output)
    run = read_run(file, rows_before)
    dictionary: Dictionary = (
        read_dictionary(arguments.labels) if arguments.labels else DICTIONARIES[arguments.dataset]
    )
    rows = relabelled(rows_before, run.scores, LabelMap(dictionary))
    _warn(rows, dictionary)
    with writing(output, OUTPUT_FLAG):
        _write(output, rows, run, dictionary)
    _tell(rows_before, rows)
    print(f"written to {output}", file=sys.stderr)
    return EXIT_OK


def _check_replaceable(output: Path) -> None:
    """Whether nothing but an earlier relabelling would be lost: a run takes hours.

    Raises:
        UsageError: Something else is there.
    """
    from AST.evaluation.score_file import read_run_record

    there = [path for path in _files_of(output) if path.exists()]
    if there and MARK not in (read_run_record(output) or {}):
        raise UsageError(
            f"{there[0]}: is there already, and not from relabelling; choose another name by "
            f"{OUTPUT_FLAG}, or remove it"
        )


def _files_of(results: Path) -> list[Path]:
    return [results, beside(results, SCORES), beside(results, RUN_RECORD)]


def _write(output: Path, rows: Sequence[Row], run: "Run", dictionary: Dictionary) -> None:
    """Writes the record first: it tells that the other files are from relabelling."""
    record = {**(run.record or {}), "label_dictionary": dictionary, MARK: printable(run.file)}
    record.pop("counts", None)  # of the old labels
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    write_whole(beside(output, RUN_RECORD), text.encode())
    if run.scores is not None:
        write_whole(beside(output, SCORES), beside(run.file, SCORES).read_bytes())
    else:
        beside(output, SCORES).unlink(missing_ok=True)  # of an earlier relabelling
    write_whole(output, format_rows([Row._fields, *rows]).encode())


def _warn(rows: Sequence[Row], dictionary: Dictionary) -> None:
    from AST.evaluation.dictionary import doubtful_names
    from AST.evaluation.relabelling import uncovered

    lines = doubtful_names(dictionary)
    lines += [
        f"the dictionary does not name the prediction {name!r} ({count} stems): other"
        for name, count in uncovered(rows, dictionary)
    ]
    stems = {normalised(stem) for stem in dictionary}
    lines += [
        f"the dictionary has no stem {label!r}: none of its stems can be right"
        for label in sorted({normalised(row.label) for row in rows} - stems)
    ]
    for line in lines:
        print(f"warning: {line}", file=sys.stderr)


def _tell(before: Sequence[Row], after: Sequence[Row]) -> None:
    predictions = sum(a.prediction != b.prediction for a, b in zip(before, after, strict=True))
    labels = sum(a.proposed_label != b.proposed_label for a, b in zip(before, after, strict=True))
    old, new = accuracy(before), accuracy(after)
    print(f"Accuracy: {new.percent:.2f}% ({new.matches}/{new.total} matches)")
    print(f"Before: {old.percent:.2f}% ({old.matches}/{old.total} matches)")
    print(f"Changed: {labels} proposed labels, {predictions} predictions")


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    return exit_code(lambda: relabel(arguments))


if __name__ == "__main__":
    sys.exit(main())
