"""Writes what pooled files add as text for the console."""

from AST.evaluation.layout import table, wrapped
from AST.evaluation.several_runs.pooled_figures import PooledFile, PooledFiles


def pooled_text(pooled: PooledFiles) -> list[str]:
    """The files, and the songs that they share."""
    heads = ["file", "stems", "right", "accuracy", "songs", "shared songs"]
    return [
        f"Pooled from {len(pooled.files)} files:",
        *table([heads, *map(_file, pooled.files)]),
        *wrapped(
            f"{pooled.songs} songs in all, {pooled.shared_songs} of them in more than one file. "
            "Such a song counts once in all figures that go by songs."
        ),
    ]


def _file(one: PooledFile) -> list[str]:
    accuracy = "-" if one.accuracy_percent is None else f"{one.accuracy_percent:.2f} %"
    counts = (one.stems, one.matches, accuracy, one.songs, one.shared_songs)
    return [one.name, *map(str, counts)]
