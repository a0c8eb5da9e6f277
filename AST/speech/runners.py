"""Runs the speech model's frozen graph: Essentia runs it, or torch."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from AST.audio.mel_patches import MEL_PATCH_BANDS, MEL_PATCH_FRAMES, MelPatches
from AST.errors import UsageError
from AST.process.devices import check_finite
from AST.process.forked import process_of
from AST.speech.essentia_quietly import essentia_quietly, essentia_standard
from AST.speech.graph_in_torch import GraphInTorch
from AST.writing import printable

INPUT_NODE = "model/Placeholder"
"""Mel patches, shape (mel patches, 96 frames, 64 bands)."""
OUTPUT_NODE = "model/Sigmoid"
"""Class scores from 0 to 1, shape (mel patches, 8 classes)."""
CLASS_COUNT = 8
CPU = torch.device("cpu")

ClassScores = npt.NDArray[np.float32]
Runner = Callable[[MelPatches], ClassScores]
"""Runs a graph. Shape: (mel patches, 96, 64) -> (mel patches, 8)."""


def essentia_runner(path: Path) -> Runner:
    """Runs a graph by Essentia's ``TensorflowPredict``.

    Raises:
        UsageError: The graph cannot be read, or has other inputs or outputs.
    """
    if printable(path) != str(path):
        raise UsageError(f"{printable(path)}: TensorFlow needs a path in UTF-8; rename the file")
    standard = essentia_standard()
    from essentia import Pool

    def run(mel_patches: MelPatches) -> ClassScores:
        process.check()
        pool = Pool()
        pool.set(INPUT_NODE, mel_patches[:, np.newaxis])
        with essentia_quietly():
            scores = np.asarray(predict(pool)[OUTPUT_NODE])
        return scores.reshape(len(mel_patches), -1)

    process = process_of("Essentia's TensorFlow")  # all graphs share its threads
    process.check()
    try:
        with essentia_quietly():
            predict = standard.TensorflowPredict(
                graphFilename=str(path), inputs=[INPUT_NODE], outputs=[OUTPUT_NODE]
            )
        shape = run(np.zeros((1, MEL_PATCH_FRAMES, MEL_PATCH_BANDS), np.float32)).shape
    except RuntimeError as error:
        reason = str(error).partition("TensorflowPredict: ")[2].removeprefix("TensorflowPredict: ")
        raise UsageError(
            f"{path}: not a speech model ({' '.join(reason.split())[:200]}); expected a frozen "
            f"graph from {INPUT_NODE} (n, 96, 64) to {OUTPUT_NODE} (n, {CLASS_COUNT}); choose "
            "another speech model"
        ) from error
    if shape != (1, CLASS_COUNT):
        raise UsageError(
            f"{path}: {OUTPUT_NODE} gives {shape} for one mel patch, expected (1, {CLASS_COUNT}); "
            "choose another speech model"
        )
    return run


def torch_runner(
    graph: GraphInTorch, device: torch.device = CPU, dtype: torch.dtype = torch.float32
) -> Runner:
    """Runs a graph in torch. The graph must already be on the device and in the precision."""

    @torch.inference_mode()
    def run(mel_patches: MelPatches) -> ClassScores:
        try:
            x = torch.from_numpy(mel_patches).to(device, dtype)
            scores: ClassScores = graph(x).float().cpu().numpy()
        except torch.OutOfMemoryError as error:
            raise UsageError(
                f"no memory on {device} for the speech model; use device cpu or speech "
                "backend essentia"
            ) from error
        check_finite(scores, dtype)
        return scores

    return run
