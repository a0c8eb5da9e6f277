"""The results of many stems in little memory: columns of numbers, not an object for each stem."""

import sys
from array import array
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from AST.engines.stem_result import StemResult
from AST.labels import OutputNames
from AST.results import OUTPUT_NAMES, SCORE_FIGURES, SCORES, WINDOWS, Row


class RunResults:
    """The results of a run so far, in the order of the walk.

    Attributes:
        rows: One for each stem.
        remarks: Why stems failed (``failure``), and what is odd about their files (``warning``), by
            the place of the stem.
    """

    def __init__(self, outputs: OutputNames) -> None:
        self._outputs = outputs
        self.rows: list[Row] = []
        self.remarks: dict[str, dict[int, str]] = {"failure": {}, "warning": {}}
        self._figures = {name: array("d") for name in SCORE_FIGURES}
        # These grow in place. NumPy's arrays would need a second copy for that.
        self._scores, self._window_scores = bytearray(), bytearray()
        self._window_counts, self._window_start_s = array("q"), array("d")
        self._no_scores = np.full(len(outputs.names), np.nan, np.float32).tobytes()

    def __len__(self) -> int:
        return len(self.rows)

    def add(self, results: Sequence[StemResult]) -> None:
        for one in results:
            for kind, remarks in self.remarks.items():
                if remark := getattr(one, kind):
                    remarks[len(self.rows)] = remark
            self.rows.append(Row(*map(sys.intern, one.row)))  # names repeat
            for name, figures in self._figures.items():
                figures.append(getattr(one, name))
            self._scores += self._no_scores if one.scores is None else one.scores.tobytes()
            starts = () if one.window_start_s is None else one.window_start_s.tolist()
            self._window_counts.append(len(starts))
            self._window_start_s.extend(starts)
            self._window_scores += b"" if one.window_scores is None else one.window_scores.tobytes()

    def reasons(self, kind: str) -> dict[str, str]:
        """The remarks of a kind by the path of the stem."""
        return {self.rows[place].path: reason for place, reason in self.remarks[kind].items()}

    @property
    def scores(self) -> npt.NDArray[np.float32]:
        """AST's scores, NaN where a stem has none. Shape: (n, outputs).

        The memory is that of this object: nothing can be added while the array is there.
        """
        return np.frombuffer(self._scores, np.float32).reshape(len(self.rows), -1)

    def arrays_of_files(self, has_windows: bool) -> dict[str, dict[str, npt.NDArray[Any]]]:
        """The arrays of each file of scores, by their names in it. See ``scores``.

        Args:
            has_windows: Whether the scores of the stems' windows are kept.
        """
        paths = np.array([row.path for row in self.rows])
        figures = {name: np.frombuffer(column) for name, column in self._figures.items()}
        of_stems = {"paths": paths, "scores": self.scores, **figures}
        if not self._outputs.are_audioset:
            of_stems[OUTPUT_NAMES] = np.array(self._outputs.names)
        arrays = {SCORES: of_stems}
        if has_windows:
            arrays[WINDOWS] = {
                "paths": paths,
                "stem": np.repeat(np.arange(len(self), dtype=np.int32), self._window_counts),
                "start_s": np.frombuffer(self._window_start_s),
                "scores": np.frombuffer(self._window_scores, np.float16).reshape(
                    -1, len(self._outputs.names)
                ),
            }
        return arrays
