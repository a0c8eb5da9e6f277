"""Figures by class: how often AST is right, and which names it gives instead."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from AST.labels import ERROR, NO_CLASS, SPEECH
from AST.metrics import normalised
from AST.results import Row

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True)
class ClassFigures:
    """The figures of one class, 0 to 1. A share of no stems is 0.

    Attributes:
        support: Number of stems.
        precision: Of the stems with this proposed label, the share of this class.
        recall: Of the stems of this class, the share with this proposed label.
    """

    label: str
    support: int
    precision: float
    recall: float
    f1: float


def class_figures(rows: Sequence[Row]) -> list[ClassFigures]:
    """The figures of each class, the class with most stems first."""
    from sklearn.metrics import precision_recall_fscore_support

    classes = classes_of(rows)
    precision, recall, f1, support = precision_recall_fscore_support(
        [normalised(row.label) for row in rows],
        [normalised(row.proposed_label) for row in rows],
        labels=classes,
        zero_division=0,
    )
    return [
        ClassFigures(label, int(support[i]), float(precision[i]), float(recall[i]), float(f1[i]))
        for i, label in enumerate(classes)
    ]


def classes_of(rows: Sequence[Row]) -> list[str]:
    """The classes of the stems, the class with most stems first."""
    support = Counter(normalised(row.label) for row in rows)
    return sorted(support, key=lambda label: (-support[label], label))


def macro_f1(figures: Sequence[ClassFigures]) -> float:
    """Mean F1 of the classes, 0 to 1."""
    return sum(figure.f1 for figure in figures) / len(figures)


def balanced_accuracy(figures: Sequence[ClassFigures]) -> float:
    """Mean recall of the classes, 0 to 1: the accuracy if each class counts the same."""
    return sum(figure.recall for figure in figures) / len(figures)


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

    classes = classes_of(rows)
    labels = pandas.Series([normalised(row.label) for row in rows], name="class")
    proposed = pandas.Series([normalised(row.proposed_label) for row in rows], name="proposed")
    further = sorted(set(proposed) - set(classes), key=lambda name: (name in NO_CLASS, name))
    matrix = pandas.crosstab(labels, proposed)
    return matrix.reindex(index=classes, columns=classes + further, fill_value=0)


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
        """The prediction, with a remark if the speech model made it."""
        by_speech_model = self.proposed_label == self.prediction == SPEECH
        return f"{self.prediction} (speech model)" if by_speech_model else self.prediction


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
