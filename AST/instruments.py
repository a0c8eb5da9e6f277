"""Instruments of datasets, finer than classes, and the AudioSet names that fit each.

The facts lie in ``data/instruments/``, one JSON file for each vocabulary, with its source. A name
that a vocabulary lacks, but that is an AudioSet name, means itself.
"""

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from AST.dictionary import CORRECTED, dictionary_path, read_dictionary
from AST.metrics import normalised

FOLDER = Path(__file__).parent / "data" / "instruments"
ALL_VOCABULARIES = "all"
"""All of them together. What several say, the first one says."""
VOCABULARIES = ("moisesdb", "medleydb", "slakh2100")


class Instrument(NamedTuple):
    """An instrument as a dataset names it.

    Attributes:
        class_name: The class of its stems; empty if such stems are left out.
        exact: AudioSet names (lower case) that say exactly this instrument. Empty if there is none.
        broader: Names that are not wrong, but less exact, or of a close relative.
        is_uncertain: Whether people may disagree about these names.
    """

    class_name: str
    exact: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    is_uncertain: bool = False
    note: str = ""

    def as_record(self) -> dict[str, Any]:
        """As a run's record holds it."""
        return {
            "class": self.class_name,
            "exact": list(self.exact),
            "broader": list(self.broader),
            "uncertain": self.is_uncertain,
        }


@functools.cache
def read_instruments(vocabulary: str) -> Mapping[str, Instrument]:
    """The instruments of a vocabulary, by their normalised names.

    Args:
        vocabulary: The name of a file in ``data/instruments/``, without its suffix; or ``all``.

    >>> read_instruments("slakh2100")["contrabass"].exact
    ('double bass',)
    >>> read_instruments("slakh2100")["gong"].exact
    ('gong',)
    """
    files = reversed(VOCABULARIES) if vocabulary == ALL_VOCABULARIES else (vocabulary,)
    found = {
        name: Instrument(class_name, (name,))
        for class_name, names in read_dictionary(dictionary_path(CORRECTED)).items()
        for name in names
    }
    for file in files:
        found |= _read_file(file)
    return found


def _read_file(vocabulary: str) -> Mapping[str, Instrument]:
    content = json.loads((FOLDER / f"{vocabulary}.json").read_text("utf-8"))
    return {
        normalised(name): Instrument(
            facts["class"] or "",
            tuple(facts["exact"]),
            tuple(facts["broader"]),
            facts.get("uncertain", False),
            facts.get("note", ""),
        )
        for name, facts in content["instruments"].items()
    }
