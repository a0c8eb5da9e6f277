"""Applies another label dictionary to the results of an earlier run. No model runs."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from AST.command_line import EXIT_OK, exit_code, new_parser
from AST.commands.arguments import LABELS_HELP
from AST.datasets import DATASETS
from AST.dictionary import Dictionary, dictionary_path
from AST.errors import UsageError
from AST.labels import NO_CLASS
from AST.metrics import accuracy, normalised
from AST.results import (
    OUTPUT_FLAG,
    RUN_RECORD,
    SCORES,
    SIDE_FILES,
    STEMS,
    WINDOWS,
    Row,
    beside,
    check_distinct,
    check_output,
    format_rows,
    read_rows,
)
from AST.run_id import tie_in, tie_of, write_tied
from AST.truth import truth_of
from AST.writing import printable, whole_file, write_whole, writing

if TYPE_CHECKING:
    from AST.evaluation.files.saved_run import SavedRun
    from AST.labels import OutputNames

MARK = "relabelled_from"
"""Stands in a record that relabelling wrote, and in no other."""
PARENT = "relabelled_from_run_id"
"""Stands there too: the run that the scores are of; null if an older version wrote them."""


def build_parser() -> argparse.ArgumentParser:
    parser = new_parser(
        "Writes a new results file with the proposed labels of another dictionary. If the run's "
        "scores lie beside the file, predictions are decided again from them."
    )
    parser.add_argument("file", type=Path, help="results file, such as results_dsd100.csv")
    dictionary = parser.add_mutually_exclusive_group(required=True)
    dictionary.add_argument("--dataset", choices=list(DATASETS), help="the dataset's dictionary")
    dictionary.add_argument(
        "--labels", type=dictionary_path, metavar="DICTIONARY", help=LABELS_HELP
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help="default: FILE.relabelled.csv")
    return parser


def relabel(arguments: argparse.Namespace) -> int:
    """Reads, relabels and writes. Warns of gaps in the dictionary. Returns the exit code."""
    from AST.dictionary import check_names, read_dictionary
    from AST.evaluation.dictionaries.relabelling import relabelled
    from AST.evaluation.files.saved_run import read_run
    from AST.labels import LabelMap

    file: Path = arguments.file
    rows_before = read_rows(file)
    output: Path = arguments.output or file.with_name(
        f"{file.name.removesuffix('.csv')}.relabelled.csv"
    )
    check_output(output)
    read = [arguments.labels] if arguments.labels else []
    check_distinct([*read, *_files_of(file)], _files_of(output))
    _check_replaceable(output)
    run = read_run(file, rows_before)
    dictionary: Dictionary = (
        read_dictionary(arguments.labels)
        if arguments.labels
        else DATASETS[arguments.dataset].names_of_class
    )
    if run.scores:
        check_names(dictionary, run.scores.outputs)
    rows = relabelled(rows_before, run.scores, LabelMap(dictionary))
    _warn(rows, dictionary, run.scores.outputs if run.scores else None)
    with writing(output, OUTPUT_FLAG):
        _write(output, rows, run, dictionary)
    _tell(run, rows)
    print(f"written to {output}", file=sys.stderr)
    return EXIT_OK


def _check_replaceable(output: Path) -> None:
    """Checks that only an earlier relabelling would be overwritten: a run takes hours.

    Raises:
        UsageError: Something else is there.
    """
    from AST.evaluation.files.score_file import read_run_record

    there = [path for path in _files_of(output) if path.exists()]
    if there and MARK not in (read_run_record(output) or {}):
        raise UsageError(
            f"{there[0]}: exists already and is not from relabelling; choose another name with "
            f"{OUTPUT_FLAG}, or remove it"
        )


def _files_of(results: Path) -> list[Path]:
    return [results, *(beside(results, kind) for kind in SIDE_FILES)]


def _write(output: Path, rows: Sequence[Row], run: "SavedRun", dictionary: Dictionary) -> None:
    """Writes the record first: it says that the other files are from relabelling."""
    import numpy as np  # takes time

    from AST.stems_file import stems_blocks

    earlier = run.record or {}
    parent = tie_in(earlier)
    changes = {"label_dictionary": dictionary, PARENT: parent and parent.run_id}
    scores = [] if run.scores is None else [run.scores.scores]
    tie = tie_of(rows, json.dumps(changes).encode(), *scores)
    record = {**earlier, **tie._asdict(), **changes, MARK: printable(run.file)}
    record.pop("counts", None)  # of the old labels
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    write_whole(beside(output, RUN_RECORD), text.encode())
    for kind in (SCORES, WINDOWS):
        if run.scores is not None and beside(run.file, kind).exists():
            with (
                np.load(beside(run.file, kind), allow_pickle=False) as arrays_of_run,
                whole_file(beside(output, kind)) as file,
            ):
                write_tied(file, arrays_of_run, tie)
        else:
            beside(output, kind).unlink(missing_ok=True)  # from an earlier relabelling
    arrays = None if run.scores is None else run.scores.arrays
    outputs = None if run.scores is None else run.scores.outputs
    stems = "".join(stems_blocks(rows, arrays, record, outputs))
    write_whole(beside(output, STEMS), stems.encode())
    write_whole(output, format_rows([Row._fields, *rows]).encode())


def _warn(rows: Sequence[Row], dictionary: Dictionary, outputs: "OutputNames | None") -> None:
    from AST.dictionary import doubtful_names
    from AST.evaluation.dictionaries.relabelling import uncovered

    lines = doubtful_names(dictionary, outputs)
    lines += [
        f"the dictionary does not hold the prediction {name!r} ({count} stems): other"
        for name, count in uncovered(rows, dictionary)
    ]
    can_be_right = {normalised(name) for name in (*dictionary, *NO_CLASS, "")}
    lines += [
        f"the dictionary has no class {label!r}: stems with this label cannot be right"
        for label in sorted({normalised(row.label) for row in rows} - can_be_right)
    ]
    for line in lines:
        print(f"warning: {line}", file=sys.stderr)


def _tell(run: "SavedRun", after: Sequence[Row]) -> None:
    before = run.rows
    predictions = sum(a.prediction != b.prediction for a, b in zip(before, after, strict=True))
    labels = sum(a.proposed_label != b.proposed_label for a, b in zip(before, after, strict=True))
    for name, rows in (("Accuracy", after), ("Before", before)):
        if counted := truth_of(rows, run.record).rows:
            figure = accuracy(counted)
            print(f"{name}: {figure.percent:.2f}% ({figure.matches}/{figure.total} matches)")
    print(f"Changed: {labels} proposed labels, {predictions} predictions")


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    return exit_code(lambda: relabel(arguments))
