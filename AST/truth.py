"""Which stems can be right or wrong. Others count in no figure, and it is said how many they are.

A stem without a label has no truth. Neither has a stem in which nothing sounds, whatever its label
says; but the study counted such stems of DSD100 and MoisesDB as wrong, and so does this suite.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from AST.labels import SILENCE
from AST.metrics import accuracy_report, normalised
from AST.results import Row

SILENT_STEMS = "silent_stems"
"""The key in a run's record. Without it silent stems count, as in the study."""
COUNTED, APART = "counted", "apart"
NO_TRUTH = "no stem that sounds has a label, so there is no accuracy"


class Truth(NamedTuple):
    """The rows that count, and how many do not."""

    rows: list[Row]
    silent: int = 0
    unlabelled: int = 0

    @property
    def remarks(self) -> list[str]:
        """What does not count, in words.

        >>> Truth([], silent=2, unlabelled=1).remarks
        ['Not counted: 2 stems in which nothing sounds, 1 stem without a label']
        """
        text = not_counted(self.silent, self.unlabelled)
        return [f"Not counted: {text}"] if text else []

    @property
    def report(self) -> str:
        """The accuracy, what does not count, and each mismatch."""
        if not self.rows:
            return "\n".join([NO_TRUTH.capitalize(), *self.remarks])
        figure, *mismatches = accuracy_report(self.rows).split("\n")
        return "\n".join([figure, *self.remarks, *mismatches])


def not_counted(silent: int, unlabelled: int) -> str:
    """How many stems do not count, in words; empty if all do."""
    kinds = {"in which nothing sounds": silent, "without a label": unlabelled}
    counts = [(f"{count} stem{'s' * (count != 1)}", kind) for kind, count in kinds.items() if count]
    return ", ".join(f"{count} {kind}" for count, kind in counts)


def truth_of(rows: Sequence[Row], record: Mapping[str, Any] | None) -> Truth:
    """Sorts out the rows that do not count.

    Args:
        record: Of the run; None if it is not known.

    >>> rows = [Row("", "a.wav", "tick", "other"), Row("bass", "b.wav", "silence", "silence")]
    >>> truth_of(rows, {"silent_stems": "apart"})
    Truth(rows=[], silent=1, unlabelled=1)
    """
    labelled = [row for row in rows if row.label.strip()]
    counted = labelled
    if (record or {}).get(SILENT_STEMS) == APART:
        counted = [row for row in labelled if normalised(row.proposed_label) != SILENCE]
    return Truth(counted, len(labelled) - len(counted), len(rows) - len(labelled))
