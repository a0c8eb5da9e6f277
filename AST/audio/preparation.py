"""From a file to the inputs of both models: all the work that does not need a model."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from AST.audio.decoding import decode
from AST.audio.mel_patches import MelPatches, mel_patches_of
from AST.audio.recording import Recording, rms_dbfs
from AST.audio.spectrogram import PUBLISHED_INPUT, spectrogram
from AST.audio.spool import Spool
from AST.audio.windows import windows_of
from AST.settings import STUDY_WINDOW, Windows
from AST.weights.checkpoint_config import InputFormat

WINDOWS_IN_MEMORY = 32
"""Spectrograms of one file: 17 MB of the published form. More are in a temporary file."""


@dataclass(frozen=True)
class PreparedStem:
    """The inputs of both models for one file.

    Attributes:
        rms_dbfs: RMS level of the whole file.
        duration_s: Of the whole file.
        mel_patches: The speech model's input for the whole file, shape (n, 96, 64).
        spectrograms: AST's input for each window, shape (windows, frames, mel bands); without
            windows if the file is silent.
        start_s: Where each window starts in the file.
        warning: What is wrong with the file although it can be analysed, or None.
    """

    rms_dbfs: float
    duration_s: float
    mel_patches: Iterable[MelPatches]
    spectrograms: Spool
    start_s: npt.NDArray[np.float64]
    warning: str | None

    @property
    def spools(self) -> list[Spool]:
        """What may be in temporary files."""
        return [one for one in (self.mel_patches, self.spectrograms) if isinstance(one, Spool)]


def prepare(
    path: Path, form: InputFormat = PUBLISHED_INPUT, windows: Windows = STUDY_WINDOW
) -> PreparedStem:
    """Decodes a file once and computes the inputs of both models.

    Raises:
        StemError: The file cannot be analysed.
    """
    return prepare_recording(decode(path), form, windows)


def prepare_recording(
    recording: Recording, form: InputFormat = PUBLISHED_INPUT, windows: Windows = STUDY_WINDOW
) -> PreparedStem:
    """Computes the inputs of both models from a recording.

    Raises:
        StemError: The sound is shorter than one frame (25 ms), or the temporary folder is full.
    """
    spectrograms = Spool(WINDOWS_IN_MEMORY, (form.frame_count, form.mel_band_count))
    starts_s = []
    for start_s, samples in windows_of(recording, windows, form):
        starts_s.append(start_s)
        spectrograms.append(spectrogram(samples, form, windows.pad).numpy()[np.newaxis])
    return PreparedStem(
        rms_dbfs(recording),
        recording.duration_s,
        mel_patches_of(recording),
        spectrograms,
        np.array(starts_s, np.float64),
        recording.warning,
    )
