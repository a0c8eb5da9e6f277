"""The arrays of the scores file: one entry for each stem, in the order of the results file."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from AST.labels import AUDIOSET_CLASS_COUNT
from AST.results import SCORE_FIGURES
from AST.run.stem_result import StemResult


def score_arrays(results: Sequence[StemResult]) -> dict[str, npt.NDArray[Any]]:
    """All arrays, by their names in the file."""
    figures = {
        name: np.array([getattr(one, name) for one in results], float) for name in SCORE_FIGURES
    }
    paths = np.array([result.row.path for result in results])
    return {"paths": paths, "scores": ast_scores(results), **figures}


def ast_scores(results: Sequence[StemResult]) -> npt.NDArray[np.float32]:
    """AST's scores, NaN where a stem has none. Shape: (n, 527)."""
    no_scores = np.full(AUDIOSET_CLASS_COUNT, np.nan, np.float32)
    return np.stack([no_scores if one.scores is None else one.scores for one in results])
