"""Precision, recall and F1 of each class, and the figures over all classes, with intervals."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from AST.evaluation.accuracy.song_counts import SongCounts, Totals
from AST.evaluation.statistics.song_bootstrap import Array, percentile_interval
from AST.evaluation.statistics.uncertainty import Estimate, Interval, share_interval


@dataclass(frozen=True)
class ClassFigures:
    """The figures of one class, 0 to 1. A share of no stems is 0.

    Attributes:
        support: Number of stems.
        precision: Of the stems with this proposed label, the share of this class.
        recall: Of the stems of this class, the share with this proposed label.
        precision_interval, recall_interval, f1_interval: None if a single song has such stems.
    """

    label: str
    support: int
    precision: float
    recall: float
    f1: float
    precision_interval: Interval | None
    recall_interval: Interval | None
    f1_interval: Interval | None


@dataclass(frozen=True)
class MacroFigures:
    """Figures over all classes, with the bootstrap of whole songs. doc/statistics.md defines them.

    Attributes:
        macro_f1: Mean F1 of the classes of the stems.
        macro_f1_all_labels: Mean F1 of these classes and of all other proposed labels.
        balanced_accuracy: Mean recall of the classes.
        cohens_kappa, matthews_correlation: -1 to 1; no value if all stems have one label.
    """

    macro_f1: Estimate
    macro_f1_all_labels: Estimate
    balanced_accuracy: Estimate
    cohens_kappa: Estimate
    matthews_correlation: Estimate


def class_figures(counts: SongCounts) -> list[ClassFigures]:
    """The figures of each class, the class with most stems first."""
    return [_one_class(counts, place) for place in range(len(counts.classes))]


def _one_class(counts: SongCounts, place: int) -> ClassFigures:
    right, support, proposed = (part[:, place] for part in counts.by_song)
    hits, stems, named = float(right.sum()), float(support.sum()), float(proposed.sum())

    def interval(share_of: Callable[[Array, Array, Array], tuple[Array, Array]]) -> Interval | None:
        found = share_interval(*share_of(right, support, proposed))
        return found.interval if found else None

    # Of the stems that have the class or the proposed label, the share that has both. F1 follows
    # from it, so its interval does too.
    both = interval(lambda right, support, proposed: (right, support + proposed - right))
    return ClassFigures(
        label=counts.classes[place],
        support=int(stems),
        precision=hits / named if named else 0,
        recall=hits / stems,
        f1=2 * hits / (stems + named),
        precision_interval=interval(lambda right, _, proposed: (right, proposed)),
        recall_interval=interval(lambda right, support, _: (right, support)),
        f1_interval=both and Interval(_f1(both.low_percent), _f1(both.high_percent)),
    )


def _f1(both_percent: float) -> float:
    """F1 in percent, from the share of right stems among those with the class or the label."""
    return 200 * both_percent / (100 + both_percent)


def macro_figures(counts: SongCounts) -> MacroFigures:
    """The figures over all classes."""

    def estimate(figure: Callable[[Totals], Array]) -> Estimate:
        value = float(figure(counts.by_song.summed())[0])
        found = percentile_interval(figure(counts.resampled)) if counts.resampled else None
        return Estimate(
            value if np.isfinite(value) else None,
            Interval(100 * found[0], 100 * found[1]) if found else None,
        )

    return MacroFigures(
        macro_f1=estimate(_macro_f1),
        macro_f1_all_labels=estimate(_macro_f1_all_labels),
        balanced_accuracy=estimate(_balanced_accuracy),
        cohens_kappa=estimate(_cohens_kappa),
        matthews_correlation=estimate(_matthews_correlation),
    )


def _macro_f1(totals: Totals) -> Array:
    has_stems = totals.support > 0
    return ratio((_f1_of_classes(totals) * has_stems).sum(axis=1), has_stems.sum(axis=1))


def _macro_f1_all_labels(totals: Totals) -> Array:
    occurs = totals.proposed > 0
    occurs[:, : totals.support.shape[1]] |= totals.support > 0
    return ratio(_f1_of_classes(totals).sum(axis=1), occurs.sum(axis=1))


def _f1_of_classes(totals: Totals) -> Array:
    named = totals.proposed[:, : totals.support.shape[1]]
    return np.nan_to_num(ratio(2 * totals.right, totals.support + named))


def _balanced_accuracy(totals: Totals) -> Array:
    recalls = np.nan_to_num(ratio(totals.right, totals.support))
    return ratio(recalls.sum(axis=1), (totals.support > 0).sum(axis=1))


def _cohens_kappa(totals: Totals) -> Array:
    stems, right, by_chance = _agreement(totals)
    return ratio(right / stems - by_chance / stems**2, 1 - by_chance / stems**2)


def _matthews_correlation(totals: Totals) -> Array:
    stems, right, by_chance = _agreement(totals)
    spread = stems**2 - (totals.support**2).sum(axis=1)
    spread *= stems**2 - (totals.proposed**2).sum(axis=1)
    return ratio(right * stems - by_chance, np.sqrt(spread))


def _agreement(totals: Totals) -> tuple[Array, Array, Array]:
    """Stems, right stems, and the sum of each class's stems times those with its label."""
    named = totals.proposed[:, : totals.support.shape[1]]
    by_chance = (totals.support * named).sum(axis=1)
    return totals.support.sum(axis=1), totals.right.sum(axis=1), by_chance


def ratio(above: Array, below: Array) -> Array:
    """The quotient; NaN where it is not defined.

    >>> ratio(np.array([1.0, 0.0]), np.array([4.0, 0.0])).tolist()
    [0.25, nan]
    """
    found = np.full(np.shape(above), np.nan)
    np.divide(above, below, out=found, where=below > 0)
    return found
