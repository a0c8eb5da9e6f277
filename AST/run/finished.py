"""Reads a finished run again, so that only its failed files need to be analysed."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from AST.datasets.stem import Stem
from AST.engines.stem_result import StemResult
from AST.errors import UsageError
from AST.results import RUN_RECORD, SCORE_FIGURES, SCORES, WINDOWS, beside, read_rows
from AST.run.run_record import identity_in
from AST.run_id import Tie, check_ties, tie_in
from AST.settings import STUDY

RETRY_FLAG = "--retry-failed"

_Windows = tuple[npt.NDArray[np.float64] | None, npt.NDArray[np.float16] | None]
"""Where the windows of a stem start, and their scores."""


def read_successes(
    output: Path, identity: Mapping[str, Any], stems: Sequence[Stem]
) -> dict[str, StemResult]:
    """The results of all stems that did not fail, by their paths.

    Raises:
        UsageError: There is no finished run, it was made in another way, its results file was
            edited, or no stem failed.
    """
    rows = read_rows(output)
    scores_path, record_path = beside(output, SCORES), beside(output, RUN_RECORD)
    try:
        record = json.loads(record_path.read_bytes())
        earlier_identity = identity_in(record)
        warnings = {entry["path"]: entry["reason"] for entry in record["warnings"]}
        failed = {entry["path"] for entry in record["failures"]}
        with np.load(scores_path, allow_pickle=False) as arrays:
            ties = {scores_path: tie_in(arrays), record_path: tie_in(record)}
            scores = arrays["scores"]
            figures = [arrays[name].tolist() for name in SCORE_FIGURES]
        windows: list[_Windows] = [(None, None)] * len(scores)
        if record.get("windows", {}).get("windows", STUDY) != STUDY:
            path = beside(output, WINDOWS)
            ties[path], windows = _read_windows(path, len(scores))
    except Exception as error:  # for a damaged file JSON and NumPy raise nearly any error
        raise UsageError(
            f"{output}: its scores or its record cannot be read ({error}); {RETRY_FLAG} needs "
            "both; analyse all files again without it"
        ) from error
    if different := sorted(key for key in identity if identity[key] != earlier_identity.get(key)):
        raise UsageError(
            f"{output}: a run with another {', '.join(different)}; {RETRY_FLAG} needs the same; "
            "analyse all files again without it"
        )
    check_ties(output, rows, ties)
    if not failed:
        raise UsageError(f"{output}: no stem failed, so there is nothing for {RETRY_FLAG}")
    return {
        stem.path_text: StemResult(
            row._replace(path=stem.path_text),
            ast if np.isfinite(ast).all() else None,
            speech,
            rms,
            duration,
            None,
            warnings.get(row.path),
            *windows_of_stem,
        )
        for stem, row, ast, windows_of_stem, speech, rms, duration in zip(
            stems, rows, scores, windows, *figures, strict=True
        )
        if row.path not in failed
    }


def _read_windows(path: Path, stem_count: int) -> tuple[Tie | None, list[_Windows]]:
    """The tie of a file of windows, and the windows of each stem."""
    with np.load(path, allow_pickle=False) as arrays:
        starts_of_stems = np.searchsorted(arrays["stem"], np.arange(1, stem_count))
        pairs = zip(
            np.split(arrays["start_s"], starts_of_stems),
            np.split(arrays["scores"], starts_of_stems),
            strict=True,
        )
        return tie_in(arrays), [pair if len(pair[0]) else (None, None) for pair in pairs]
