"""Counts by class: which proposed labels and which names AST gives to stems."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from AST.labels import ERROR, NO_CLASS, SPEECH
from AST.metrics import normalised
from AST.results import Row

if TYPE_CHECKING:
    from pandas import DataFrame


def classes_of(rows: Sequence[Row]) -> list[str]:
    """The classes of the stems, the class with most stems first."""
    support = Counter(normalised(row.label) for row in rows)
    return sorted(support, key=lambda label: (-support[label], label))


def labels_of(rows: Sequence[Row]) -> list[str]:
    """The classes, in their order, then the proposed labels that are not a class of these stems."""
    classes = classes_of(rows)
    further = {normalised(row.proposed_label) for row in rows} - set(classes)
    return classes + sorted(further, key=lambda name: (name in NO_CLASS, name))


def no_class_counts(rows: Sequence[Row]) -> dict[str, int]:
    """How many stems have the proposed label ``other``, ``speech``, ``silence`` and ``error``."""
    proposed = Counter(normalised(row.proposed_label) for row in rows)
    return {label: proposed[label] for label in NO_CLASS}


def without_errors(rows: Sequence[Row]) -> list[Row]:
    """The stems that could be analysed."""
    return [row for row in rows if normalised(row.proposed_label) != ERROR]


def confusion_matrix(rows: Sequence[Row]) -> "DataFrame":
    """Number of stems by class (rows) and proposed label (columns).

    The columns begin with the classes, in the order of the rows. Other proposed labels follow.
    """
    import pandas

    labels = pandas.Series([normalised(row.label) for row in rows], name="class")
    proposed = pandas.Series([normalised(row.proposed_label) for row in rows], name="proposed")
    matrix = pandas.crosstab(labels, proposed)
    return matrix.reindex(index=classes_of(rows), columns=labels_of(rows), fill_value=0)


SPEECH_NAME = "AST's name"
"""AST has a name "Speech" too. A stem with that prediction has the proposed label ``other``."""


@dataclass(frozen=True)
class Confusion:
    """How many stems of one class have one prediction."""

    label: str
    prediction: str
    proposed_label: str
    is_match: bool
    count: int

    @property
    def prediction_text(self) -> str:
        """The prediction, with a remark that tells apart the two models that can say speech."""
        if self.prediction != SPEECH:
            return self.prediction
        by_speech_model = self.proposed_label == SPEECH
        return f"{SPEECH} ({'speech model' if by_speech_model else SPEECH_NAME})"


def raw_confusions(rows: Sequence[Row]) -> list[Confusion]:
    """Classes with their predictions, the most frequent pair first, without failed stems."""
    counts = Counter(
        tuple(map(normalised, (row.label, row.prediction, row.proposed_label)))
        for row in without_errors(rows)
    )
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [
        Confusion(label, prediction, proposed, label == proposed, count)
        for (label, prediction, proposed), count in ordered
    ]
