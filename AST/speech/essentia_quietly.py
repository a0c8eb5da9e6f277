"""Essentia without log messages: it and its TensorFlow would print tens of thousands of lines."""

import functools
import importlib
import os
from types import ModuleType

from AST.errors import UsageError
from AST.threads import ThisThread, some_threads

THREADS_FOR_EACH_PROCESSOR = 4
"""TensorFlow has two pools, each with a thread for each processor, and some more."""


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
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow reads it only once
    import essentia

    essentia.log.infoActive = essentia.log.warningActive = False
    return importlib.import_module("essentia.standard")
