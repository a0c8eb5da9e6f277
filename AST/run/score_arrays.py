"""The arrays of the files of scores: of the stems, and of their windows."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from AST.engines.stem_result import StemResult
from AST.labels import OutputNames
from AST.results import OUTPUT_NAMES, SCORE_FIGURES


def score_arrays(
    results: Sequence[StemResult], outputs: OutputNames
) -> dict[str, npt.NDArray[Any]]:
    """Those of the stems, in the order of the results file, by their names in the file.

    Output names that are not AudioSet's are one, too.
    """
    figures = {
        name: np.array([getattr(one, name) for one in results], float) for name in SCORE_FIGURES
    }
    paths = np.array([result.row.path for result in results])
    names = {} if outputs.are_audioset else {OUTPUT_NAMES: np.array(outputs.names)}
    return {"paths": paths, "scores": ast_scores(results, outputs), **figures, **names}


def window_arrays(
    results: Sequence[StemResult], outputs: OutputNames
) -> dict[str, npt.NDArray[Any]]:
    """Those of the windows, stem after stem; ``stem`` is a place in ``paths``."""
    counts = [0 if one.window_start_s is None else len(one.window_start_s) for one in results]
    starts = [one.window_start_s for one in results if one.window_start_s is not None]
    scores = [one.window_scores for one in results if one.window_scores is not None]
    return {
        "paths": np.array([result.row.path for result in results]),
        "stem": np.repeat(np.arange(len(results), dtype=np.int32), counts),
        "start_s": np.concatenate([np.zeros(0), *starts]),
        "scores": np.concatenate([np.zeros((0, len(outputs.names)), np.float16), *scores]),
    }


def ast_scores(results: Sequence[StemResult], outputs: OutputNames) -> npt.NDArray[np.float32]:
    """AST's scores, NaN where a stem has none. Shape: (n, outputs)."""
    no_scores = np.full(len(outputs.names), np.nan, np.float32)
    return np.stack([no_scores if one.scores is None else one.scores for one in results])
