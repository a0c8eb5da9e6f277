"""Which songs of different datasets are the same song.

MUSDB18 is made of DSD100's 100 songs, 46 of MedleyDB and 4 more. They are told by their names.
"""

import re
import unicodedata
from pathlib import PurePosixPath

SHARING = frozenset({"DSD100", "MUSDB18", "MUSDB18-HQ", "MedleyDB"})
"""Datasets that have songs in common. Source: the track list of MUSDB18 (sigsep)."""
OWN = frozenset({"your folder", "manifest"})
"""Songs of these are named by their user, and a ``/`` in a name is a part of it."""
DSD100_NUMBER = re.compile(r"^\d{3} - ")
"""Stands before a song's name in DSD100, as in ``040 - The Long Wait - Back Home To Blue``."""


def song_identity(dataset: str | None, song: str) -> str:
    """A text that is the same for the same song, whatever dataset it was found in.

    Datasets that share songs write their names in several ways: only letters and digits count, and
    case and accents do not. Songs of all other datasets are only the same within their dataset.

    Args:
        dataset: As a run's record names it; None if that is not known. Then the name counts too.
        song: Its name, or the path of its folder.

    >>> song_identity("DSD100", "Sources/Test/040 - The Long Wait - Back Home To Blue")
    'thelongwaitbackhometoblue'
    >>> song_identity("MUSDB18-HQ", "A Classic Education - NightOwl")
    'aclassiceducationnightowl'
    >>> song_identity("MedleyDB", "AClassicEducation_NightOwl")
    'aclassiceducationnightowl'
    >>> song_identity("MoisesDB", "moisesdb_v0.1/9653a690")
    'MoisesDB: 9653a690'
    """
    if dataset in OWN:
        return f"{dataset}: {song}"
    name = PurePosixPath(song).name or song
    if dataset is not None and dataset not in SHARING:
        return f"{dataset}: {name}"
    if dataset in ("DSD100", None):
        name = DSD100_NUMBER.sub("", name)
    letters = unicodedata.normalize("NFKD", name).casefold()
    return "".join(filter(str.isalnum, letters)) or name
