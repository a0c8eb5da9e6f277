"""What a run writes beside its results file."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy.typing as npt

from AST.engines.stem_result import StemResult
from AST.labels import OutputNames
from AST.results import RUN_RECORD, SCORES, STEMS, WINDOWS
from AST.run.score_arrays import score_arrays, window_arrays
from AST.run_id import Tie, tied_bytes
from AST.stems_file import stems_text


def arrays_of_files(
    results: Sequence[StemResult], outputs: OutputNames, has_windows: bool
) -> dict[str, dict[str, npt.NDArray[Any]]]:
    """The arrays of each file of scores.

    Args:
        has_windows: Whether the scores of the stems' windows are kept.
    """
    arrays = {SCORES: score_arrays(results, outputs)}
    if has_windows:
        arrays[WINDOWS] = window_arrays(results, outputs)
    return arrays


def contents_of_files(
    results: Sequence[StemResult],
    arrays: Mapping[str, Mapping[str, npt.NDArray[Any]]],
    record: Mapping[str, Any],
    outputs: OutputNames,
    tie: Tie,
) -> dict[str, bytes]:
    """The content of each file.

    Args:
        arrays: See ``arrays_of_files``.
    """
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    stems = stems_text([result.row for result in results], arrays[SCORES], record, outputs)
    return {
        **{kind: tied_bytes(of_file, tie) for kind, of_file in arrays.items()},
        RUN_RECORD: text.encode(),
        STEMS: stems.encode(),
    }
