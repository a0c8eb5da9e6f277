"""Which instrument a stem of Slakh2100 is: by the patch that played it, else by its MIDI program.

Source: ``data/slakh2100_patches.json``. The names of the programs (``midi_program_name``) are of no
use: a "Harmonica" may be played by an organ patch.
"""

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from AST.datasets.metadata import member
from AST.labels import DATA_FOLDER

DRUM_PROGRAM = 128
"""The program of drums, which MIDI has none for."""


def instrument_of(stem: object, file: Path) -> str:
    """The instrument of a stem; empty if it is none of Slakh's.

    Some patches play several instruments; of these the program's is it.

    Args:
        stem: What the metadata says about it. ``program_num`` counts from 0.
        file: Of the metadata, for the error message.

    Raises:
        UsageError: The metadata is damaged.

    >>> instrument_of({"plugin_name": "transistor_compact.nkm", "program_num": 22}, Path())
    'Organ'
    >>> instrument_of({"plugin_name": "solo_strings.nkm", "program_num": 42}, Path())
    'Cello'
    >>> instrument_of({"plugin_name": None, "program_num": 55}, Path())  # orchestra hit
    ''
    """
    program = member(stem, "program_num", int, file)
    if isinstance(stem, dict) and stem.get("is_drum") is True:
        program = DRUM_PROGRAM
    of_program: str = patch_table()["programs"].get(str(program), "")
    plugin = stem.get("plugin_name") if isinstance(stem, dict) else None
    of_patch: list[str] = patch_table()["patches"].get(str(plugin), [of_program])
    if len(of_patch) == 1:
        return of_patch[0]
    return of_program if of_program in of_patch else ""


@functools.cache
def patch_table() -> Mapping[str, Any]:
    """Instruments by patch and by program, and the stems that hold white noise."""
    content: Mapping[str, Any] = json.loads(
        (DATA_FOLDER / "slakh2100_patches.json").read_text("utf-8")
    )
    return content
