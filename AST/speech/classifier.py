"""How much a recording sounds like spoken word: Essentia's VGGish genre classifier, class "spe".

The same frozen graph runs in torch, together with AST and in its batches, or in Essentia.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from AST.audio.essentia_quietly import essentia_standard
from AST.audio.mel_patches import PATCH_BANDS, PATCH_FRAMES, MelPatches
from AST.devices import check_finite
from AST.errors import UsageError
from AST.settings import AUTO, ESSENTIA, TORCH
from AST.speech import parity
from AST.speech.graph_file import UnsupportedGraphError, nodes_up_to
from AST.speech.graph_in_torch import GraphInTorch
from AST.writing import printable

INPUT_NODE = "model/Placeholder"
"""Mel patches, shape (patches, 96 frames, 64 bands)."""
OUTPUT_NODE = "model/Sigmoid"
"""Class scores, shape (patches, 8)."""
CLASS_COUNT = 8
SPEECH_CLASS = 7
"""genre_rosamerica's classes: cla dan hip jaz pop rhy roc spe."""

PATCHES_AT_ONCE = 256
"""Four minutes of sound."""
CPU = torch.device("cpu")
TOLERANCE = 1e-4
"""By how much torch's scores, 0 to 1, may differ from Essentia's."""
PROBE_PATCHES = 20
"""More than GraphInTorch convolves at once."""

ClassScores = npt.NDArray[np.float32]
Runner = Callable[[MelPatches], ClassScores]
"""A graph that runs. Shape: (patches, 96, 64) -> (patches, 8)."""


class SpeechModel:
    """A frozen graph of Essentia's conventions, loaded once.

    Attributes:
        backend: What runs it, ``essentia`` or ``torch``.
        fallback: Why torch does not, if that had been wanted.
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
        """Reads a graph; torch runs it if it gives what Essentia gives.

        Args:
            device: Where torch runs it, in ``dtype``; Essentia has its own.

        Raises:
            UsageError: The graph cannot be read or is no such classifier, or torch was asked for
                by name and cannot run it.
        """
        if backend == ESSENTIA:
            return cls(essentia_runner(path), ESSENTIA)
        try:
            graph = _graph_that_agrees(path)
        except UnsupportedGraphError as error:
            essentia = essentia_runner(path)  # tells better what is wrong with what is no graph
            if backend == TORCH:
                raise UsageError(
                    f"{path}: --speech-backend torch cannot run it, {error}; use auto or essentia"
                ) from error
            return cls(essentia, ESSENTIA, f"{path}: torch cannot run it, {error}; Essentia does")
        return cls(torch_runner(graph.to(device, dtype), device, dtype), TORCH)

    def scores_percent(self, files: Sequence[Iterable[MelPatches]]) -> list[float]:
        """For each file the mean over its patches of the speech class, times 100; 0 without any.

        Patches of several files share a batch; no more than that is held at a time.

        Args:
            files: Each in blocks of shape (patches, 96, 64).
        """
        sums, counts = np.zeros(len(files)), np.zeros(len(files))
        for owners, patches in _batches(files):
            np.add.at(sums, owners, self._run(patches)[:, SPEECH_CLASS])
            np.add.at(counts, owners, 1)
        return [float(share) for share in 100 * sums / np.maximum(counts, 1)]


def _graph_that_agrees(path: Path) -> GraphInTorch:
    """The graph in torch.

    Raises:
        UnsupportedGraphError: torch cannot run it, or gives other scores than Essentia.
    """
    try:
        graph = GraphInTorch(nodes_up_to(path, OUTPUT_NODE), INPUT_NODE)
        if not parity.is_known(path):
            check_parity(torch_runner(graph), essentia_runner(path))
            parity.remember(path)
    except (UnsupportedGraphError, UsageError):
        raise
    except Exception as error:  # whatever a graph holds that was not foreseen: Essentia runs it
        reason = " ".join(str(error).split())[:200]
        raise UnsupportedGraphError(f"{type(error).__name__}: {reason}") from error
    return graph


def _batches(
    files: Sequence[Iterable[MelPatches]],
) -> Iterator[tuple[npt.NDArray[np.int64], MelPatches]]:
    """The files' patches in their order, and to which file each belongs."""
    owners: list[int] = []
    waiting: list[MelPatches] = []
    for owner, blocks in enumerate(files):
        for block in blocks:
            while len(block):
                part = block[: PATCHES_AT_ONCE - len(owners)]
                block = block[len(part) :]
                owners += [owner] * len(part)
                waiting.append(part)
                if len(owners) == PATCHES_AT_ONCE:
                    yield np.array(owners), np.concatenate(waiting)
                    owners, waiting = [], []
    if owners:
        yield np.array(owners), np.concatenate(waiting)


def essentia_runner(path: Path) -> Runner:
    """Essentia's ``TensorflowPredict`` on a graph.

    Raises:
        UsageError: The graph cannot be read or is no such classifier.
    """
    if printable(path) != str(path):
        raise UsageError(f"{printable(path)}: TensorFlow needs a path that is UTF-8; rename it")
    standard = essentia_standard()
    from essentia import Pool

    def run(patches: MelPatches) -> ClassScores:
        pool = Pool()
        pool.set(INPUT_NODE, patches[:, np.newaxis])
        scores = np.asarray(predict(pool)[OUTPUT_NODE])
        return scores.reshape(len(patches), -1)

    try:
        predict = standard.TensorflowPredict(
            graphFilename=str(path), inputs=[INPUT_NODE], outputs=[OUTPUT_NODE]
        )
        shape = run(np.zeros((1, PATCH_FRAMES, PATCH_BANDS), np.float32)).shape
    except RuntimeError as error:
        reason = str(error).partition("TensorflowPredict: ")[2].removeprefix("TensorflowPredict: ")
        raise UsageError(
            f"{path}: no speech model ({' '.join(reason.split())[:200]}); expected a frozen "
            f"graph from {INPUT_NODE} (n, 96, 64) to {OUTPUT_NODE} (n, {CLASS_COUNT})"
        ) from error
    if shape != (1, CLASS_COUNT):
        raise UsageError(
            f"{path}: {OUTPUT_NODE} gives {shape} for one patch, expected (1, {CLASS_COUNT})"
        )
    return run


def torch_runner(
    graph: GraphInTorch, device: torch.device = CPU, dtype: torch.dtype = torch.float32
) -> Runner:
    """A graph that is on a device, in a precision."""

    @torch.inference_mode()
    def run(patches: MelPatches) -> ClassScores:
        try:
            scores: ClassScores = (
                graph(torch.from_numpy(patches).to(device, dtype)).float().cpu().numpy()
            )
        except torch.OutOfMemoryError as error:
            raise UsageError(
                f"no memory on {device} for the speech model; start anew with --restart and "
                "--device cpu or --speech-backend essentia"
            ) from error
        check_finite(scores, dtype)
        return scores

    return run


def check_parity(runner: Runner, oracle: Runner) -> None:
    """Compares two runners on patches of noise, from very soft to loud.

    Raises:
        UnsupportedGraphError: They differ.
    """
    generator = np.random.default_rng(0)
    shape = (PROBE_PATCHES, PATCH_FRAMES, PATCH_BANDS)
    levels = np.linspace(-4.5, 1, PROBE_PATCHES)[:, None, None]  # the range of mel bands
    probe = (levels + generator.normal(0, 1, shape)).astype(np.float32)
    difference = np.abs(runner(probe) - oracle(probe)).max()
    if not difference <= TOLERANCE:
        raise UnsupportedGraphError(f"its scores differ from Essentia's by {difference:.2g}")
