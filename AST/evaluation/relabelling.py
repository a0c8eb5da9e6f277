"""Another label dictionary on the results of an earlier run."""

from collections import Counter
from collections.abc import Sequence

from AST.dictionary import Dictionary
from AST.evaluation.score_figures import decided_anew
from AST.evaluation.score_file import StemScores
from AST.labels import ERROR, SILENCE, SPEECH, LabelMap
from AST.metrics import normalised
from AST.results import Row

KEPT = (SPEECH, SILENCE, ERROR)
"""Proposed labels that no dictionary decides."""


def relabelled(rows: Sequence[Row], scores: StemScores | None, label_map: LabelMap) -> list[Row]:
    """The rows with other proposed labels.

    With scores the prediction is decided anew too, by the rules of today; without, and where a
    stem has none, it stays, and what the speech rule, silence or a failure decided is kept.
    """
    if scores is not None:
        rows = decided_anew(rows, scores, label_map)
    return [
        row
        if normalised(row.proposed_label) in KEPT
        else row._replace(proposed_label=label_map(row.prediction))
        for row in rows
    ]


def uncovered(rows: Sequence[Row], dictionary: Dictionary) -> list[tuple[str, int]]:
    """Predictions that a dictionary does not name, and so makes ``other``, and how often."""
    known = {name.lower() for names in dictionary.values() for name in names}
    counts = Counter(
        row.prediction.lower() for row in rows if normalised(row.proposed_label) not in KEPT
    )
    return [(name, count) for name, count in counts.most_common() if name not in known]
