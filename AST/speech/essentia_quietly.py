"""Essentia without log messages: it and its TensorFlow would print tens of thousands of lines."""

import functools
import importlib
import os
from types import ModuleType


@functools.cache
def essentia_standard() -> ModuleType:
    """Imports ``essentia.standard`` without log messages; this takes about a second."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow reads it only once
    import essentia

    essentia.log.infoActive = essentia.log.warningActive = False
    return importlib.import_module("essentia.standard")
