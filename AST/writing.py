"""Files written whole or not at all, and one line where they cannot be."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from AST.errors import UsageError


@contextlib.contextmanager
def writing(path: Path, flag: str) -> Iterator[None]:
    """Makes one line of what keeps a file from being written.

    Args:
        flag: What on the command line chooses the place.
    """
    try:
        yield
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be written ({error.strerror}); make room for it or choose another "
            f"place by {flag}"
        ) from error


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file so that it is never seen half-written.

    Raises:
        OSError: It cannot be written; what was there is as it was.
    """
    if path.exists() and not path.is_file():  # such as /dev/stdout, which must not be replaced
        path.write_bytes(content)
        return
    temporary = path.with_name(path.name + ".new")
    try:
        with open(temporary, "wb") as file:
            force_to_disk(file, content)
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def force_to_disk(file: BinaryIO, content: bytes) -> None:
    """Appends to an open file and waits until it is there."""
    file.write(content)
    file.flush()
    os.fsync(file.fileno())
