"""From spectrograms to AST's scores, and from scores and speech score to one label."""

import numpy as np
import numpy.typing as npt
import torch

from AST.ast_model import AudioSpectrogramTransformer
from AST.errors import UsageError
from AST.labels import AUDIOSET_SPEECH_INDEX, audioset_labels, instrument_indices

Scores = npt.NDArray[np.float32]
"""Sigmoid scores of AudioSet's classes, shape (527,)."""

THRESHOLD_SPEECH_PRED_SCORE = 50
"""From this speech score on, in percent, a stem is speech whatever AST says (study)."""
LOWER_SPEECH_PRED_SCORE = 8
"""Below this speech score, in percent, AudioSet's class "Speech" is passed over (study)."""


def select_device(name: str) -> torch.device:
    """The device of a name; ``auto`` takes CUDA, else Apple's MPS, else the CPU.

    Raises:
        UsageError: This machine or this torch has no such device.
    """
    available = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if name == "auto":
        name = next(device for device, there in available.items() if there)
    if not available[name]:
        usable = ", ".join(device for device, there in available.items() if there)
        raise UsageError(f"--device {name}: not available to torch on this machine; use {usable}")
    return torch.device(name)


class Tagger:
    """AST on a device."""

    def __init__(self, model: AudioSpectrogramTransformer, device: torch.device) -> None:
        self._model = model.to(device)
        self._device = device

    @torch.inference_mode()
    def scores(self, spectrograms: torch.Tensor) -> npt.NDArray[np.float32]:
        """Sigmoid scores. Shape: (batch, 1024 frames, 128 bands) -> (batch, 527)."""
        scores = self._model(spectrograms.to(self._device)).sigmoid().float().cpu()
        array: npt.NDArray[np.float32] = scores.numpy()
        return array


def best_instrument(scores: Scores, speech_score_percent: float) -> tuple[str, float]:
    """The highest-scored instrument label, by its AudioSet name, and its score (0 to 1).

    "Speech" takes part unless the speech model all but rules it out.
    """
    candidates = np.array(instrument_indices())
    if speech_score_percent < LOWER_SPEECH_PRED_SCORE:
        candidates = candidates[candidates != AUDIOSET_SPEECH_INDEX]
    best = candidates[scores[candidates].argmax()]
    return audioset_labels()[best], float(scores[best])


def is_speech(speech_score_percent: float) -> bool:
    """Whether the speech model alone decides."""
    return speech_score_percent >= THRESHOLD_SPEECH_PRED_SCORE
