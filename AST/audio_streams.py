"""Paths that name one audio stream of a file: ``song.stem.mp4#4``."""

import os
import re
from pathlib import Path

STREAM_NUMBER = re.compile(r"(.+)#(\d+)")
"""A path may end with the number of an audio stream in its file, such as ``song.stem.mp4#4``."""


def stream_number(path: Path) -> tuple[Path, int | None]:
    """The file of a path, and the number of the audio stream that the path names, or None.

    >>> stream_number(Path("song.stem.mp4#4"))
    (PosixPath('song.stem.mp4'), 4)
    """
    match = STREAM_NUMBER.fullmatch(str(path))
    if match and not os.path.lexists(path):
        return Path(match[1]), int(match[2])
    return path, None
