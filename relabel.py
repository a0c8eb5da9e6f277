#!/usr/bin/env python3
"""Another label dictionary on the results of an earlier run, without running the models."""

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import analyze_dsd100
import analyze_moisesdb
from AST.command_line import EXIT_OK, exit_code
from AST.datasets import printable
from AST.evaluation.dictionary import Dictionary
from AST.metrics import accuracy, normalised
from AST.results import (
    RUN_RECORD,
    SCORES,
    Row,
    beside,
    check_distinct,
    check_output,
    format_rows,
    read_rows,
)

DICTIONARIES = {"dsd100": analyze_dsd100.LABELS, "moisesdb": analyze_moisesdb.LABELS}


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
    read = [file, *([arguments.labels] if arguments.labels else [])]
    companions = [[beside(path, kind) for kind in (SCORES, RUN_RECORD)] for path in (file, output)]
    check_distinct([*read, *companions[0]], [output, *companions[1]])
    run = read_run(file, rows_before)
    dictionary: Dictionary = (
        read_dictionary(arguments.labels) if arguments.labels else DICTIONARIES[arguments.dataset]
    )
    rows = relabelled(rows_before, run.scores, LabelMap(dictionary))
    _warn(rows, dictionary)
    output.write_bytes(format_rows([Row._fields, *rows]).encode())
    if run.scores is not None:
        shutil.copyfile(beside(file, SCORES), beside(output, SCORES))
    else:
        beside(output, SCORES).unlink(missing_ok=True)  # of an earlier relabelling
    _write_record(beside(output, RUN_RECORD), run.record or {}, dictionary, file)
    _tell(rows_before, rows)
    print(f"written to {output}", file=sys.stderr)
    return EXIT_OK


def _write_record(
    path: Path, record: dict[str, Any], dictionary: Dictionary, relabelled_from: Path
) -> None:
    new = {**record, "label_dictionary": dictionary, "relabelled_from": printable(relabelled_from)}
    new.pop("counts", None)  # of the old labels
    path.write_text(json.dumps(new, indent=2, ensure_ascii=False), "utf-8")


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
