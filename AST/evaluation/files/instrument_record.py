"""What a run's record says about instruments: which one a stem is of, and its AudioSet names."""

from collections.abc import Mapping, Sequence
from typing import Any

from AST.evaluation.files.paths import values_of
from AST.instruments import Instrument
from AST.metrics import normalised
from AST.results import Row


def check_instruments(record: Mapping[str, Any]) -> None:
    """Checks the part of a run's record that is about instruments.

    Raises:
        TypeError: It is damaged.
        KeyError: It has no names.
    """
    for instrument in record.get("instruments", {}).values():
        if not isinstance(instrument, str):
            raise TypeError(f"the instrument {instrument!r} is not a text")
    for name, entry in record.get("instrument_names", {}).items():
        for kind in ("exact", "broader"):
            names = entry[kind]
            if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
                raise TypeError(f"{kind} of {name!r} is {names!r}")


def instruments_of(rows: Sequence[Row], record: Mapping[str, Any]) -> list[str | None]:
    """The instrument of each row, normalised; None where the record has none."""
    found = values_of([row.path for row in rows], record.get("instruments", {}))
    return [normalised(one) if one else None for one in found]


def known_instruments(record: Mapping[str, Any]) -> dict[str, Instrument]:
    """The instruments whose AudioSet names the record has, by their normalised names."""
    return {
        normalised(name): Instrument(
            class_name="",  # stems have their own
            exact=tuple(map(normalised, entry["exact"])),
            broader=tuple(map(normalised, entry["broader"])),
            is_uncertain=bool(entry.get("uncertain")),
        )
        for name, entry in record.get("instrument_names", {}).items()
    }
