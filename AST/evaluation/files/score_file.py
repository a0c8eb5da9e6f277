"""Reads the two files beside a results file: the scores of its stems and the run record."""

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from AST.dictionary import check_dictionary
from AST.errors import UsageError
from AST.evaluation.files.instrument_record import check_instruments
from AST.evaluation.files.paths import values_of
from AST.evaluation.files.window_record import window_settings
from AST.labels import OutputNames, audioset_outputs, output_names
from AST.results import OUTPUT_NAMES, RUN_RECORD, SCORE_FIGURES, SCORES, WINDOWS, Row, beside
from AST.run_id import Tie, tie_in


@dataclass(frozen=True)
class StemScores:
    """Scores of the stems of a results file, in the order of its rows.

    Attributes:
        scores: AST's scores, 0 to 1, shape (n, outputs); NaN for a stem without scores.
        speech_score_percent: Shape (n,); NaN for a stem that failed.
        rms_dbfs, duration_s: The same for level and length; None in files of older versions.
        outputs: What AST's outputs are called.
    """

    scores: npt.NDArray[np.float32]
    speech_score_percent: npt.NDArray[np.float64]
    rms_dbfs: npt.NDArray[np.float64] | None = None
    duration_s: npt.NDArray[np.float64] | None = None
    outputs: OutputNames = field(default_factory=audioset_outputs)

    @functools.cached_property
    def has_scores(self) -> npt.NDArray[np.bool_]:
        """Which stems have scores of AST. Shape: (n,)."""
        return np.asarray(np.isfinite(self.scores).all(axis=1))

    def at(self, places: Sequence[int]) -> "StemScores":
        """Those of some stems, by their places."""
        arrays = {name: array[places] for name, array in self.arrays.items()}
        return StemScores(**arrays, outputs=self.outputs)

    @property
    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Those that are known, by their names in the file."""
        arrays = {name: getattr(self, name) for name in ("scores", *SCORE_FIGURES)}
        return {name: array for name, array in arrays.items() if array is not None}


def read_scores(results: Path, rows: Sequence[Row]) -> StemScores | None:
    """The scores that a run wrote beside its results file, or None without such a file.

    Raises:
        UsageError: The file is damaged, or a row is missing in it.
    """
    path = beside(results, SCORES)
    if not path.exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as file:
            places = {str(stem): place for place, stem in enumerate(file["paths"])}
            scores = np.asarray(file["scores"], np.float32)
            names = [name for name in SCORE_FIGURES if name in file]
            figures = {name: np.asarray(file[name], np.float64) for name in names}
            outputs = (
                output_names(list(map(str, file[OUTPUT_NAMES])))
                if OUTPUT_NAMES in file
                else audioset_outputs()
            )
            stems = StemScores(scores, **figures, outputs=outputs)
        _check(stems, len(places))
    except Exception as error:  # for a damaged archive NumPy raises nearly any error
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise UsageError(
            f"{path}: not the scores of a run ({reason}); run the analysis again or remove it"
        ) from error
    found = values_of([row.path for row in rows], places)
    order = [place for place in found if place is not None]
    if missing := [row.path for row, place in zip(rows, found, strict=True) if place is None]:
        raise UsageError(
            f"{path}: has no scores of {missing[0]} and {len(missing) - 1} more rows of {results}; "
            "expected the scores of the same run; remove the file if it is from another run"
        )
    if order == list(range(len(scores))):  # the usual case; a copy takes as much memory again
        return stems
    return stems.at(order)


def read_ties(results: Path) -> dict[Path, Tie | None]:
    """What the files beside a results file say about their run, by their paths.

    They must be known to be undamaged. A file that is not there is left out, and so are windows
    without scores, which nobody reads.
    """
    ties: dict[Path, Tie | None] = {}
    for kind in (SCORES, WINDOWS):
        if (path := beside(results, kind)).exists() and beside(results, SCORES).exists():
            with np.load(path, allow_pickle=False) as file:
                ties[path] = tie_in(file)
    if (path := beside(results, RUN_RECORD)).exists():
        ties[path] = tie_in(json.loads(path.read_bytes()))
    return ties


def _check(stems: StemScores, path_count: int) -> None:
    scores, speech = stems.scores, stems.speech_score_percent
    figures = [figure for name in SCORE_FIGURES if (figure := getattr(stems, name)) is not None]
    shapes = [scores.shape, *(figure.shape for figure in figures)]
    expected = [(path_count, len(stems.outputs.names)), *[(path_count,)] * len(figures)]
    if shapes != expected:
        raise ValueError(f"shapes {shapes} for {path_count} paths, expected {expected}")
    if np.any((scores < 0) | (scores > 1)) or np.any((speech < 0) | (speech > 100)):
        raise ValueError("scores outside 0 to 1, or speech scores outside 0 to 100")


def read_run_record(results: Path) -> dict[str, Any] | None:
    """The record that a run wrote beside its results file, or None without such a file.

    Raises:
        UsageError: The record cannot be read or is damaged.
    """
    path = beside(results, RUN_RECORD)
    if not path.exists():
        return None
    try:
        record: dict[str, Any] = json.loads(path.read_bytes())
        json.dumps(record, ensure_ascii=False).encode()  # half a surrogate pair is not text
        dictionary = record["label_dictionary"]
        for model in record.get("models", {}).values():  # relabel.py may write a record without
            for field, kind in {"path": str, "sha256": str, "is_published": bool}.items():
                if not isinstance(model[field], kind):
                    raise TypeError(f"{field} is {model[field]!r}")
        if not all(isinstance(song, str) for song in record.get("songs", {}).values()):
            raise TypeError("a song is not a text")
        check_instruments(record)
        window_settings(record)
    except OSError as error:
        raise UsageError(
            f"{path}: {error.strerror}; expected the record of a run; make the file readable"
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(
            f"{path}: not the record of a run ({type(error).__name__}: {error}); remove the file"
        ) from error
    check_dictionary(dictionary, path)
    return record
