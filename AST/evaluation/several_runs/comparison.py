"""A run compared with one other run: the same figures as of several runs, seen from this run."""

from dataclasses import dataclass

from AST.evaluation.several_runs.figures import SeveralRuns
from AST.evaluation.statistics.uncertainty import Interval
from AST.metrics import normalised


@dataclass(frozen=True)
class Change:
    """A stem whose proposed label differs between two runs."""

    label: str
    path: str
    prediction: str
    proposed_label: str
    other_prediction: str
    other_proposed_label: str


@dataclass(frozen=True)
class Comparison:
    """The differences between this run and another run.

    Attributes:
        against: The other run's results file.
        stems: Number of stems that both runs have. Only these are compared.
        only_here, only_there: Number of stems that only this (the other) run has.
        songs: Number of songs of the compared stems.
        difference_percent: This accuracy minus the other accuracy, in percentage points.
        interval: 95 % interval of the difference, by songs; None for a single song.
        gained, lost: Number of stems that are right only in this (the other) run, by class.
        mcnemar_p: Two-sided p value of McNemar's exact test, 0 to 1.
        changed: The stems with another proposed label, class by class.
    """

    against: str
    stems: int
    only_here: int
    only_there: int
    songs: int
    accuracy_percent: float
    other_accuracy_percent: float
    difference_percent: float
    interval: Interval | None
    gained: dict[str, int]
    lost: dict[str, int]
    mcnemar_p: float
    changed: list[Change]


def comparison_of_first_two(several: SeveralRuns) -> Comparison:
    """The comparison of the first run with the second."""
    own, other = several.runs[:2]
    pair = several.pairs[0]
    return Comparison(
        against=other.file,
        stems=several.stems,
        only_here=own.left_out,
        only_there=other.left_out,
        songs=several.songs,
        accuracy_percent=own.accuracy_percent,
        other_accuracy_percent=other.accuracy_percent,
        difference_percent=pair.difference_percent,
        interval=pair.interval,
        gained=pair.only_first,
        lost=pair.only_second,
        mcnemar_p=pair.mcnemar_p,
        changed=[
            Change(
                one.label,
                one.path,
                before.prediction,
                before.proposed_label,
                after.prediction,
                after.proposed_label,
            )
            for one in several.disagreements
            for before, after in [one.answers[:2]]
            if normalised(before.proposed_label) != normalised(after.proposed_label)
        ],
    )
