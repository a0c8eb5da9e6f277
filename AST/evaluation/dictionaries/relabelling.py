"""Applies another label dictionary to the results of an earlier run."""

from collections import Counter
from collections.abc import Sequence

from AST.dictionary import Dictionary
from AST.evaluation.files.score_file import StemScores
from AST.evaluation.scores.rule_effects import decide_again
from AST.labels import ERROR, SILENCE, SPEECH, LabelMap
from AST.metrics import normalised
from AST.results import Row

KEPT = (SPEECH, SILENCE, ERROR)
"""Proposed labels that do not come from a label dictionary."""


def relabelled(rows: Sequence[Row], scores: StemScores | None, label_map: LabelMap) -> list[Row]:
    """The rows with the proposed labels of another dictionary.

    If a stem has scores, its prediction is also decided again, by the current rules. Otherwise its
    prediction stays. The proposed labels ``speech``, ``silence`` and ``error`` stay too.
    """
    if scores is not None:
        rows = decide_again(rows, scores, label_map)
    return [
        row
        if normalised(row.proposed_label) in KEPT
        else row._replace(proposed_label=label_map(row.prediction))
        for row in rows
    ]


def uncovered(rows: Sequence[Row], dictionary: Dictionary) -> list[tuple[str, int]]:
    """Predictions that the dictionary does not hold, and how often each occurs.

    Their proposed label is ``other``.
    """
    known = {normalised(name) for names in dictionary.values() for name in names}
    counts = Counter(
        normalised(row.prediction) for row in rows if normalised(row.proposed_label) not in KEPT
    )
    return [(name, count) for name, count in counts.most_common() if name not in known]
