"""The scores that a prediction is chosen from, of all stems at once."""

import numpy as np
import numpy.typing as npt

from AST.evaluation.score_file import StemScores
from AST.labels import AUDIOSET_SPEECH_INDEX, audioset_labels, instrument_indices
from AST.rules import STUDY_RULE, SpeechRule

InstrumentScores = npt.NDArray[np.float32]
"""Shape (n, 91), in the order of ``instrument_names``; minus infinity where a name is left out."""


def instrument_names() -> list[str]:
    """The 91 names, in the order of AST's outputs."""
    labels = audioset_labels()
    return [labels[index] for index in instrument_indices()]


def instrument_scores(scores: StemScores, rule: SpeechRule = STUDY_RULE) -> InstrumentScores:
    """AST's scores of the 91 names. "Speech" is left out if the speech score is below the limit.

    All names of a stem without scores are left out.
    """
    found = scores.scores[:, list(instrument_indices())]
    found[~scores.has_scores] = -np.inf
    ignored = scores.speech_score_percent < rule.ignored_below_percent
    found[ignored, instrument_indices().index(AUDIOSET_SPEECH_INDEX)] = -np.inf
    return found
