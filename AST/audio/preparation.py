"""From a file to both models' inputs: everything that needs no model."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from AST.audio.decoding import decode
from AST.audio.excerpt import excerpt
from AST.audio.mel_patches import MelPatches, mel_patches_of
from AST.audio.recording import Recording, rms_dbfs
from AST.audio.spectrogram import spectrogram


@dataclass(frozen=True)
class PreparedStem:
    """A file as the models take it.

    Attributes:
        rms_dbfs: Level of the whole file.
        mel_patches: The speech model's input, of the whole file: blocks of shape (n, 96, 64).
        spectrogram: AST's input, shape (1024 frames, 128 mel bands); None when nothing sounds.
        warning: What is odd about the file, or None.
    """

    rms_dbfs: float
    mel_patches: Iterable[MelPatches]
    spectrogram: npt.NDArray[np.float32] | None
    warning: str | None


def prepare(path: Path) -> PreparedStem:
    """Decodes a file once and makes both models' inputs from it.

    Raises:
        StemError: The file cannot be analysed.
    """
    recording = decode(path)
    return prepare_recording(recording, mel_patches_of(recording, path))


def prepare_recording(recording: Recording, mel_patches: Iterable[MelPatches]) -> PreparedStem:
    """Makes AST's input from a recording, and joins it to the speech model's.

    Raises:
        StemError: Less than one frame of it sounds.
    """
    samples = excerpt(recording)
    return PreparedStem(
        rms_dbfs=rms_dbfs(recording),
        mel_patches=mel_patches,
        spectrogram=spectrogram(samples).numpy() if samples.size else None,
        warning=recording.warning,
    )
