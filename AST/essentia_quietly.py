"""Essentia without its log: it and its TensorFlow would print tens of thousands of lines."""

import functools
import os
from types import ModuleType


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
