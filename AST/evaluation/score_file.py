"""Reads the two files beside a results file: the scores of its stems and the run record."""

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from AST.dictionary import check_dictionary
from AST.errors import UsageError
from AST.evaluation.paths import values_of
from AST.labels import AUDIOSET_CLASS_COUNT
from AST.results import RUN_RECORD, SCORES, Row, beside

FURTHER = ("rms_dbfs", "duration_s")
"""Arrays that a file may lack."""


@dataclass(frozen=True)
class StemScores:
    """Scores of the stems of a results file, in the order of its rows.

    Attributes:
        scores: AST's sigmoid scores, 0 to 1, shape (n, 527); NaN for a stem without scores.
        speech_score_percent: Shape (n,); NaN for a stem that failed.
        rms_dbfs: Level of each stem, shape (n,); None if the file lacks it.
        duration_s: Shape (n,); None if the file lacks it.
    """

    scores: npt.NDArray[np.float32]
    speech_score_percent: npt.NDArray[np.float64]
    rms_dbfs: npt.NDArray[np.float64] | None = None
    duration_s: npt.NDArray[np.float64] | None = None

    @functools.cached_property
    def has_scores(self) -> npt.NDArray[np.bool_]:
        """Which stems have scores of AST. Shape: (n,)."""
        return np.asarray(np.isfinite(self.scores).all(axis=1))


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
            stems = StemScores(
                scores,
                np.asarray(file["speech_score_percent"], np.float64),
                *(np.asarray(file[x], np.float64) if x in file else None for x in FURTHER),
            )
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
    return StemScores(
        stems.scores[order],
        stems.speech_score_percent[order],
        *(None if x is None else x[order] for x in (stems.rms_dbfs, stems.duration_s)),
    )


def _check(stems: StemScores, path_count: int) -> None:
    scores, speech = stems.scores, stems.speech_score_percent
    expected = (path_count, AUDIOSET_CLASS_COUNT)
    if scores.shape != expected or speech.shape != expected[:1]:
        raise ValueError(
            f"shapes {scores.shape} and {speech.shape} for {path_count} paths, expected "
            f"{expected} and {expected[:1]}"
        )
    if any(x is not None and x.shape != expected[:1] for x in (stems.rms_dbfs, stems.duration_s)):
        raise ValueError(f"expected {path_count} levels and durations")
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
