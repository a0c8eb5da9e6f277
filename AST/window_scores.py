"""From the scores of a stem's windows to the scores of the stem."""

import numpy as np
import numpy.typing as npt

from AST.labels import OutputNames
from AST.rules import STUDY_RULE, Scores, candidate_scores
from AST.settings import MAX, VOTE

TIE_WEIGHT = 1e-4
"""Of the mean score in a vote. It decides between names with as many votes as each other."""


def pooled(
    scores: npt.NDArray[np.float32], pool: str, speech_score_percent: float, outputs: OutputNames
) -> Scores:
    """The scores of a stem. Shape: (windows, outputs) -> (outputs,), at least one window.

    Args:
        pool: ``mean`` or ``max`` of the windows. ``vote``: the share of the windows in which a name
            is the best one, by the rule for a prediction.
        speech_score_percent: Of the whole stem: it decides whether "Speech" may be the best name.
    """
    if pool == MAX:
        return np.asarray(scores.max(axis=0), np.float32)
    mean = scores.mean(axis=0, dtype=np.float64)
    if pool != VOTE:
        return np.asarray(mean, np.float32)
    speech = np.full(len(scores), speech_score_percent)
    best = candidate_scores(scores, speech, outputs, STUDY_RULE).argmax(axis=1)
    winners = np.array(outputs.candidates)[best]
    shares = np.bincount(winners, minlength=len(outputs.names)) / len(scores)
    return np.asarray((1 - TIE_WEIGHT) * shares + TIE_WEIGHT * mean, np.float32)
