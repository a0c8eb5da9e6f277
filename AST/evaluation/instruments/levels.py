"""Whether stems are right at three levels: the class, and the instrument, strict and lenient."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from AST.evaluation.statistics import uncertainty
from AST.evaluation.statistics.uncertainty import Interval
from AST.instruments import Instrument
from AST.labels import ERROR
from AST.metrics import is_match, normalised
from AST.results import Row


class Stem(NamedTuple):
    """A stem whose instrument is known.

    Attributes:
        is_right: Whether the proposed label is the class.
        is_strict: Whether the prediction is one of the instrument's exact names; None if AudioSet
            has none.
        is_lenient: Whether it is an exact or a broader one; None if there is neither.
    """

    class_name: str
    instrument: str
    prediction: str
    song: str
    is_right: bool
    is_strict: bool | None
    is_lenient: bool | None


def stem_of(row: Row, song: str, name: str, instrument: Instrument) -> Stem:
    """A stem with its results at the three levels. A stem that failed is wrong at all of them.

    Args:
        name: Of the instrument.
    """
    prediction = normalised(row.prediction)
    failed = normalised(row.proposed_label) == ERROR
    any_name = instrument.exact + instrument.broader
    return Stem(
        normalised(row.label),
        name,
        prediction,
        song,
        is_match(row),
        not failed and prediction in instrument.exact if instrument.exact else None,
        not failed and prediction in any_name if any_name else None,
    )


@dataclass(frozen=True)
class Share:
    """How many stems are right.

    Attributes:
        interval: 95 % interval of the share, over songs; None if all stems are of one song.
    """

    matches: int
    total: int
    interval: Interval | None


@dataclass(frozen=True)
class Levels:
    """How many of the same stems are right at each level.

    Attributes:
        class_right: The proposed label is the class.
        strict_right: The prediction is one of the instrument's exact AudioSet names; None if a
            stem's instrument has none.
        lenient_right: It is an exact or a broader one; None if a stem's instrument has neither.
    """

    class_right: Share
    strict_right: Share | None
    lenient_right: Share | None


def levels(stems: Sequence[Stem]) -> Levels:
    """Counts the right stems of one or more."""
    songs = [stem.song for stem in stems]
    return Levels(
        _share(songs, [stem.is_right for stem in stems]),
        _share_if_defined(songs, [stem.is_strict for stem in stems]),
        _share_if_defined(songs, [stem.is_lenient for stem in stems]),
    )


def _share(songs: Sequence[str], right: Sequence[bool]) -> Share:
    found = uncertainty.song_interval(songs, right)
    return Share(sum(right), len(right), found.interval if found else None)


def _share_if_defined(songs: Sequence[str], right: Sequence[bool | None]) -> Share | None:
    known = [one for one in right if one is not None]
    return _share(songs, known) if len(known) == len(right) else None
