"""The study's own results, stem by stem: where they are, and which stems they list."""

from collections.abc import Iterable
from pathlib import PurePath

from AST.labels import DATA_FOLDER
from AST.results import read_rows

FILES = {name: DATA_FOLDER / "published" / f"{name.lower()}.csv" for name in ("DSD100", "MoisesDB")}
"""By the names of the datasets. Both runs have every stem that has a class."""
PARTS_OF_KEY = 2


def missing_stems(dataset: str, paths: Iterable[str]) -> list[str]:
    """The dataset's stems that are not among these paths.

    Empty without a list of them, or if none of the paths is in it: that is another dataset.
    """
    if dataset not in FILES:
        return []
    listed = {_key(row.path): row.path for row in read_rows(FILES[dataset])}
    missing = listed.keys() - set(map(_key, paths))
    return [] if len(missing) == len(listed) else [listed[key] for key in listed if key in missing]


def _key(path: str) -> str:
    """A stem is known by its file and its folder, in whatever format and place.

    >>> _key("/data/Sources/Dev/051 - A - B/bass.FLAC")
    '051 - a - b/bass'
    """
    return "/".join(PurePath(path).with_suffix("").parts[-PARTS_OF_KEY:]).casefold()
