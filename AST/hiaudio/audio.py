"""Level and excerpt of a file: what needs no model."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from AST.audio.decoding import decode
from AST.audio.excerpt import excerpt_16_bit
from AST.audio.recording import Recording, rms_dbfs
from AST.errors import StemError
from AST.hiaudio.excerpt import AudioExcerpt
from AST.rules import SILENCE_RMS_DB_THRESHOLD
from AST.writing import printable, visible

FilePath = str | os.PathLike[str]


def tellifsilence(path: FilePath) -> tuple[bool, float]:
    """Whether a file counts as silent, and its RMS level in dBFS.

    Raises:
        StemError: The file cannot be decoded.
    """
    level_dbfs = computeRMS(path)
    return level_dbfs < SILENCE_RMS_DB_THRESHOLD, level_dbfs


def computeRMS(sound: FilePath | npt.NDArray[Any]) -> float:  # noqa: N802 (the study's name)
    """The RMS level in dBFS of a file, or of mono samples with full scale at 1, shape (n,).

    Raises:
        StemError: The file cannot be decoded, or there are no samples.
        UsageError: The samples are not floating-point numbers of shape (n,).

    >>> f"{computeRMS(np.full(100, 0.1)):.1f}"
    '-20.0'
    """
    if isinstance(sound, np.ndarray):
        any_rate_hz = 16_000  # the level does not depend on it
        return rms_dbfs(Recording.from_array(sound, any_rate_hz))
    return rms_dbfs(decoded(sound))


def getaudioexcerpt(path: FilePath) -> AudioExcerpt | None:
    """The part of a file that AST takes: without silence, at most 60 s. None if nothing sounds.

    Raises:
        StemError: The file cannot be decoded.
    """
    recording = decoded(path)
    samples = excerpt_16_bit(recording)
    return AudioExcerpt(samples, recording.sample_rate_hz) if samples.any() else None


def decoded(path: FilePath) -> Recording:
    """A decoded file.

    Raises:
        StemError: The file cannot be decoded. The message names it.
    """
    try:
        return decode(Path(path))
    except StemError as error:
        raise StemError(f"{visible(printable(path))}: {error}") from error
