"""Reads a finished run again: to analyse only its failed files, or to join it with others."""

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from AST.datasets.stem import Stem
from AST.engines.stem_result import StemResult
from AST.errors import UsageError
from AST.results import RUN_RECORD, SCORE_FIGURES, SCORES, WINDOWS, Row, beside, read_rows
from AST.run.run_record import identity_in
from AST.run_id import Tie, check_ties, tie_in
from AST.settings import STUDY

RETRY_FLAG = "--retry-failed"

_Windows = tuple[npt.NDArray[np.float64] | None, npt.NDArray[np.float16] | None]
"""Where the windows of a stem start, and their scores."""


class Finished(NamedTuple):
    """A finished run.

    Attributes:
        identity: See ``run_identity``.
        arrays: Those of each file of scores.
    """

    output: Path
    rows: list[Row]
    record: dict[str, Any]
    identity: dict[str, Any]
    arrays: dict[str, dict[str, npt.NDArray[Any]]]


@contextlib.contextmanager
def reading(output: Path) -> Iterator[None]:
    """Turns whatever the scores or the record of a run raise into one line for the user.

    Raises:
        UsageError: They are damaged.
    """
    try:
        yield
    except UsageError:
        raise
    except Exception as error:  # for a damaged file JSON and NumPy raise nearly any error
        reason = f"there is no {error}" if isinstance(error, KeyError) else error
        raise UsageError(
            f"{output}: its scores or its record cannot be read ({reason}); analyse its stems again"
        ) from error


def read_finished(output: Path) -> Finished:
    """Reads a results file and what is beside it.

    Raises:
        UsageError: A file cannot be read, or they are not of one run.
    """
    rows = read_rows(output)
    with reading(output):
        record = json.loads(beside(output, RUN_RECORD).read_bytes())
        identity = identity_in(record)
        ties, arrays = {}, {}
        has_windows = identity.get("windows", {}).get("windows", STUDY) != STUDY
        for kind in (SCORES, WINDOWS) if has_windows else (SCORES,):
            with np.load(beside(output, kind), allow_pickle=False) as file:
                ties[beside(output, kind)] = tie_in(file)
                arrays[kind] = {name: file[name] for name in file if name not in Tie._fields}
    ties[beside(output, RUN_RECORD)] = tie_in(record)
    check_ties(output, rows, ties)
    return Finished(output, rows, record, identity, arrays)


def read_successes(
    output: Path, identity: Mapping[str, Any], stems: Sequence[Stem]
) -> dict[str, StemResult]:
    """The results of all stems that did not fail, by their paths.

    Raises:
        UsageError: There is no finished run, it was made in another way, its results file was
            edited, or no stem failed.
    """
    run = read_finished(output)
    keys = sorted(identity.keys() | run.identity.keys())
    if different := [key for key in keys if identity.get(key) != run.identity.get(key)]:
        raise UsageError(
            f"{output}: a run with another {', '.join(different)}; {RETRY_FLAG} needs the same; "
            "analyse all files again without it"
        )
    with reading(output):
        warnings = {entry["path"]: entry["reason"] for entry in run.record["warnings"]}
        failed = {entry["path"] for entry in run.record["failures"]}
        scores = run.arrays[SCORES]["scores"]
        figures = [run.arrays[SCORES][name].tolist() for name in SCORE_FIGURES]
        windows = _windows_of_stems(run.arrays.get(WINDOWS), len(scores))
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
            stems, run.rows, scores, windows, *figures, strict=True
        )
        if row.path not in failed
    }


def _windows_of_stems(
    arrays: Mapping[str, npt.NDArray[Any]] | None, stem_count: int
) -> list[_Windows]:
    if arrays is None:
        return [(None, None)] * stem_count
    starts_of_stems = np.searchsorted(arrays["stem"], np.arange(1, stem_count))
    pairs = zip(
        np.split(arrays["start_s"], starts_of_stems),
        np.split(arrays["scores"], starts_of_stems),
        strict=True,
    )
    return [pair if len(pair[0]) else (None, None) for pair in pairs]
