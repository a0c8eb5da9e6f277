"""The study's rules: from AST's scores and the speech score to one prediction."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from AST.labels import SILENCE, SPEECH, LabelMap, OutputNames, audioset_outputs

Scores = npt.NDArray[np.float32]
"""AST's scores of its outputs, 0 to 1: of AudioSet's names shape (527,)."""
Speech = npt.NDArray[np.float64]

THRESHOLD_SPEECH_PRED_SCORE = 50
"""A stem with this speech score in percent, or more, is speech whatever AST says (study)."""
LOWER_SPEECH_PRED_SCORE = 8
"""Below this speech score in percent, AudioSet's name "Speech" is ignored (study)."""
SILENCE_RMS_DB_THRESHOLD = -48
"""Hi-Audio calls a file with an RMS level below this, in dBFS, silent. No rule here uses it."""


class SpeechRule(NamedTuple):
    """What the speech score decides. The defaults are the study's.

    Attributes:
        speech_from_percent: A stem with this speech score or more is speech.
        ignored_below_percent: Below this speech score AudioSet's name "Speech" is ignored.
    """

    speech_from_percent: float = THRESHOLD_SPEECH_PRED_SCORE
    ignored_below_percent: float = LOWER_SPEECH_PRED_SCORE


STUDY_RULE = SpeechRule()


def decide(
    scores: Scores | None,
    speech_score_percent: float,
    label_map: LabelMap,
    rule: SpeechRule = STUDY_RULE,
    outputs: OutputNames | None = None,
) -> tuple[str, str]:
    """Prediction (lower case) and proposed label. ``scores`` is None for a stem without sound.

    Args:
        outputs: What the scores are of; None: AudioSet's names.
    """
    if scores is None:
        return SILENCE, SILENCE
    if speech_score_percent >= rule.speech_from_percent:
        return SPEECH, SPEECH
    name, _ = best_instrument(scores, speech_score_percent, rule, outputs)
    return name.lower(), label_map(name)


def best_instrument(
    scores: Scores,
    speech_score_percent: float,
    rule: SpeechRule = STUDY_RULE,
    outputs: OutputNames | None = None,
) -> tuple[str, float]:
    """The instrument name with the highest score, and that score (0 to 1)."""
    return ranked_instruments(scores, speech_score_percent, rule, outputs)[0]


def ranked_instruments(
    scores: Scores,
    speech_score_percent: float,
    rule: SpeechRule = STUDY_RULE,
    outputs: OutputNames | None = None,
) -> list[tuple[str, float]]:
    """All instrument names with their scores, the best first.

    AudioSet's "Speech" is left out if the speech score is below the rule's limit.

    Args:
        outputs: What the scores are of; None: AudioSet's names.
    """
    outputs = outputs or audioset_outputs()
    candidates = np.array(outputs.candidates)
    if outputs.speech is not None and speech_score_percent < rule.ignored_below_percent:
        candidates = candidates[candidates != outputs.speech]
    order = candidates[np.argsort(-scores[candidates], kind="stable")]
    return [(outputs.names[index], float(scores[index])) for index in order]


def candidate_scores(
    scores: Scores, speech_score_percent: Speech, outputs: OutputNames, rule: SpeechRule
) -> Scores:
    """The scores that predictions are chosen from; minus infinity where "Speech" is left out.

    Shape: (n, outputs), (n,) -> (n, candidates).
    """
    found: Scores = scores[:, list(outputs.candidates)]
    if outputs.speech is not None:
        ignored = speech_score_percent < rule.ignored_below_percent
        found[ignored, outputs.candidates.index(outputs.speech)] = -np.inf
    return found


def best_of_all(
    scores: Scores, speech_score_percent: Speech, count: int, outputs: OutputNames
) -> tuple[npt.NDArray[np.int64], Scores]:
    """The best instrument names of many stems, as ``ranked_instruments`` ranks them.

    Args:
        scores: Shape (n, outputs); NaN for a stem without scores.
        speech_score_percent: Shape (n,).

    Returns:
        Indices of the outputs and their scores, both of shape (n, count), or less with fewer
        candidates.
    """
    found = candidate_scores(scores, speech_score_percent, outputs, STUDY_RULE)
    order = np.argsort(-found, axis=1, kind="stable")[:, :count]
    return np.array(outputs.candidates)[order], np.take_along_axis(found, order, axis=1)
