"""What a run's record says about instruments: which one a stem is, and its AudioSet names."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from AST.evaluation.paths import values_of
from AST.metrics import normalised
from AST.results import Row


class Names(NamedTuple):
    """The AudioSet names that stand for an instrument, normalised.

    Attributes:
        exact: They name the instrument itself; empty if AudioSet has no name for it.
        broader: They name a group that holds it, or one that is close to it.
    """

    exact: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    is_uncertain: bool = False


def check_instruments(record: Mapping[str, Any]) -> None:
    """Checks the part of a run's record that is about instruments.

    Raises:
        TypeError: It is damaged.
        KeyError: It has no names.
    """
    for instrument in record.get("instruments", {}).values():
        if not isinstance(instrument, str):
            raise TypeError(f"the instrument {instrument!r} is not a text")
    for instrument, entry in record.get("instrument_names", {}).items():
        for kind in ("exact", "broader"):
            names = entry[kind]
            if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
                raise TypeError(f"{kind} of {instrument!r} is {names!r}")


def instruments_of(rows: Sequence[Row], record: Mapping[str, Any]) -> list[str | None]:
    """The instrument of each row, normalised; None where the record has none."""
    found = values_of([row.path for row in rows], record.get("instruments", {}))
    return [normalised(one) if one else None for one in found]


def names_of_instruments(record: Mapping[str, Any]) -> dict[str, Names]:
    """The AudioSet names of each instrument, by its normalised name."""
    return {
        normalised(instrument): Names(
            tuple(map(normalised, entry["exact"])),
            tuple(map(normalised, entry["broader"])),
            bool(entry.get("uncertain")),
        )
        for instrument, entry in record.get("instrument_names", {}).items()
    }
