"""The reference study's rules: from AST's scores and the speech score to one label."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from AST.labels import (
    AUDIOSET_SPEECH_INDEX,
    SILENCE,
    SPEECH,
    LabelMap,
    audioset_labels,
    instrument_indices,
)

Scores = npt.NDArray[np.float32]
"""Sigmoid scores of AudioSet's classes, shape (527,)."""

THRESHOLD_SPEECH_PRED_SCORE = 50
"""From this speech score on, in percent, a stem is speech whatever AST says (study)."""
LOWER_SPEECH_PRED_SCORE = 8
"""Below this speech score, in percent, AudioSet's class "Speech" is passed over (study)."""
SILENCE_RMS_DB_THRESHOLD = -48
"""A file whose RMS level lies below this, in dBFS, counts as silent (study)."""


class SpeechRule(NamedTuple):
    """What the speech score decides; the study's, unless another is to be tried.

    Attributes:
        speech_from_percent: From here on a stem is speech.
        passed_over_below_percent: Below it AudioSet's class "Speech" takes no part.
    """

    speech_from_percent: float = THRESHOLD_SPEECH_PRED_SCORE
    passed_over_below_percent: float = LOWER_SPEECH_PRED_SCORE


STUDY_RULE = SpeechRule()


def decide(
    scores: Scores | None,
    speech_score_percent: float,
    proposed_label: LabelMap,
    rule: SpeechRule = STUDY_RULE,
) -> tuple[str, str]:
    """Prediction (lower case) and proposed label; ``scores`` is None for a stem without sound."""
    if scores is None:
        return SILENCE, SILENCE
    if speech_score_percent >= rule.speech_from_percent:
        return SPEECH, SPEECH
    name, _ = best_instrument(scores, speech_score_percent, rule)
    return name.lower(), proposed_label(name)


def best_instrument(
    scores: Scores, speech_score_percent: float, rule: SpeechRule = STUDY_RULE
) -> tuple[str, float]:
    """The highest-scored instrument label, by its AudioSet name, and its score (0 to 1)."""
    return ranked_instruments(scores, speech_score_percent, rule)[0]


def ranked_instruments(
    scores: Scores, speech_score_percent: float, rule: SpeechRule = STUDY_RULE
) -> list[tuple[str, float]]:
    """The instrument labels, by their AudioSet names, and their scores, the best first.

    "Speech" takes part unless the speech model all but rules it out.
    """
    candidates = np.array(instrument_indices())
    if speech_score_percent < rule.passed_over_below_percent:
        candidates = candidates[candidates != AUDIOSET_SPEECH_INDEX]
    order = candidates[np.argsort(-scores[candidates], kind="stable")]
    names = audioset_labels()
    return [(names[index], float(scores[index])) for index in order]
