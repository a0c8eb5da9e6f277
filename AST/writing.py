"""Text that UTF-8 can hold, and files that are written as a whole or not at all."""

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from AST.errors import UsageError

STEERING = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]")
"""Unicode's control characters, line separators and bidirectional marks (Cc, Zl, Zp, UAX 9)."""


def printable(name: object) -> str:
    r"""The name or path of a file as text that UTF-8 can hold. Other bytes become ``\udcXX``.

    >>> printable(Path(os.fsdecode(b"caf\xe9.wav")))
    'caf\\udce9.wav'
    """
    text = str(name)
    written = text.encode("utf-8", "backslashreplace").decode()
    return text if text == written else written  # a path keeps its text: many share that memory


def visible(text: object) -> str:
    r"""Text from a file for one line of a terminal: no character of it can steer the terminal.

    Control characters, line breaks and marks of the writing direction become escapes.

    >>> visible("bass\x1b[2J\n\u202egnos")
    'bass\\x1b[2J\\n\\u202egnos'
    >>> visible("fl\u00fcgel") == "fl\u00fcgel"
    True
    """
    return STEERING.sub(lambda found: found[0].encode("unicode_escape").decode(), str(text))


@contextlib.contextmanager
def writing(path: Path, flag: str) -> Iterator[None]:
    """Turns an operating system's error into one line for the user.

    Args:
        flag: The command-line flag that chooses the path.

    Raises:
        UsageError: The file cannot be written.
    """
    try:
        yield
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be written ({error.strerror}); make room for it or choose another "
            f"path with {flag}"
        ) from error


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file so that nobody ever sees half of it.

    Raises:
        OSError: It cannot be written. A file that was there before is unchanged.
    """
    with whole_file(path) as file:
        file.write(content)


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write, which takes its place at the end: nobody ever sees half of it.

    Raises:
        OSError: It cannot be written. A file that was there before is unchanged.
    """
    if path.exists() and not path.is_file():  # such as /dev/stdout, which must not be replaced
        with open(path, "wb") as file:
            yield file
        return
    temporary = path.with_name(path.name + ".new")
    try:
        with open(temporary, "wb") as file:
            yield file
            force_to_disk(file)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def force_to_disk(file: BinaryIO, content: bytes = b"") -> None:
    """Appends to an open file and waits until the disk has all of it."""
    file.write(content)
    file.flush()
    os.fsync(file.fileno())
