"""Paths of stems that were written on different systems but mean the same file."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TypeVar

Value = TypeVar("Value")

SEPARATOR_OF_WINDOWS = re.compile(r"\\(?!udc[89a-f][0-9a-f])")
r"""A backslash, but not in ``\udcXX``: so AST.writing.printable shows a byte that is not UTF-8."""


def comparable(path: str) -> str:
    r"""A path with ``/`` between its parts, and each accent in one with its letter (NFC).

    >>> comparable(r"DSD100\Sources\Dev\051 - A - B\bass.wav")
    'DSD100/Sources/Dev/051 - A - B/bass.wav'
    >>> comparable(r"clips/caf\udce9.wav")
    'clips/caf\\udce9.wav'
    """
    return unicodedata.normalize("NFC", SEPARATOR_OF_WINDOWS.sub("/", path))


def values_of(paths: Sequence[str], values: Mapping[str, Value]) -> list[Value | None]:
    r"""The value of each path: of the same path, or else of one that means the same file.

    >>> values_of(["a/b.wav", "c.wav"], {r"a\b.wav": 1})
    [1, None]
    """
    by_comparable = {comparable(path): value for path, value in values.items()}
    return [values.get(path, by_comparable.get(comparable(path))) for path in paths]
