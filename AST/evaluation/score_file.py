"""What lies beside a results file: its stems' scores, and the record of its run."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from AST.dictionary import check_dictionary
from AST.errors import UsageError
from AST.labels import AUDIOSET_CLASS_COUNT, LabelMap
from AST.results import RUN_RECORD, SCORES, Row, beside

MODEL_FIELDS = {"path": str, "sha256": str, "is_published": bool}
"""What a run record says of a model, as far as it is read."""


@dataclass(frozen=True)
class StemScores:
    """Scores of the stems of a results file, in the order of its rows.

    Attributes:
        scores: AST's sigmoid scores, shape (n, 527); NaN where a stem has none.
        speech_score_percent: Shape (n,); NaN where a stem failed.
    """

    scores: npt.NDArray[np.float32]
    speech_score_percent: npt.NDArray[np.float64]

    @property
    def has_scores(self) -> npt.NDArray[np.bool_]:
        """Which stems AST heard. Shape: (n,)."""
        return np.asarray(np.isfinite(self.scores).all(axis=1))


def read_scores(results: Path, rows: Sequence[Row]) -> StemScores | None:
    """The scores that a run wrote beside its results file, or None where there are none.

    Raises:
        UsageError: The file is damaged, or lacks one of the rows.
    """
    path = beside(results, SCORES)
    if not path.exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as file:
            places = {str(stem): place for place, stem in enumerate(file["paths"])}
            scores = np.asarray(file["scores"], np.float32)
            speech = np.asarray(file["speech_score_percent"], np.float64)
        _check(scores, speech, len(places))
    except Exception as error:  # a damaged archive makes NumPy raise nearly anything
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise UsageError(
            f"{path}: no scores of a run ({reason}); run the analysis again, or remove it"
        ) from error
    if strange := [row.path for row in rows if row.path not in places]:
        raise UsageError(
            f"{path}: no scores of {strange[0]} and {len(strange) - 1} more rows of {results}; "
            "expected the file that the same run wrote; remove it if it is another's"
        )
    order = [places[row.path] for row in rows]
    return StemScores(scores[order], speech[order])


def _check(
    scores: npt.NDArray[np.float32], speech: npt.NDArray[np.float64], path_count: int
) -> None:
    expected = (path_count, AUDIOSET_CLASS_COUNT)
    if scores.shape != expected or speech.shape != expected[:1]:
        raise ValueError(
            f"shapes {scores.shape} and {speech.shape} for {path_count} paths, expected "
            f"{expected} and {expected[:1]}"
        )
    if np.any((scores < 0) | (scores > 1)) or np.any((speech < 0) | (speech > 100)):
        raise ValueError("scores outside 0 to 1, or speech scores outside 0 to 100")


def read_run_record(results: Path) -> dict[str, Any] | None:
    """The record that a run wrote beside its results file, or None where there is none.

    Raises:
        UsageError: It is damaged.
    """
    path = beside(results, RUN_RECORD)
    if not path.exists():
        return None
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path}: {error.strerror}; expected the record of a run, make it readable"
        ) from error
    try:
        record: dict[str, Any] = json.loads(content)
        json.dumps(record, ensure_ascii=False).encode()  # half a surrogate pair is no text
        dictionary = record["label_dictionary"]
        for model in record.get("models", {}).values():  # of records that relabel.py began: none
            for field, kind in MODEL_FIELDS.items():
                if not isinstance(model[field], kind):
                    raise TypeError(f"{field} is {model[field]!r}")
        if not all(isinstance(song, str) for song in record.get("songs", {}).values()):
            raise TypeError("a song is not a text")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(
            f"{path}: no record of a run ({type(error).__name__}: {error}); remove it"
        ) from error
    check_dictionary(dictionary, path)
    return record


def label_map_of(record: dict[str, Any]) -> LabelMap:
    """The label dictionary of a run."""
    return LabelMap(record["label_dictionary"])
