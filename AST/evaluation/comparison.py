"""Compares two runs over the same stems, stem by stem."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from AST.errors import UsageError
from AST.evaluation.paths import comparable
from AST.evaluation.saved_run import SavedRun
from AST.evaluation.uncertainty import Interval, difference_interval
from AST.metrics import accuracy, is_match, normalised
from AST.results import Row
from AST.writing import printable


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
        interval: 95 % interval of the difference, by drawing whole songs; None for a single song.
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


def compare(run: SavedRun, other_run: SavedRun) -> Comparison:
    """Compares a run with another one over the same stems.

    Raises:
        UsageError: The runs have no stem in common, or a stem has two classes.
    """
    pairs = _pairs(run, other_run)
    gains = [is_match(row) - is_match(other) for row, other in pairs]
    gained = [row for row, other in pairs if is_match(row) > is_match(other)]
    lost = [row for row, other in pairs if is_match(row) < is_match(other)]
    song_of_path = dict(zip([row.path for row in run.rows], run.songs, strict=True))
    songs = [song_of_path[row.path] for row, _ in pairs]
    own, other = accuracy([row for row, _ in pairs]), accuracy([row for _, row in pairs])
    return Comparison(
        against=printable(other_run.file),
        stems=len(pairs),
        only_here=len(run.rows) - len(pairs),
        only_there=len(other_run.rows) - len(pairs),
        songs=len(set(songs)),
        accuracy_percent=own.percent,
        other_accuracy_percent=other.percent,
        difference_percent=own.percent - other.percent,
        interval=difference_interval(songs, gains),
        gained=_by_class(gained),
        lost=_by_class(lost),
        mcnemar_p=mcnemar_p(len(gained), len(lost)),
        changed=[
            Change(*row, other.prediction, other.proposed_label)
            for row, other in sorted(pairs, key=lambda pair: pair[0].label)
            if normalised(row.proposed_label) != normalised(other.proposed_label)
        ],
    )


def mcnemar_p(gained: int, lost: int) -> float:
    """The two-sided p value, 0 to 1, of McNemar's exact test.

    It is the probability of counts at least this unequal if gains and losses are equally likely.
    Source: McNemar, Note on the sampling error of the difference between correlated proportions or
    percentages, Psychometrika 1947.

    >>> mcnemar_p(8, 1)
    0.0390625
    >>> mcnemar_p(0, 0)
    1.0
    """
    from scipy.stats import binomtest

    return float(binomtest(gained, gained + lost).pvalue) if gained + lost else 1.0


def _pairs(run: SavedRun, other_run: SavedRun) -> list[tuple[Row, Row]]:
    """Each stem's rows in both runs, matched by path, or else by path from the song's folder on."""
    own, other = _by_path(run), _by_path(other_run)
    pairs = [(own.pop(path), other.pop(path)) for path in list(own) if path in other]
    if own and other:  # one run may have read the dataset from another folder
        own, other = _by_path_from_song(run, own), _by_path_from_song(other_run, other)
        pairs += [(row, other[key]) for key, row in own.items() if key in other]
    if not pairs:
        raise UsageError(
            f"{run.file} and {other_run.file} have no stem in common: found "
            f"{run.rows[0].path} and {other_run.rows[0].path}; expected two runs over the same "
            "dataset"
        )
    for row, counterpart in pairs:
        if normalised(row.label) != normalised(counterpart.label):
            raise UsageError(
                f"{row.path}: its class is {row.label} in {run.file} and {counterpart.label} in "
                f"{other_run.file}; expected two runs over the same dataset"
            )
    return pairs


def _by_path(run: SavedRun) -> dict[str, Row]:
    return _by_key(run, [(comparable(row.path), row) for row in run.rows])


def _by_path_from_song(run: SavedRun, unmatched: Mapping[str, Row]) -> dict[str, Row]:
    pairs = zip(run.paths_from_song, run.rows, strict=True)
    return _by_key(run, [(key, row) for key, row in pairs if comparable(row.path) in unmatched])


def _by_key(run: SavedRun, pairs: Sequence[tuple[str, Row]]) -> dict[str, Row]:
    by_key = dict(pairs)
    if len(by_key) < len(pairs):
        [(key, count)] = Counter(key for key, _ in pairs).most_common(1)
        raise UsageError(
            f"{run.file}: {count} rows have the path {key}; expected each path once, to match the "
            "stems of both runs"
        )
    return by_key


def _by_class(rows: Sequence[Row]) -> dict[str, int]:
    return dict(Counter(normalised(row.label) for row in rows).most_common())
