"""The scores of the windows of a run's stems, and how they are read."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from AST.errors import UsageError
from AST.evaluation.files.paths import values_of
from AST.evaluation.files.score_file import StemScores
from AST.results import SCORES, WINDOWS, Row, beside


@dataclass(frozen=True)
class WindowScores:
    """Scores of the windows of a run's stems, stem by stem in the order of the rows.

    The windows of a stem are in the order in which the run took them: the study's excerpt first.

    Attributes:
        stem: The row that each window belongs to; never falls. Shape (windows,).
        start_s: Where in the file the window starts, shape (windows,).
        scores: AST's scores, 0 to 1, shape (windows, 527). They are kept as small as in the file.
    """

    stem: npt.NDArray[np.int64]
    start_s: npt.NDArray[np.float64]
    scores: npt.NDArray[np.float16]

    def at(self, places: Sequence[int]) -> "WindowScores":
        """Those of some stems, by their places."""
        first = np.searchsorted(self.stem, places)
        counts = np.searchsorted(self.stem, places, side="right") - first
        stem = np.repeat(np.arange(len(places)), counts)
        windows = np.repeat(first - (np.cumsum(counts) - counts), counts) + np.arange(len(stem))
        if np.array_equal(windows, np.arange(len(self.stem))):  # the usual case: no copy
            return WindowScores(stem, self.start_s, self.scores)
        return WindowScores(stem, self.start_s[windows], self.scores[windows])

    def counts(self, stems: int) -> npt.NDArray[np.int64]:
        """The number of windows of each stem. Shape: (stems,)."""
        return np.bincount(self.stem, minlength=stems).astype(np.int64)


def read_windows(
    results: Path, rows: Sequence[Row], scores: StemScores | None
) -> WindowScores | None:
    """The windows' scores that a run wrote beside its results file, or None without such a file.

    Args:
        scores: Of the stems. Without them windows say nothing, and are not read.

    Raises:
        UsageError: The file is damaged, or its stems are not those of the scores.
    """
    path = beside(results, WINDOWS)
    if scores is None or not path.exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as file:
            places = {str(stem): place for place, stem in enumerate(file["paths"])}
            windows = _sorted_by_stem(file["stem"], file["start_s"], file["scores"])
        _check(windows, len(places), scores.scores.shape[1])
    except Exception as error:  # for a damaged archive NumPy raises nearly any error
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise UsageError(
            f"{path}: not the windows of a run ({reason}); run the analysis again or remove it"
        ) from error
    found = values_of([row.path for row in rows], places)
    of_rows = windows.at([-1 if place is None else place for place in found])
    has_windows = of_rows.counts(len(rows)) > 0
    if np.any(odd := has_windows != scores.has_scores):
        first = rows[int(np.argmax(odd))].path
        raise UsageError(
            f"{path}: {first} and {int(odd.sum()) - 1} more rows have windows but no scores in "
            f"{beside(results, SCORES).name}, or scores but no windows; expected both to be of the "
            "same run; remove the file if it is from another run"
        )
    return of_rows


def _sorted_by_stem(
    stem: npt.NDArray[Any], start_s: npt.NDArray[Any], scores: npt.NDArray[Any]
) -> WindowScores:
    if stem.dtype.kind not in "iu" or scores.dtype != np.float16:
        raise TypeError(f"stem of type {stem.dtype}, scores of type {scores.dtype}")
    if not (stem.ndim == 1 and len(stem) == len(start_s) == len(scores)):
        raise ValueError(f"shapes {stem.shape}, {start_s.shape} and {scores.shape}")
    stem = stem.astype(np.int64)
    start_s = np.asarray(start_s, np.float64)
    if np.any(stem[1:] < stem[:-1]):
        order = np.argsort(stem, kind="stable")
        stem, start_s, scores = stem[order], start_s[order], scores[order]
    return WindowScores(stem, start_s, scores)


def _check(windows: WindowScores, path_count: int, score_count: int) -> None:
    expected = (len(windows.stem), score_count)
    if windows.scores.shape != expected or windows.start_s.ndim != 1:
        raise ValueError(f"scores of shape {windows.scores.shape}, expected {expected}")
    if np.any((windows.stem < 0) | (windows.stem >= path_count)):
        raise ValueError(f"windows of stems outside 0 to {path_count - 1}")
    if not np.all((windows.start_s >= 0) & np.isfinite(windows.start_s)):
        raise ValueError("windows that start before the file, or nowhere")
    low, high = windows.scores.min(initial=0), windows.scores.max(initial=0)  # without copies
    if not (low >= 0 and high <= 1):  # of NaN neither is true
        raise ValueError("scores outside 0 to 1")
