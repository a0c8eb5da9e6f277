"""The difference of each two runs over the same stems, with its interval and its tests."""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations

from AST.evaluation.statistics import pair_tests, uncertainty
from AST.evaluation.statistics.pair_tests import OddsRatio
from AST.evaluation.statistics.uncertainty import Interval
from AST.metrics import is_match, normalised
from AST.results import Row


@dataclass(frozen=True)
class Pair:
    """The difference of two runs.

    Attributes:
        first, second: The names of the runs.
        stems: Number of stems that are compared.
        difference_percent: Accuracy of the first minus that of the second, in percentage points.
        interval: 95 % interval of the difference, by songs; None for a single song.
        only_first, only_second: Number of stems that are right only in this run, by class.
        sign_flip_p: Two-sided p value, 0 to 1, of a permutation test that keeps songs whole.
        holm_p: The same, with Holm's correction for the number of pairs.
        mcnemar_p: Two-sided p value, 0 to 1, of McNemar's exact test. Stems as independent.
        disagreements: Number of stems with another proposed label.
        same_prediction: Number of stems with the same prediction.
        only_prediction_differs: Number of stems with another prediction that counts as the same
            proposed label.
    """

    first: str
    second: str
    stems: int
    difference_percent: float
    interval: Interval | None
    only_first: dict[str, int]
    only_second: dict[str, int]
    sign_flip_p: float
    holm_p: float
    mcnemar_p: float
    odds_ratio: OddsRatio
    disagreements: int
    same_prediction: int
    only_prediction_differs: int


def pairs_of(
    names: Sequence[str], columns: Sequence[Sequence[Row]], songs: Sequence[Hashable]
) -> list[Pair]:
    """Each run with each later one. Their order is that of the runs."""
    places = list(combinations(range(len(names)), 2))
    gains = [
        [is_match(a) - is_match(b) for a, b in zip(columns[i], columns[j], strict=True)]
        for i, j in places
    ]
    p_values = [pair_tests.sign_flip_p(songs, one) for one in gains]
    return [
        _pair((names[i], names[j]), columns[i], columns[j], songs, one, p, corrected)
        for (i, j), one, p, corrected in zip(
            places, gains, p_values, pair_tests.holm(p_values), strict=True
        )
    ]


def _pair(
    names: tuple[str, str],
    rows: Sequence[Row],
    other_rows: Sequence[Row],
    songs: Sequence[Hashable],
    gains: Sequence[int],
    p: float,
    holm_p: float,
) -> Pair:
    gained = [row for row, gain in zip(rows, gains, strict=True) if gain > 0]
    lost = [row for row, gain in zip(rows, gains, strict=True) if gain < 0]
    same = Counter(_what_is_same(a, b) for a, b in zip(rows, other_rows, strict=True))
    return Pair(
        *names,
        stems=len(gains),
        difference_percent=100 * sum(gains) / len(gains),
        interval=uncertainty.difference_interval(songs, gains),
        only_first=_by_class(gained),
        only_second=_by_class(lost),
        sign_flip_p=p,
        holm_p=holm_p,
        mcnemar_p=pair_tests.mcnemar_p(len(gained), len(lost)),
        odds_ratio=pair_tests.odds_ratio(len(gained), len(lost)),
        disagreements=same[True, False] + same[False, False],
        same_prediction=same[True, True] + same[True, False],
        only_prediction_differs=same[False, True],
    )


def _what_is_same(row: Row, other: Row) -> tuple[bool, bool]:
    """Whether two rows of a stem have the same prediction, and the same proposed label."""
    return (
        normalised(row.prediction) == normalised(other.prediction),
        normalised(row.proposed_label) == normalised(other.proposed_label),
    )


def _by_class(rows: Sequence[Row]) -> dict[str, int]:
    return dict(Counter(normalised(row.label) for row in rows).most_common())
