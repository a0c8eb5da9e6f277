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
from AST.threads import ThisThread, some_threads

THREADS_FOR_EACH_PROCESSOR = 4
"""TensorFlow has two pools, each with a thread for each processor, and some more."""
TENSORFLOW_LOG_LEVEL = "TF_CPP_MIN_LOG_LEVEL"
"""An environment variable, which TensorFlow reads once, when it is loaded; "3" is errors only."""


class _Messages:
    """Essentia's switches for its messages. Several threads may be in ``off`` at the same time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._blocks = 0
        self._before = True, True

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


essentia_quietly = _Messages().off


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
    is_chosen = TENSORFLOW_LOG_LEVEL in os.environ
    os.environ.setdefault(TENSORFLOW_LOG_LEVEL, "3")
    try:
        with essentia_quietly():
            return importlib.import_module("essentia.standard")
    finally:
        if not is_chosen:
            del os.environ[TENSORFLOW_LOG_LEVEL]
