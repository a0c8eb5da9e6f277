"""All figures at the level of the instrument."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from AST.evaluation.accuracy.classes import classes_of
from AST.evaluation.files.instrument_record import instruments_of, known_instruments
from AST.evaluation.instruments.levels import Levels, Stem, levels, stem_of
from AST.instruments import Instrument
from AST.metrics import is_match, normalised
from AST.results import Row

UNKNOWN = Instrument("")
"""Stands for an instrument whose AudioSet names the record does not have."""


@dataclass(frozen=True)
class InstrumentFigures:
    """The stems of one class that are of one instrument.

    Attributes:
        instrument: Its name in the dataset.
        exact, broader: The AudioSet names that count as right, strict and lenient.
        is_uncertain: Whether people may disagree about these names.
        predictions: Those that occur, with their numbers of stems, the most frequent one first.
        mistakes: Number of stems whose proposed label is not the class.
        mistakes_right_strictly: Of these, the ones that are strictly right at the level of the
            instrument; None if AudioSet has no name for it.
    """

    class_name: str
    instrument: str
    stems: int
    exact: list[str]
    broader: list[str]
    is_uncertain: bool
    right: Levels
    predictions: dict[str, int]
    mistakes: int
    mistakes_right_strictly: int | None


@dataclass(frozen=True)
class HiddenInstruments:
    """A class that holds two or more instruments.

    Attributes:
        instruments: Number of them.
        mistakes: Number of all stems of the class whose proposed label is another.
        mistakes_without_instrument: Of these, the ones whose instrument is not known.
        mistakes_right_strictly: Of these, the ones that are strictly right at the level of the
            instrument.
    """

    class_name: str
    instruments: int
    mistakes: int
    mistakes_without_instrument: int
    mistakes_right_strictly: int


@dataclass(frozen=True)
class InstrumentFindings:
    """All figures at the level of the instrument.

    Attributes:
        with_exact_name: The stems whose instrument has an exact AudioSet name; None if there are
            none. All three levels are of the same stems.
        with_broader_name: The stems whose instrument has broader names only; None if there are
            none. Strictly right is not defined.
        without_name: Number of stems whose instrument has no AudioSet name at all.
        unknown_to_suite: Number of stems whose instrument this suite knows no AudioSet names of.
        without_instrument: Number of stems whose instrument is not known.
        instruments: Class by class, the most frequent ones first.
        hidden: The classes with two or more instruments.
    """

    with_exact_name: Levels | None
    with_broader_name: Levels | None
    without_name: int
    unknown_to_suite: int
    without_instrument: int
    instruments: list[InstrumentFigures]
    hidden: list[HiddenInstruments]

    @property
    def prediction_names(self) -> list[str]:
        """All predictions that occur, the most frequent one first."""
        counts: Counter[str] = Counter()
        for one in self.instruments:
            counts.update(one.predictions)
        return sorted(counts, key=lambda name: (-counts[name], name))


def instrument_findings(
    rows: Sequence[Row], songs: Sequence[str], record: Mapping[str, Any] | None
) -> InstrumentFindings | None:
    """The figures of a run; None if its record says no stem's instrument.

    Args:
        songs: The song of each row.
    """
    if not record or not record.get("instruments"):
        return None
    found, known = instruments_of(rows, record), known_instruments(record)
    stems = [
        stem_of(row, song, name, known.get(name, UNKNOWN))
        for row, song, name in zip(rows, songs, found, strict=True)
        if name
    ]
    if not stems:
        return None
    figures = _by_instrument(stems, classes_of(rows), known)
    exact = [stem for stem in stems if stem.is_strict is not None]
    unknown = sum(stem.instrument not in known for stem in stems)
    broader = [stem for stem in stems if stem.is_strict is None and stem.is_lenient is not None]
    return InstrumentFindings(
        with_exact_name=levels(exact) if exact else None,
        with_broader_name=levels(broader) if broader else None,
        without_name=len(stems) - len(exact) - len(broader) - unknown,
        unknown_to_suite=unknown,
        without_instrument=len(rows) - len(stems),
        instruments=figures,
        hidden=_hidden(
            figures, Counter(normalised(row.label) for row in rows if not is_match(row))
        ),
    )


def _by_instrument(
    stems: Sequence[Stem], classes: Sequence[str], known: Mapping[str, Instrument]
) -> list[InstrumentFigures]:
    groups: dict[tuple[str, str], list[Stem]] = {}
    for stem in stems:
        groups.setdefault((stem.class_name, stem.instrument), []).append(stem)
    place = {class_name: number for number, class_name in enumerate(classes)}
    ordered = sorted(groups, key=lambda pair: (place[pair[0]], -len(groups[pair]), pair))
    return [_figures(groups[pair], known.get(pair[1], UNKNOWN)) for pair in ordered]


def _figures(stems: Sequence[Stem], instrument: Instrument) -> InstrumentFigures:
    wrong = [stem for stem in stems if not stem.is_right]
    return InstrumentFigures(
        class_name=stems[0].class_name,
        instrument=stems[0].instrument,
        stems=len(stems),
        exact=list(instrument.exact),
        broader=list(instrument.broader),
        is_uncertain=instrument.is_uncertain,
        right=levels(stems),
        predictions=_counted(stems),
        mistakes=len(wrong),
        mistakes_right_strictly=sum(map(bool, (one.is_strict for one in wrong)))
        if instrument.exact
        else None,
    )


def _hidden(
    figures: Sequence[InstrumentFigures], mistakes: Mapping[str, int]
) -> list[HiddenInstruments]:
    of_class: dict[str, list[InstrumentFigures]] = {}
    for one in figures:
        of_class.setdefault(one.class_name, []).append(one)
    return [
        HiddenInstruments(
            class_name,
            len(own),
            mistakes[class_name],
            mistakes[class_name] - sum(one.mistakes for one in own),
            sum(one.mistakes_right_strictly or 0 for one in own),
        )
        for class_name, own in of_class.items()
        if len(own) > 1
    ]


def _counted(stems: Sequence[Stem]) -> dict[str, int]:
    """Predictions with their numbers of stems, the most frequent one first."""
    counts = Counter(stem.prediction for stem in stems)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
