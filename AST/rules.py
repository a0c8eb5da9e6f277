"""The reference study's rules: from AST's scores and the speech score to one label."""

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


def decide(
    scores: Scores | None, speech_score_percent: float, proposed_label: LabelMap
) -> tuple[str, str]:
    """Prediction (lower case) and proposed label; ``scores`` is None for a stem without sound."""
    if scores is None:
        return SILENCE, SILENCE
    if speech_score_percent >= THRESHOLD_SPEECH_PRED_SCORE:
        return SPEECH, SPEECH
    name, _ = best_instrument(scores, speech_score_percent)
    return name.lower(), proposed_label(name)


def best_instrument(scores: Scores, speech_score_percent: float) -> tuple[str, float]:
    """The highest-scored instrument label, by its AudioSet name, and its score (0 to 1).

    "Speech" takes part unless the speech model all but rules it out.
    """
    candidates = np.array(instrument_indices())
    if speech_score_percent < LOWER_SPEECH_PRED_SCORE:
        candidates = candidates[candidates != AUDIOSET_SPEECH_INDEX]
    best = candidates[scores[candidates].argmax()]
    return audioset_labels()[best], float(scores[best])
