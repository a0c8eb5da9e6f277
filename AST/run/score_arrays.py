"""The arrays of the scores file: one entry for each stem, in the order of the results file."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from AST.labels import OutputNames
from AST.results import OUTPUT_NAMES, SCORE_FIGURES
from AST.run.stem_result import StemResult


def score_arrays(
    results: Sequence[StemResult], outputs: OutputNames
) -> dict[str, npt.NDArray[Any]]:
    """All arrays, by their names in the file. Output names that are not AudioSet's are one, too."""
    figures = {
        name: np.array([getattr(one, name) for one in results], float) for name in SCORE_FIGURES
    }
    paths = np.array([result.row.path for result in results])
    names = {} if outputs.are_audioset else {OUTPUT_NAMES: np.array(outputs.names)}
    return {"paths": paths, "scores": ast_scores(results, outputs), **figures, **names}


def ast_scores(results: Sequence[StemResult], outputs: OutputNames) -> npt.NDArray[np.float32]:
    """AST's scores, NaN where a stem has none. Shape: (n, outputs)."""
    no_scores = np.full(len(outputs.names), np.nan, np.float32)
    return np.stack([no_scores if one.scores is None else one.scores for one in results])
