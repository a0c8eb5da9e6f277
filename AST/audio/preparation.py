"""From a file to the inputs of both models: all the work that does not need a model."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from AST.audio.decoding import decode
from AST.audio.excerpt import excerpt
from AST.audio.mel_patches import MelPatches, mel_patches_of
from AST.audio.recording import Recording, rms_dbfs
from AST.audio.spectrogram import PUBLISHED_INPUT, spectrogram
from AST.checkpoint_config import InputFormat


@dataclass(frozen=True)
class PreparedStem:
    """The inputs of both models for one file.

    Attributes:
        rms_dbfs: RMS level of the whole file.
        duration_s: Of the whole file.
        mel_patches: The speech model's input for the whole file, shape (n, 96, 64).
        spectrogram: AST's input, shape (frames, mel bands); None if the file is silent.
        warning: What is wrong with the file although it can be analysed, or None.
    """

    rms_dbfs: float
    duration_s: float
    mel_patches: Iterable[MelPatches]
    spectrogram: npt.NDArray[np.float32] | None
    warning: str | None


def prepare(path: Path, form: InputFormat = PUBLISHED_INPUT) -> PreparedStem:
    """Decodes a file once and computes the inputs of both models.

    Raises:
        StemError: The file cannot be analysed.
    """
    return prepare_recording(decode(path), form)


def prepare_recording(recording: Recording, form: InputFormat = PUBLISHED_INPUT) -> PreparedStem:
    """Computes the inputs of both models from a recording.

    Raises:
        StemError: The excerpt is shorter than one frame (25 ms).
    """
    samples = excerpt(recording)
    ast_input = spectrogram(samples, form).numpy() if samples.size else None
    mel_patches = mel_patches_of(recording)
    return PreparedStem(
        rms_dbfs(recording), recording.duration_s, mel_patches, ast_input, recording.warning
    )
