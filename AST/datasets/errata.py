"""What is known to be wrong with stems of public datasets, from ``data/errata.json``."""

import functools
import json
from collections.abc import Mapping
from fnmatch import fnmatchcase

from AST.labels import DATA_FOLDER
from AST.metrics import normalised


def erratum(dataset: str, song: str, *names: str) -> str:
    """What is known to be wrong with a stem; empty if nothing is.

    Args:
        dataset: Its key in the file.
        names: What the stem may be called there: its number, class or instrument.

    >>> erratum("musdb18", "Chris Durban - Celebrate", "Vocals")
    'other instruments are in it'
    >>> erratum("musdb18", "Chris Durban - Celebrate", "bass")
    ''
    """
    keys = [normalised(f"{song}/{name}") for name in names]
    notes = _notes(dataset).items()
    return next((note for pattern, note in notes for key in keys if fnmatchcase(key, pattern)), "")


@functools.cache
def _notes(dataset: str) -> Mapping[str, str]:
    content = json.loads((DATA_FOLDER / "errata.json").read_text("utf-8"))
    return {normalised(key): note for key, note in content[dataset]["stems"].items()}
