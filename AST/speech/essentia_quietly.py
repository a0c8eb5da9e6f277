"""Essentia without log messages: it and its TensorFlow would print tens of thousands of lines.

The program around the suite may use Essentia too. Its settings hold again after each call of ours.
"""

import contextlib
import functools
import importlib
import os
import threading
from collections.abc import Iterator
from types import ModuleType

from AST.errors import UsageError
from AST.process.threads import ThisThread, some_threads

THREADS_FOR_EACH_PROCESSOR = 4
"""TensorFlow has two pools, each with a thread for each processor, and some more."""
TENSORFLOW_LOG_LEVEL = "TF_CPP_MIN_LOG_LEVEL"
"""An environment variable, which TensorFlow reads once, when it is loaded; "3" is errors only."""


class _Messages:
    """Essentia's switches for its messages. Several threads may be in ``off`` at the same time."""

    def __init__(self) -> None:
        self._before = True, True
        self._lock, self._blocks = threading.Lock(), 0

    def forget_blocks(self) -> None:
        """For a forked process: the threads that are in a block do not exist there."""
        if self._blocks:
            from essentia import log

            log.infoActive, log.warningActive = self._before
        self._lock, self._blocks = threading.Lock(), 0

    @contextlib.contextmanager
    def off(self) -> Iterator[None]:
        """Essentia says nothing in the block."""
        from essentia import log

        with self._lock:
            if not self._blocks:
                self._before = log.infoActive, log.warningActive
                log.infoActive = log.warningActive = False
            self._blocks += 1
        try:
            yield
        finally:
            with self._lock:
                self._blocks -= 1
                if not self._blocks:
                    log.infoActive, log.warningActive = self._before


_messages = _Messages()
essentia_quietly = _messages.off


@functools.cache
def essentia_standard() -> ModuleType:
    """Imports ``essentia.standard`` without log messages; this takes about a second.

    Raises:
        UsageError: The system lets this process start too few threads. TensorFlow would end it.
    """
    count = THREADS_FOR_EACH_PROCESSOR * (os.cpu_count() or 1)
    with some_threads(count) as threads:
        if isinstance(threads, ThisThread):
            raise UsageError(
                f"Essentia's TensorFlow needs {count} threads, and this machine lets the run start "
                "fewer; raise the limit (ulimit -u), or run fewer other processes"
            )
    os.register_at_fork(after_in_child=_messages.forget_blocks)
    is_chosen = TENSORFLOW_LOG_LEVEL in os.environ
    os.environ.setdefault(TENSORFLOW_LOG_LEVEL, "3")
    try:
        with essentia_quietly():
            return importlib.import_module("essentia.standard")
    finally:
        if not is_chosen:  # another thread may have removed it already
            os.environ.pop(TENSORFLOW_LOG_LEVEL, None)
