"""What a run knows about one stem, and how it stands in the journal: a line of JSON."""

import base64
import json
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from AST.results import Row


@dataclass(frozen=True)
class StemResult:
    """What a run knows about one stem. A failed or silent stem has NaN or None in some places.

    Attributes:
        scores: AST's scores, shape (outputs,), float32.
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


def to_line(result: StemResult) -> str:
    fields = asdict(replace(result, scores=None))
    if result.scores is not None:
        fields["scores"] = base64.b64encode(result.scores.astype("<f4").tobytes()).decode()
    return json.dumps(fields) + "\n"


def from_fields(fields: dict[str, Any], output_count: int) -> StemResult:
    if fields["scores"] is not None:
        scores = np.frombuffer(base64.b64decode(fields["scores"]), "<f4")
        fields["scores"] = scores.reshape(output_count)
    return StemResult(**{**fields, "row": Row(*fields["row"])})
