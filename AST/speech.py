"""How much a recording sounds like spoken word: Essentia's VGGish genre classifier, class "spe"."""

from pathlib import Path

import numpy as np

from AST.audio import MODEL_SAMPLE_RATE_HZ, Samples
from AST.datasets import printable
from AST.errors import UsageError
from AST.essentia_quietly import essentia_standard

INPUT_NODE = "model/Placeholder"
"""Mel patches, shape (patches, 96 frames, 64 bands)."""
OUTPUT_NODE = "model/Sigmoid"
"""Class scores, shape (patches, 8)."""
CLASS_COUNT = 8
SPEECH_CLASS = 7
"""genre_rosamerica's classes: cla dan hip jaz pop rhy roc spe."""


class SpeechModel:
    """Essentia's ``TensorflowPredictVGGish`` on a frozen graph, loaded once.

    Raises:
        UsageError: The graph cannot be read or is no such classifier.
    """

    def __init__(self, path: Path) -> None:
        if printable(path) != str(path):
            raise UsageError(f"{printable(path)}: TensorFlow needs a path that is UTF-8; rename it")
        try:
            self._predict = essentia_standard().TensorflowPredictVGGish(
                graphFilename=str(path), input=INPUT_NODE, output=OUTPUT_NODE
            )
            probe = self._predict(np.zeros(MODEL_SAMPLE_RATE_HZ, np.float32))
        except RuntimeError as error:
            reason = str(error).partition("TensorflowPredict: ")[2] or str(error)
            raise UsageError(
                f"{path}: no speech model ({' '.join(reason.split())[:200]}); expected a frozen "
                f"graph from {INPUT_NODE} (n, 96, 64) to {OUTPUT_NODE} (n, {CLASS_COUNT})"
            ) from error
        if np.shape(probe) != (1, CLASS_COUNT):
            raise UsageError(
                f"{path}: {OUTPUT_NODE} gives {np.shape(probe)} for one patch, "
                f"expected (1, {CLASS_COUNT})"
            )

    def score_percent(self, samples: Samples) -> float:
        """Mean over the patches of the speech class, times 100; 0 for less than one patch.

        A patch is 96 frames of 25 ms, 10 ms apart; the next starts 93 frames later, and a last
        one that is not full is left out.

        Shape: (n,) at 16 kHz.
        """
        if not samples.size:
            return 0.0
        scores = np.asarray(self._predict(samples))
        return float(scores[:, SPEECH_CLASS].mean()) * 100 if scores.size else 0.0
