"""Checks of the whole chain, on real stems, and of what runs the speech model."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from AST.audio.mel_patches import MEL_PATCH_BANDS, MEL_PATCH_FRAMES
from AST.errors import StemError, UsageError
from AST.recognition.recogniser import Recogniser
from AST.rules import best_instrument
from AST.speech.graph_file import nodes_up_to
from AST.speech.graph_in_torch import GraphInTorch
from AST.speech.parity import TOLERANCE
from AST.speech.runners import INPUT_NODE, OUTPUT_NODE, essentia_runner, torch_runner
from AST.verification.checks import Check, equal, near
from AST.verification.public import PublicFigures

SPEECH_TOLERANCE_POINTS = 0.01
SCORE_TOLERANCE = 1e-3
"""The figures were made on another machine, perhaps in half precision."""


def speech_check(path: Path) -> Check:
    """Whether torch gives Essentia's scores for mel patches of a fixed noise."""
    name = "torch's speech model against Essentia's, largest difference of a score"
    generator = np.random.default_rng(0)
    shape = (20, MEL_PATCH_FRAMES, MEL_PATCH_BANDS)
    probe = generator.normal(-2, 2, shape).astype(np.float32)  # the range of mel bands
    try:
        expected = essentia_runner(path)(probe)
    except (ImportError, UsageError) as error:
        return Check(name, f"Essentia does not run here: {error}")
    try:
        came = torch_runner(GraphInTorch(nodes_up_to(path, OUTPUT_NODE), INPUT_NODE))(probe)
    except Exception as error:  # a graph may hold anything
        return Check(name, f"{type(error).__name__}: {error}", "0", f"{TOLERANCE:g}", passed=False)
    return near(name, [float(np.abs(came - expected).max())], [0.0], TOLERANCE, digits=7)


def stem_checks(folder: Path, recogniser: Recogniser, figures: PublicFigures) -> Iterator[Check]:
    """The stems that the study shows, from the file to the score.

    Args:
        folder: DSD100's public sample, or the whole of DSD100.
    """
    root = folder if folder.name == "Sources" else folder / "Sources"
    for path, speech, label, score in figures.stems:
        try:
            result = recogniser.recognise(root / path)
        except StemError as error:
            yield Check(path, str(error), label, passed=False)
            continue
        if result.scores is None:
            yield Check(path, "silence", label, passed=False)
            continue
        name, came = best_instrument(result.scores, result.speech_score_percent)
        yield near(
            f"{path}: speech score in percent",
            [result.speech_score_percent],
            [speech],
            SPEECH_TOLERANCE_POINTS,
        )
        yield equal(f"{path}: AST's label", name, label)
        yield near(f"{path}: AST's score", [came], [score], SCORE_TOLERANCE)
