"""Which instrument a stem of Slakh2100 is: by the patch that played it, else by its MIDI program.

Source: ``data/slakh2100_patches.json``. The names of the programs (``midi_program_name``) are of no
use: a "Harmonica" may be played by an organ patch.
"""

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from AST.datasets.metadata import KINDS, damaged, member
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
    if not isinstance(stem, dict):
        raise damaged(file, f"a stem is {stem!r:.40}, expected {KINDS[dict]}")
    if stem.get("is_drum") is True:
        return of_program(DRUM_PROGRAM)
    patches: list[str] = patch_table()["patches"].get(str(stem.get("plugin_name")), [])
    if len(patches) == 1:
        return patches[0]
    instrument = of_program(member(stem, "program_num", int, file))
    return instrument if instrument in patches or not patches else ""


def of_program(program: int) -> str:
    """The instrument of a MIDI program, counted from 0; empty if Slakh does not play it.

    >>> of_program(0), of_program(128), of_program(127)
    ('Acoustic Piano', 'Drums', '')
    """
    name: str = patch_table()["programs"].get(str(program), "")
    return name


@functools.cache
def patch_table() -> Mapping[str, Any]:
    """Instruments by patch and by program, and the stems that hold white noise."""
    content: Mapping[str, Any] = json.loads(
        (DATA_FOLDER / "slakh2100_patches.json").read_text("utf-8")
    )
    return content
