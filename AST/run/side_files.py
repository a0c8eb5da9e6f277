"""What a run writes beside its results file."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy.typing as npt

from AST.labels import OutputNames
from AST.results import RUN_RECORD, SCORES, STEMS, Row, beside
from AST.run_id import Tie, tie_of, write_tied
from AST.stems_file import stems_blocks
from AST.writing import whole_file

Arrays = Mapping[str, Mapping[str, npt.NDArray[Any]]]
"""Those of each file of scores, by their names."""


def tie_of_run(identity: Mapping[str, Any], rows: Sequence[Row], arrays: Arrays) -> Tie:
    """The tie of a run that computed this."""
    of_files = [array for of_file in arrays.values() for array in of_file.values()]
    return tie_of(rows, json.dumps(identity, sort_keys=True).encode(), *of_files)


def write_side_files(
    results: Path,
    rows: Sequence[Row],
    arrays: Arrays,
    record: Mapping[str, Any],
    outputs: OutputNames,
    tie: Tie,
) -> list[str]:
    """Writes each file beside a results file, which need not be there yet. Returns their kinds.

    Args:
        outputs: What AST's scores are of.

    Raises:
        OSError: One cannot be written.
    """
    for kind, of_file in arrays.items():
        with whole_file(beside(results, kind)) as file:
            write_tied(file, of_file, tie)
    with whole_file(beside(results, RUN_RECORD)) as file:
        encoder = json.JSONEncoder(indent=2, ensure_ascii=False)
        file.writelines(text.encode() for text in encoder.iterencode(record))
        file.write(b"\n")
    with whole_file(beside(results, STEMS)) as file:
        blocks = stems_blocks(rows, arrays[SCORES], record, outputs)
        file.writelines(text.encode() for text in blocks)
    return [*arrays, RUN_RECORD, STEMS]
