"""An earlier run's files, kept under a numbered name when a new run takes their place."""

import functools
import itertools
from collections.abc import Collection, Iterator
from pathlib import Path

from AST.results import SIDE_FILES, beside


def keep_earlier(output: Path) -> Path | None:
    """Renames a results file and its side files: ``r.csv`` to the first free ``r.1.csv``.

    The results file goes last. After a stop in between, the next call finds it still in its place,
    and gives it the number that its side files have already.

    Returns:
        Its new path, or None if there was no results file.

    Raises:
        OSError: A file cannot be renamed.
    """
    if not output.exists():
        return None
    kept = next(filter(functools.partial(_is_free, output), _numbered(output)))
    for kind in SIDE_FILES:
        if beside(output, kind).exists():
            beside(output, kind).rename(beside(kept, kind))
    return output.rename(kept)


def take_the_place(new: Path, output: Path, kinds: Collection[str]) -> Path | None:
    """Puts a new results file and its side files where they belong, and keeps earlier ones.

    Args:
        new: Where the new results file is. Its side files lie beside it.
        kinds: Which side files it has.

    Returns:
        See ``keep_earlier``.

    Raises:
        OSError: A file cannot be renamed.
    """
    kept = keep_earlier(output)
    for kind in kinds:
        beside(new, kind).replace(beside(output, kind))
    for kind in set(SIDE_FILES) - set(kinds):  # of a run whose results file is gone
        if beside(output, kind).exists():
            beside(output, kind).unlink()
    new.replace(output)
    return kept


def _numbered(output: Path) -> Iterator[Path]:
    for number in itertools.count(1):
        yield output.with_name(f"{output.stem}.{number}{output.suffix}")


def _is_free(output: Path, kept: Path) -> bool:
    """Whether nothing would be overwritten."""
    return not kept.exists() and not any(
        beside(output, kind).exists() and beside(kept, kind).exists() for kind in SIDE_FILES
    )
