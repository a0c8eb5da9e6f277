"""Compares the study's way with the pipeline in each precision, on the same files."""

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from AST.datasets.stem import Stem
from AST.engines.batch_analysis import analyse_batches
from AST.engines.stem_result import StemResult
from AST.engines.workers import Preparation
from AST.labels import LabelMap
from AST.recognition.models import Models
from bench.machine import timed
from bench.parts import clips_per_s
from bench.study import Study

STUDY = "the study's way"
STUDY_FILES = 8
"""The study's way takes one file after the other, so a few of them give its time for each."""
ROUNDS = 3


def pipeline(
    stems: Sequence[Stem], models: Models, batch_size: int, workers: int
) -> list[StemResult]:
    """The results of all stems. Models are loaded before."""
    batches = Preparation(stems, workers, batch_size).batches()
    return list(chain.from_iterable(analyse_batches(stems, batches, models, LabelMap({}))))


def ways_in_turns(
    stems: Sequence[Stem],
    paths: tuple[Path, Path],
    models: Mapping[str, Models],
    batch_size: int,
    workers: int,
) -> dict[str, dict[str, float]]:
    """For each way: its files and seconds, its differences of scores, and the speed of AST alone.

    The ways take turns and the fastest round of each counts, because a machine's speed varies. The
    differences are the largest ones from the study's scores, 0 to 1: AST's and the speech score.

    Args:
        paths: Both model files, for the study's way: AST's and the speech model's.
        models: For each precision.
    """
    study = Study(*paths)
    for one in models.values():  # the first run sets up memory and threads
        pipeline(stems[:1], one, batch_size, 0)
    few = stems[:STUDY_FILES]
    ways: dict[str, dict[str, float]] = {
        name: {"files": len(few if name == STUDY else stems), "seconds": np.inf}
        for name in (STUDY, *models)
    }
    for _ in range(ROUNDS):
        seconds, expected = timed(lambda: [study.analyse(stem.path) for stem in few])
        ways[STUDY]["seconds"] = min(ways[STUDY]["seconds"], seconds)
        scores, percents = zip(*expected, strict=True)
        for name, one in models.items():
            seconds, results = timed(pipeline, stems, one, batch_size, workers)
            ways[name]["seconds"] = min(ways[name]["seconds"], seconds)
            ways[name] |= _differences(results[: len(few)], scores, percents)
    for name, one in models.items():
        ways[name]["ast_clips_per_s"] = clips_per_s(one, batch_size)
    return ways


def add_rates(ways: Mapping[str, dict[str, float]], duration_s: int) -> None:
    """Adds to each way the rates that follow from its files and seconds."""
    for way in ways.values():
        way["seconds_per_file"] = way["seconds"] / way["files"]
        way["files_per_s"] = way["files"] / way["seconds"]
        way["times_real_time"] = duration_s / way["seconds_per_file"]
        way["times_the_study"] = ways[STUDY]["seconds_per_file"] / way["seconds_per_file"]


def _differences(
    results: Sequence[StemResult], scores: Sequence[Any], percents: Sequence[float]
) -> dict[str, float]:
    ast = np.array([result.scores for result in results]) - scores
    speech = np.array([result.speech_score_percent for result in results]) - percents
    return {
        "lowest_speech_score_percent": min(percents),  # a saturated model would hide differences
        "highest_speech_score_percent": max(percents),
        "ast_difference": float(np.abs(ast).max()),
        "speech_difference": float(np.abs(speech).max()) / 100,
    }
