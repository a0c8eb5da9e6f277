"""The scores that a prediction is chosen from, of all stems at once."""

import numpy as np
import numpy.typing as npt

from AST.evaluation.files.score_file import StemScores
from AST.rules import STUDY_RULE, SpeechRule, candidate_scores

InstrumentScores = npt.NDArray[np.float32]
"""Shape (n, candidates), in the order of ``StemScores.outputs``: 91 of AudioSet's names; minus
infinity where a name is left out."""


def instrument_scores(scores: StemScores, rule: SpeechRule = STUDY_RULE) -> InstrumentScores:
    """AST's scores of the names that may be a prediction.

    AudioSet's "Speech" is left out if the speech score is below the limit. All names of a stem
    without scores are left out.
    """
    found = candidate_scores(scores.scores, scores.speech_score_percent, scores.outputs, rule)
    found[~scores.has_scores] = -np.inf
    return found
