"""The scores of stems, if AST hears only the first windows of each."""

import itertools
from dataclasses import replace

import numpy as np

from AST.evaluation.files.score_file import StemScores
from AST.evaluation.files.window_scores import WindowScores
from AST.window_scores import pooled


def doubled(most: int) -> list[int]:
    """1, 2, 4, 8, … and the largest number of windows.

    >>> doubled(1), doubled(8), doubled(11)
    ([1], [1, 2, 4, 8], [1, 2, 4, 8, 11])
    """
    return sorted({*(2**power for power in range(most.bit_length())), most})


def by_first_windows(
    scores: StemScores, windows: WindowScores, pool: str, number: int
) -> StemScores:
    """The stems' scores, pooled as a run pools them, from so many first windows of each.

    A stem with fewer windows keeps all of them, and one without windows has no scores.

    Args:
        scores: Of the run.
    """
    found = np.full_like(scores.scores, np.nan)
    ends = np.cumsum(windows.counts(len(found))).tolist()
    for stem, (start, end) in enumerate(itertools.pairwise([0, *ends])):
        if end > start:
            own = windows.scores[start : min(end, start + number)].astype(np.float32)
            speech = float(scores.speech_score_percent[stem])
            found[stem] = pooled(own, pool, speech, scores.outputs)
    return replace(scores, scores=found)
