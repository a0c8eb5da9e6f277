"""Where the audio files of a results file are, as addresses for a page."""

import functools
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from AST.evaluation.files.saved_run import SavedRun


def split_paths(run: SavedRun) -> list[tuple[str, str]]:
    """Each stem's path in two parts: up to its song's folder with the last ``/``, and the rest."""
    return [
        _split(row.path, path_from_song.partition("/")[2])
        for row, path_from_song in zip(run.rows, run.paths_from_song, strict=True)
    ]


def _split(path: str, rest: str) -> tuple[str, str]:
    if not rest or not path.endswith(f"/{rest}"):  # a path of Windows, or only a file's name
        rest = path.rpartition("/")[2]
    return path[: len(path) - len(rest)], rest


def audio_folders(
    run: SavedRun, parts: Sequence[tuple[str, str]], page_folder: Path
) -> list[str | None]:
    """For each stem the address of its song's folder, relative to a page; None without its file.

    Args:
        parts: From ``split_paths``. A folder that does not exist is looked for once, not for each
            of its stems: with 100,000 stems on a network's disk that matters.
    """

    @functools.cache
    def folders(start: str) -> list[tuple[str, str]]:
        found = dict.fromkeys(filter(os.path.isdir, _possible_folders(start, run)))
        return [(folder, _address(folder, page_folder)) for folder in found]

    return [
        next((to for at, to in folders(start) if os.path.isfile(os.path.join(at, rest))), None)
        for start, rest in parts
    ]


def _possible_folders(start: str, run: SavedRun) -> Iterator[str]:
    """Where a song's folder may be.

    Its path is relative to the folder where the run started. This is often the current folder or
    the folder of the results. Otherwise the dataset's folder may contain the last parts of the
    path, at least the song's folder.
    """
    yield start or "."
    for one in run.files:
        yield os.path.join(one.file.parent, start)
        dataset = (one.record or {}).get("dataset_path")
        if isinstance(dataset, str):
            parts = Path(start).parts
            yield from (os.path.join(dataset, *parts[first:]) for first in range(len(parts)))


def _address(folder: str, page_folder: Path) -> str:
    relative = os.path.relpath(folder, page_folder)
    return "" if relative == "." else quote(os.fsencode(relative)) + "/"
