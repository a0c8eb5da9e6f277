"""What a run knows about one stem, and how it stands in the journal: a line of JSON."""

import base64
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from AST.results import Row

ENDS_ITS_PROCESS = "ends the process that decodes it, each time; replace the file, or leave it out"
"""Why a stem fails whose file does that."""


@dataclass(frozen=True)
class StemResult:
    """What a run knows about one stem. A failed or silent stem has NaN or None in some places.

    Attributes:
        scores: AST's scores, shape (outputs,), float32; pooled if there are several windows.
        window_start_s: Where each window starts in the file, shape (windows,). None without sound,
            and in the study's way.
        window_scores: AST's scores of each window, shape (windows, outputs).
        failure: Why the stem could not be analysed, or None.
        warning: What is odd about its file, or None.
    """

    row: Row
    scores: npt.NDArray[np.float32] | None = None
    speech_score_percent: float = float("nan")
    rms_dbfs: float = float("nan")
    duration_s: float = float("nan")
    failure: str | None = None
    warning: str | None = None
    window_start_s: npt.NDArray[np.float64] | None = None
    window_scores: npt.NDArray[np.float16] | None = None


# How the arrays stand in a line: as bytes of these types.
ARRAYS = {"scores": "<f4", "window_start_s": "<f8", "window_scores": "<f2"}


def to_line(result: StemResult) -> str:
    fields = {**vars(result), **dict.fromkeys(ARRAYS)}
    for name, kind in ARRAYS.items():
        if (array := getattr(result, name)) is not None:
            fields[name] = base64.b64encode(array.astype(kind).tobytes()).decode()
    return json.dumps(fields) + "\n"


def from_fields(fields: dict[str, Any], output_count: int) -> StemResult:
    """A stem's result from the fields of its line.

    Raises:
        KeyError, TypeError, ValueError: The fields are not those of a line.
    """
    for name, kind in ARRAYS.items():
        if fields[name] is not None:
            fields[name] = np.frombuffer(base64.b64decode(fields[name]), kind)
    if fields["scores"] is not None:
        fields["scores"] = fields["scores"].reshape(output_count)
    if fields["window_start_s"] is not None:
        count = len(fields["window_start_s"])
        fields["window_scores"] = fields["window_scores"].reshape(count, output_count)
    return StemResult(**{**fields, "row": Row(*fields["row"])})
