"""Which stems belong to the same song. Such stems are not independent of each other.

A run records the song of each stem. For results without a record the song is guessed from paths.
"""

from collections.abc import Sequence
from pathlib import PurePosixPath

from AST.evaluation.files.paths import comparable
from AST.metrics import normalised
from AST.results import Row

PARTS_WITHOUT_SONG = 2  # of a path, if the song is not a folder in it: the folder and the file


def guessed_songs(rows: Sequence[Row]) -> list[str]:
    """The song's folder of each stem, for the layouts of DSD100 and MoisesDB.

    If the folder of a file is named after its class, the song is the folder above. Otherwise the
    song is the folder of the file. The majority of the rows decides for all rows.

    >>> guessed_songs([Row("bass", "Sources/Dev/051 - A - B/bass.wav", "bass guitar", "bass")])
    ['Sources/Dev/051 - A - B']
    >>> guessed_songs([Row("bass", "moisesdb_v0.1/9653a690/bass/9eb0e462.wav", "tick", "other")])
    ['moisesdb_v0.1/9653a690']
    """
    paths = [PurePosixPath(comparable(row.path)) for row in rows]
    pairs = list(zip(paths, [normalised(row.label) for row in rows], strict=True))
    files = sum(normalised(path.stem) == label for path, label in pairs)
    folders = sum(normalised(path.parent.name) == label for path, label in pairs)
    in_folders = folders and folders >= files
    return [str(path.parent.parent if in_folders else path.parent) for path in paths]


def path_from_song(path: str, song: str) -> str:
    """A stem's path from its song's folder on. It does not depend on where the dataset is.

    >>> path_from_song("/data/DSD100/Sources/Dev/051 - A - B/bass.wav", "051 - A - B")
    '051 - A - B/bass.wav'
    """
    whole, folder = PurePosixPath(comparable(path)), PurePosixPath(comparable(song))
    if whole != folder and whole.is_relative_to(folder):
        return str(whole.relative_to(folder.parent))
    parts = whole.parts
    start = parts.index(folder.name) if folder.name in parts[:-1] else -PARTS_WITHOUT_SONG
    return str(PurePosixPath(*parts[start:]))
