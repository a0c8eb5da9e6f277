"""Labels decided again from the scores, by the study's rules or by other rules."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from AST.evaluation.files.score_file import StemScores
from AST.evaluation.scores.instrument_scores import instrument_scores
from AST.labels import SPEECH, LabelMap
from AST.metrics import is_match, normalised
from AST.results import Row
from AST.rules import STUDY_RULE, SpeechRule

RULES = {
    "as it is": STUDY_RULE,
    "speech rule off": SpeechRule(speech_from_percent=math.inf),
    '"Speech" never ignored': SpeechRule(ignored_below_percent=0),
}
"""The study's rule and two changes of it, by the names that users see."""


@dataclass(frozen=True)
class RuleEffect:
    """How many of a run's stems are right under a rule, and how many proposed labels change."""

    rule: str
    matches: int
    total: int
    changed: int


def decide_again(
    rows: Sequence[Row], scores: StemScores, label_map: LabelMap, rule: SpeechRule = STUDY_RULE
) -> list[Row]:
    """The rows with the labels that follow from the scores. Rows without scores do not change."""
    names = [name.lower() for name in scores.outputs.candidate_names]
    classes = [label_map(name) for name in scores.outputs.candidate_names]
    best = np.argmax(instrument_scores(scores, rule), axis=1)  # the first one of equal scores
    is_speech = scores.speech_score_percent >= rule.speech_from_percent
    columns = zip(rows, best.tolist(), is_speech.tolist(), scores.has_scores.tolist(), strict=True)
    return [
        row
        if not has_scores
        else Row(row.label, row.path, SPEECH, SPEECH)
        if speech
        else Row(row.label, row.path, names[name], classes[name])
        for row, name, speech, has_scores in columns
    ]


def decided_otherwise(rows: Sequence[Row], scores: StemScores, label_map: LabelMap) -> list[Row]:
    """The rows whose labels do not follow from the scores: edited, or scores of another run."""
    decided = decide_again(rows, scores, label_map)
    return [
        row
        for row, again in zip(rows, decided, strict=True)
        if any(normalised(a) != normalised(b) for a, b in zip(row[2:], again[2:], strict=True))
    ]


def rule_effect(
    name: str, rule: SpeechRule, rows: Sequence[Row], scores: StemScores, label_map: LabelMap
) -> RuleEffect:
    """Accuracy under a rule, and how many proposed labels differ from the results file."""
    decided = decide_again(rows, scores, label_map, rule)
    changed = sum(
        normalised(row.proposed_label) != normalised(before.proposed_label)
        for row, before in zip(decided, rows, strict=True)
    )
    return RuleEffect(name, sum(map(is_match, decided)), len(rows), changed)
