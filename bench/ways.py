"""Compares the study's way with the pipeline in each precision, on the same files."""

import time
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt

from AST.datasets.dataset import Stem
from AST.labels import LabelMap
from AST.recognition.models import Models
from AST.run.journal import StemResult
from AST.run.pipeline import analyse_batches
from AST.run.workers import Preparation
from bench.parts import clips_per_s
from bench.study import Study

STUDY = "the study's way"
ROUNDS = 3


def pipeline(
    stems: Sequence[Stem], models: Sequence[Models], batch_size: int, workers: int
) -> tuple[float, list[StemResult]]:
    """Seconds from the first file to the last result, and the results. Models are loaded before."""
    start = time.perf_counter()
    batches = Preparation(stems, workers).batches(batch_size)
    results = list(chain.from_iterable(analyse_batches(stems, batches, models, LabelMap({}))))
    return time.perf_counter() - start, results


def ways_in_turns(
    stems: Sequence[Stem],
    paths: tuple[Path, Path],
    models: Mapping[str, Sequence[Models]],
    batch_size: int,
    workers: int,
) -> dict[str, dict[str, float]]:
    """For each way: its seconds, its largest differences of scores, and the speed of AST alone.

    The ways take turns and the fastest round of each counts, because a machine's speed varies. The
    differences are from the study's scores, 0 to 1: AST's scores and the speech score.

    Args:
        paths: Both model files, for the study's way: AST's and the speech model's.
        models: For each precision the models on each device.
    """
    study = Study(*paths)
    for one in models.values():  # the first run sets up memory and threads
        pipeline(stems[:1], one, batch_size, 0)
    ways: dict[str, dict[str, float]] = {STUDY: {}, **{name: {} for name in models}}
    best_s = dict.fromkeys(ways, np.inf)
    for _ in range(ROUNDS):
        start = time.perf_counter()
        expected = [study.analyse(stem.path) for stem in stems]
        best_s[STUDY] = min(best_s[STUDY], time.perf_counter() - start)
        for name, one in models.items():
            seconds, results = pipeline(stems, one, batch_size, workers)
            best_s[name] = min(best_s[name], seconds)
            ways[name] = _differences(results, expected)
    for name, one in models.items():
        ways[name]["ast_clips_per_s"] = clips_per_s(one[0], batch_size)
    for name, seconds in best_s.items():
        ways[name]["seconds"] = seconds
    return ways


def figures_of(
    ways: Mapping[str, Mapping[str, float]], file_count: int, duration_s: int
) -> dict[str, dict[str, float]]:
    """Adds to each way the rates that follow from its seconds."""
    return {
        name: {
            **way,
            "seconds_per_file": way["seconds"] / file_count,
            "files_per_s": file_count / way["seconds"],
            "times_real_time": duration_s * file_count / way["seconds"],
            "times_the_study": ways[STUDY]["seconds"] / way["seconds"],
        }
        for name, way in ways.items()
    }


def _differences(
    results: Sequence[StemResult], expected: Sequence[tuple[npt.NDArray[np.float32], float]]
) -> dict[str, float]:
    percents = [percent for _, percent in expected]
    return {
        "lowest_speech_score_percent": min(percents),  # a saturated model would hide differences
        "highest_speech_score_percent": max(percents),
        "ast_difference": max(
            float(np.abs(result.scores - scores).max())
            for result, (scores, _) in zip(results, expected, strict=True)
            if result.scores is not None
        ),
        "speech_difference": max(
            abs(result.speech_score_percent - percent) / 100
            for result, (_, percent) in zip(results, expected, strict=True)
        ),
    }
