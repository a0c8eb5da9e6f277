"""From the scores of a stem's windows to the scores of the stem."""

import numpy as np
import numpy.typing as npt

from AST.labels import OutputNames
from AST.rules import STUDY_RULE, Scores, candidate_scores
from AST.settings import MAX, VOTE

TIE_STEP = 1e-6
"""In a vote, from one name to the next better one with as many votes. Single precision holds it."""
HALF_A_VOTE = 0.5
"""What decides between equal names must never be as much as a vote."""


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
    votes = np.bincount(winners, minlength=len(outputs.names))
    return _shares(votes, mean)


def _shares(votes: npt.NDArray[np.int64], mean: npt.NDArray[np.float64]) -> Scores:
    """The share of the votes of each name. Of names with as many, a higher mean is a little more.

    Names without a vote have their mean, made so small that one vote is always more.

    >>> shares = _shares(np.array([1, 1, 0]), np.array([0.01, 0.02, 0.03]))
    >>> [f"{share:.7f}" for share in shares]
    ['0.5000000', '0.5000010', '0.0000030']
    """
    count = votes.sum()
    named = np.flatnonzero(votes)
    shares = mean * min(100 * TIE_STEP, HALF_A_VOTE / count)
    ascending = named[np.lexsort((-named, mean[named]))]
    step = min(TIE_STEP, HALF_A_VOTE / (count * len(named)))
    shares[ascending] = votes[ascending] / count + step * np.arange(len(named))
    return np.asarray(shares, np.float32)
