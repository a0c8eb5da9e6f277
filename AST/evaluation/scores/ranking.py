"""How well AST's scores rank stems and classes, whatever the highest score is.

A class's score is the highest score of its AudioSet names. The speech model plays no part, except
that "Speech" is no candidate if the speech score is low.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from AST.evaluation.files.score_file import StemScores
from AST.evaluation.scores.instrument_scores import instrument_scores
from AST.labels import OTHER, LabelMap, OutputNames
from AST.metrics import normalised
from AST.results import Row

CURVE_POINTS = 100
TOP_CLASSES = (1, 2, 3, 5)

ClassScores = npt.NDArray[np.float64]
"""A score of each class, 0 to 1, shape (stems, classes); 0 if no name is a candidate."""


@dataclass(frozen=True)
class ClassRanking:
    """How well the score of one class finds the stems of that class, among stems with scores.

    Attributes:
        support: Number of stems of the class.
        average_precision: Mean precision over all stems of the class, each at its own score.
        roc_auc: The chance that a stem of the class has a higher score than another stem. None
            if all stems are of the class.
        recalls, precisions: The curve, the lowest recall first, at most 100 points.
    """

    label: str
    support: int
    average_precision: float
    roc_auc: float | None
    recalls: list[float]
    precisions: list[float]


def classes_with_names(label_map: LabelMap, outputs: OutputNames) -> dict[str, list[int]]:
    """The classes of the dictionary, with the places of their names among the candidates."""
    places: dict[str, list[int]] = {}
    for place, name in enumerate(outputs.candidate_names):
        places.setdefault(normalised(label_map(name)), []).append(place)
    places.pop(OTHER, None)
    return places


def class_scores(scores: StemScores, places: dict[str, list[int]]) -> ClassScores:
    """The highest score of each class's names."""
    found = instrument_scores(scores)
    highest = np.zeros((len(found), len(places)))
    for column, names in enumerate(places.values()):
        highest[:, column] = found[:, names].max(axis=1).clip(min=0)
    return highest


def class_rankings(
    rows: Sequence[Row], scores: StemScores, label_map: LabelMap
) -> list[ClassRanking]:
    """The ranking of each class that has stems and names, the class with most stems first."""
    from sklearn.metrics import average_precision_score, roc_auc_score

    places = classes_with_names(label_map, scores.outputs)
    found = class_scores(scores, places)[scores.has_scores]
    labels = np.array([normalised(row.label) for row in rows])[scores.has_scores]
    rankings = []
    for place, label in enumerate(places):
        is_class, score = labels == label, found[:, place]
        if is_class.any():
            rankings.append(
                ClassRanking(
                    label,
                    int(is_class.sum()),
                    float(average_precision_score(is_class, score)),
                    None if is_class.all() else float(roc_auc_score(is_class, score)),
                    *precision_recall_curve(is_class, score),
                )
            )
    return sorted(rankings, key=lambda one: (-one.support, one.label))


def precision_recall_curve(
    is_class: npt.NDArray[np.bool_], score: npt.NDArray[np.float64]
) -> tuple[list[float], list[float]]:
    """Recalls and precisions from the highest threshold on, thinned: evenly over the recall.

    >>> precision_recall_curve(np.array([True, False, True]), np.array([0.9, 0.8, 0.1]))
    ([0.5, 1.0], [1.0, 0.666...])
    """
    from sklearn import metrics

    precisions, recalls, _ = metrics.precision_recall_curve(is_class, score)
    precisions, recalls = precisions[-2::-1], recalls[-2::-1]  # its last point is made up
    wanted = np.linspace(recalls[0], 1, CURVE_POINTS)
    points = np.unique(np.searchsorted(recalls, wanted).clip(max=len(recalls) - 1))
    points = points[recalls[points] > 0]
    return recalls[points].tolist(), precisions[points].tolist()


def mean_of(values: Sequence[float | None]) -> float | None:
    """The mean of the known values; None if there is none.

    >>> mean_of([0.5, None, 1.0]), mean_of([None])
    (0.75, None)
    """
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def top_classes(rows: Sequence[Row], scores: StemScores, label_map: LabelMap) -> dict[int, float]:
    """The share of stems, 0 to 1, whose class is among the k classes with the highest scores.

    Of classes with the same score all but the right one count as better. A stem without scores, or
    whose class has no name, is among none.
    """
    places = classes_with_names(label_map, scores.outputs)
    found = class_scores(scores, places)
    number = {label: place for place, label in enumerate(places)}
    own = np.array([number.get(normalised(row.label), -1) for row in rows])
    of_right = found[np.arange(len(rows)), own] if places else np.zeros(len(rows))
    ranks = (found >= of_right[:, None]).sum(axis=1).astype(float)
    ranks[(own < 0) | ~scores.has_scores | (of_right <= 0)] = np.inf
    return {k: float((ranks <= k).mean()) for k in TOP_CLASSES if k <= len(places)}
