"""Essentia without its log: it and its TensorFlow would print tens of thousands of lines."""

import contextlib
import functools
import os
import threading
from collections.abc import Iterator
from types import ModuleType

_ONE_AT_A_TIME = threading.Lock()


@functools.cache
def essentia_standard() -> ModuleType:
    """The module ``essentia.standard``, silenced; its import takes about a second."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # read once, when TensorFlow is loaded
    import essentia

    essentia.log.infoActive = False
    essentia.log.warningActive = False
    import essentia.standard

    module: ModuleType = essentia.standard
    return module


@contextlib.contextmanager
def no_messages() -> Iterator[None]:
    """Keeps off stderr what Essentia's FFmpeg says when it writes, whatever it is told."""
    with _ONE_AT_A_TIME:  # two threads would restore each other's silence
        kept, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(null, 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(null)
