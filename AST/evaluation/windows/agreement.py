"""How far the windows of a stem agree with the stem."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from AST.evaluation.files.score_file import StemScores
from AST.evaluation.files.window_scores import WindowScores
from AST.evaluation.scores.calibration import decided_by_speech_model
from AST.evaluation.scores.rule_effects import decide_again
from AST.labels import LabelMap
from AST.metrics import is_match, normalised
from AST.results import Row

WINDOWS_AT_ONCE = 4096
"""Their scores in single precision are 9 MB."""


@dataclass(frozen=True)
class Agreement:
    """The share of a stem's windows whose own class is the stem's proposed label, 0 to 1.

    Attributes:
        stems: Number of stems that it is measured on: with two windows or more, and decided by AST.
        speech_decisions: Number of stems left out because the speech model decided them.
        right: Number of stems that are right, of those that it is measured on.
        mean, of_right, of_wrong: Mean over all of these stems, over the right and over the wrong
            ones; None without such stems.
    """

    stems: int
    speech_decisions: int
    right: int
    mean: float | None
    of_right: float | None
    of_wrong: float | None


def agreement(
    rows: Sequence[Row], scores: StemScores, windows: WindowScores, label_map: LabelMap
) -> Agreement:
    """The agreement of a run's stems with their windows."""
    counts = windows.counts(len(rows))
    shares = _agreeing(rows, scores, windows, label_map) / np.maximum(counts, 1)
    several, by_speech_model = counts >= 2, decided_by_speech_model(rows)
    measured = several & ~by_speech_model
    right = measured & np.array([is_match(row) for row in rows])
    return Agreement(
        stems=int(measured.sum()),
        speech_decisions=int((several & by_speech_model).sum()),
        right=int(right.sum()),
        mean=_mean(shares[measured]),
        of_right=_mean(shares[right]),
        of_wrong=_mean(shares[measured & ~right]),
    )


def _agreeing(
    rows: Sequence[Row], scores: StemScores, windows: WindowScores, label_map: LabelMap
) -> npt.NDArray[np.float64]:
    """The number of each stem's windows whose own class is the stem's. Shape: (stems,)."""
    found = np.zeros(len(rows))
    for start in range(0, len(windows.stem), WINDOWS_AT_ONCE):
        stem = windows.stem[start : start + WINDOWS_AT_ONCE]
        own = StemScores(
            windows.scores[start : start + WINDOWS_AT_ONCE].astype(np.float32),
            scores.speech_score_percent[stem],
            outputs=scores.outputs,
        )
        pooled = [rows[place] for place in stem.tolist()]
        labels = zip(pooled, decide_again(pooled, own, label_map), strict=True)
        same = [normalised(a.proposed_label) == normalised(b.proposed_label) for a, b in labels]
        found += np.bincount(stem, weights=same, minlength=len(rows))
    return found


def _mean(values: npt.NDArray[np.float64]) -> float | None:
    return float(values.mean()) if len(values) else None
