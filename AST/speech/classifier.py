"""Scores how much a recording sounds like spoken word: class "spe" of Essentia's genre classifier.

The classifier is genre_rosamerica on VGGish. torch runs its frozen graph together with AST, in
batches, or Essentia runs it.
"""

from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import torch

from AST.audio.mel_patches import MelPatches
from AST.errors import UsageError
from AST.settings import AUTO, ESSENTIA, TORCH
from AST.speech import parity
from AST.speech.graph_file import UnsupportedGraphError
from AST.speech.runners import CPU, Runner, essentia_runner, torch_runner

SPEECH_CLASS = 7
"""Place of "spe" among genre_rosamerica's classes: cla dan hip jaz pop rhy roc spe."""
MEL_PATCHES_AT_ONCE = 256
"""Four minutes of sound."""


class SpeechModel:
    """A frozen graph with the node names of Essentia's models, loaded once.

    Attributes:
        backend: What runs the graph, ``essentia`` or ``torch``.
        fallback: Why Essentia runs it although torch was preferred, else None.
    """

    def __init__(self, runner: Runner, backend: str, fallback: str | None = None) -> None:
        self._run, self.backend, self.fallback = runner, backend, fallback

    @classmethod
    def load(
        cls,
        path: Path,
        backend: str = AUTO,
        device: torch.device = CPU,
        dtype: torch.dtype = torch.float32,
    ) -> "SpeechModel":
        """Reads a graph. torch runs it if it gives Essentia's scores.

        Args:
            device: Where torch runs it, in ``dtype``. Essentia ignores both.

        Raises:
            UsageError: The graph cannot be read or is not such a classifier, or ``backend`` is
                ``torch`` and torch cannot run it.
        """
        if backend == ESSENTIA:
            return cls(essentia_runner(path), ESSENTIA)
        try:
            graph = parity.graph_that_agrees(path)
        except UnsupportedGraphError as error:
            essentia = essentia_runner(path)  # its error is clearer if the file is not a graph
            if backend == TORCH:
                raise UsageError(
                    f"{path}: speech backend torch cannot run it: {error}; use auto or essentia"
                ) from error
            fallback = f"{path}: torch cannot run it: {error}; Essentia runs it instead"
            return cls(essentia, ESSENTIA, fallback)
        return cls(torch_runner(graph.to(device, dtype), device, dtype), TORCH)

    def scores_percent(self, files: Sequence[Iterable[MelPatches]]) -> list[float]:
        """The speech score of each file: the mean over its mel patches, times 100.

        A file without mel patches scores 0. A batch may hold mel patches of several files. Only
        one batch is in memory at a time.

        Args:
            files: For each file its blocks, of shape (mel patches, 96, 64).
        """
        sums, counts = np.zeros(len(files)), np.zeros(len(files))
        pairs = (
            (place, one) for place, blocks in enumerate(files) for block in blocks for one in block
        )
        while batch := list(islice(pairs, MEL_PATCHES_AT_ONCE)):
            places = [place for place, _ in batch]
            scores = self._run(np.stack([one for _, one in batch]))
            np.add.at(sums, places, scores[:, SPEECH_CLASS])
            np.add.at(counts, places, 1)
        return [float(share) for share in 100 * sums / np.maximum(counts, 1)]
