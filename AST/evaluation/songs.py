"""Which stems come from one song: they are not independent of each other."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from AST.metrics import normalised
from AST.results import Row


def songs_of(rows: Sequence[Row]) -> list[PurePosixPath]:
    """The folder of the song that each stem belongs to: DSD100's track, MoisesDB's song.

    Where folders are called like the reference label of what lies in them, the song is above those,
    else files lie in their song's folder. What most rows of a results file are decides for all.

    >>> rows = [Row("bass", "Sources/Dev/051 - A - B/bass.wav", "bass guitar", "bass")]
    >>> str(songs_of(rows)[0])
    'Sources/Dev/051 - A - B'
    >>> rows = [Row("bass", "moisesdb_v0.1/9653a690/bass/9eb0e462.wav", "tick", "other")]
    >>> str(songs_of(rows)[0])
    'moisesdb_v0.1/9653a690'
    """
    paths = [PurePosixPath(row.path) for row in rows]
    labels = [normalised(row.label) for row in rows]
    pairs = list(zip(paths, labels, strict=True))
    files = sum(normalised(path.stem) == label for path, label in pairs)
    folders = sum(normalised(path.parent.name) == label for path, label in pairs)
    in_folders = folders and folders >= files
    return [path.parent.parent if in_folders else path.parent for path in paths]


def paths_from_song(rows: Sequence[Row]) -> list[str]:
    """The stems' paths from their songs' folders on, the same wherever the dataset lies.

    >>> paths_from_song([Row("bass", "/data/DSD100/Sources/Dev/051 - A - B/bass.wav", "", "")])
    ['051 - A - B/bass.wav']
    """
    return [
        str(PurePosixPath(row.path).relative_to(song.parent))
        for row, song in zip(rows, songs_of(rows), strict=True)
    ]
