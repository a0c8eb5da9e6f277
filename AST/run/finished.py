"""Reads a finished run again, so that only its failed files need to be analysed."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from AST.datasets.dataset import Stem
from AST.errors import UsageError
from AST.results import RUN_RECORD, SCORES, beside, read_rows
from AST.run.run_record import identity_in
from AST.run.stem_result import StemResult

RETRY_FLAG = "--retry-failed"


def read_successes(
    output: Path, identity: Mapping[str, Any], stems: Sequence[Stem]
) -> dict[str, StemResult]:
    """The results of all stems that did not fail, by their paths.

    Raises:
        UsageError: There is no finished run, it was made in another way, or no stem failed.
    """
    rows = read_rows(output)
    try:
        record = json.loads(beside(output, RUN_RECORD).read_bytes())
        earlier_identity = identity_in(record)
        warnings = {entry["path"]: entry["reason"] for entry in record["warnings"]}
        failed = {entry["path"] for entry in record["failures"]}
        with np.load(beside(output, SCORES), allow_pickle=False) as file:
            paths = file["paths"].tolist()
            scores, speech, rms = file["scores"], file["speech_score_percent"], file["rms_dbfs"]
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
    labels = [stem.label for stem in stems]
    if [row.path for row in rows] != paths or [row.label for row in rows] != labels:
        raise UsageError(
            f"{output}: its rows are not as the run wrote them; {RETRY_FLAG} needs them in the "
            "same order, with the same labels; analyse all files again without it"
        )
    if not failed:
        raise UsageError(f"{output}: no stem failed, so there is nothing for {RETRY_FLAG}")
    successes = {}
    for number, (stem, row) in enumerate(zip(stems, rows, strict=True)):
        if row.path not in failed:
            successes[stem.path_text] = StemResult(
                row._replace(path=stem.path_text),
                scores[number] if np.isfinite(scores[number]).all() else None,
                float(speech[number]),
                float(rms[number]),
                warning=warnings.get(row.path),
            )
    return successes
