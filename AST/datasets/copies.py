"""Stems that are in a folder twice, such as in a subset beside the full dataset."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath

from AST.audio_streams import stream_number
from AST.datasets.stem import Stem

CHUNK_BYTES = 1 << 20


def without_copies(stems: Sequence[Stem]) -> tuple[list[Stem], list[tuple[Stem, Stem]]]:
    """The stems without copies of earlier ones, and each copy with the stem that it is a copy of.

    A copy has the same file name, label, song name and content. Content alone does not make a
    copy: many stems are silent, and songs share drum loops.
    """
    kept: list[Stem] = []
    copies: list[tuple[Stem, Stem]] = []
    alike = Counter(map(_facts, stems))
    originals: dict[object, Stem] = {}
    for stem in stems:
        facts = _facts(stem)
        if alike[facts] > 1:
            original = originals.setdefault((facts, _content(stem)), stem)
            if original is not stem:
                copies.append((stem, original))
                continue
        kept.append(stem)
    return kept, copies


def _facts(stem: Stem) -> tuple[str, str, str, int]:
    """What is equal in a copy and quick to find out."""
    try:
        size_bytes = stream_number(stem.path)[0].stat().st_size
    except OSError:  # the run will report it
        size_bytes = -1
    # A folder of one's own has songs that are paths: the last part is their name.
    return stem.path.name, stem.label, PurePath(stem.song).name, size_bytes


def _content(stem: Stem) -> object:
    """A hash of the file's content, or of nothing else if it cannot be read: the stem itself."""
    content = hashlib.blake2b()
    try:
        with open(stream_number(stem.path)[0], "rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                content.update(chunk)
    except OSError:  # the run will report it
        return stem
    return content.hexdigest()
