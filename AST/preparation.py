"""What a worker makes of one file: everything that needs no model."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from torch.utils.data import Dataset

from AST.audio import rms_dbfs
from AST.datasets import Stem
from AST.decoding import decode
from AST.errors import StemError
from AST.excerpt import excerpt
from AST.features import spectrogram
from AST.mel_patches import MelPatches, patches_of


@dataclass(frozen=True)
class PreparedStem:
    """A file as the models take it.

    Attributes:
        rms_dbfs: Level of the whole file.
        patches: The speech model's input, of the whole file: blocks of shape (patches, 96, 64).
        spectrogram: AST's input, shape (1024 frames, 128 bands); None when nothing sounds.
        warning: What is odd about the file, or None.
    """

    rms_dbfs: float
    patches: Iterable[MelPatches]
    spectrogram: npt.NDArray[np.float32] | None
    warning: str | None


@dataclass(frozen=True)
class FailedStem:
    """A file that cannot be analysed, and why."""

    reason: str


def prepare(path: Path) -> PreparedStem:
    """Decodes a file once and makes both models' inputs of it.

    Raises:
        StemError: The file cannot be analysed.
    """
    recording = decode(path)
    heard = excerpt(recording)
    return PreparedStem(
        rms_dbfs=rms_dbfs(recording),
        patches=patches_of(recording, path),
        spectrogram=spectrogram(heard).numpy() if heard.size else None,
        warning=recording.warning,
    )


class PreparedStems(Dataset[PreparedStem | FailedStem]):
    """Stems for ``torch.utils.data.DataLoader``: arrays, not tensors, cross to the main process.

    (Tensors would travel in shared memory, of which containers often have next to none.)
    """

    def __init__(self, stems: list[Stem]) -> None:
        self._stems = stems

    def __len__(self) -> int:
        return len(self._stems)

    def __getitem__(self, index: int) -> PreparedStem | FailedStem:
        try:
            return prepare(self._stems[index].path)
        except StemError as error:
            return FailedStem(str(error))
        except Exception as error:  # whatever one file does, the others' results must not be lost
            return FailedStem(f"fails unexpectedly: {type(error).__name__}: {error}")
