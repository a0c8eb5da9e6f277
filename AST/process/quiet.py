"""Keeps the messages of other libraries off the terminal, where no setting of theirs does."""

import contextlib
import os
import threading
from collections.abc import Iterator

_ONE_AT_A_TIME = threading.Lock()


@contextlib.contextmanager
def no_messages() -> Iterator[None]:
    """Discards stderr, also for native code."""
    with _ONE_AT_A_TIME:  # two threads together could leave stderr discarded
        stderr, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(null, 2)
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            os.close(null)
