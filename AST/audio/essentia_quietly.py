"""Essentia without log messages: it and its TensorFlow would print tens of thousands of lines."""

import contextlib
import functools
import importlib
import os
import threading
from collections.abc import Iterator
from types import ModuleType

_ONE_AT_A_TIME = threading.Lock()


@functools.cache
def essentia_standard() -> ModuleType:
    """Imports ``essentia.standard`` without log messages; this takes about a second."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow reads it only once
    import essentia

    essentia.log.infoActive = essentia.log.warningActive = False
    return importlib.import_module("essentia.standard")


@contextlib.contextmanager
def no_messages() -> Iterator[None]:
    """Discards stderr: Essentia's FFmpeg prints there when it writes, and no setting stops it."""
    with _ONE_AT_A_TIME:  # two threads together could leave stderr discarded
        stderr, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(null, 2)
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            os.close(null)
