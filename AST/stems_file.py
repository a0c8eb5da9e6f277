"""The table of stems beside a results file: what people open to see one stem after the other."""

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from AST.cells import as_text
from AST.labels import SPEECH, OutputNames, audioset_outputs
from AST.results import Row
from AST.rules import best_of_all

NEXT_COUNT = 4
NEXT_COLUMNS = [
    f"{kind}_{place}" for place in range(2, 2 + NEXT_COUNT) for kind in ("name", "score")
]
COLUMNS = (
    *("path", "song", "class", "instrument", "duration_s", "rms_dbfs", "speech_score_percent"),
    *("prediction", "score", "proposed_label", *NEXT_COLUMNS, "warning"),
)
"""In doc/usage.md each has a line."""
DECIMALS = {"duration_s": 3, "rms_dbfs": 2, "speech_score_percent": 3}
SCORE_DECIMALS = 4
BLOCK_STEMS = 1024
"""So many stems are made into text at a time."""
BLEED = "other instruments bleed into it, says the dataset"

Arrays = Mapping[str, npt.NDArray[Any]]


def stems_blocks(
    rows: Sequence[Row],
    arrays: Arrays | None,
    record: Mapping[str, Any],
    outputs: OutputNames | None = None,
) -> Iterator[str]:
    """The table as CSV text: the header, and then some stems at a time, because they may be many.

    Args:
        arrays: Those of the scores file, in the order of the rows; None without scores.
        record: Of the run.
        outputs: What AST's scores are of; None: AudioSet's names.
    """
    songs, instruments = record.get("songs", {}), record.get("instruments", {})
    remarks = _remarks(record)
    yield _csv([COLUMNS])
    for start in range(0, len(rows), BLOCK_STEMS):
        block = slice(start, start + BLOCK_STEMS)
        part = None if arrays is None else _part(arrays, block)
        lines = []
        for row, figures, score, others in zip(
            rows[block],
            _figures(rows[block], part),
            *_scores(rows[block], part, outputs or audioset_outputs()),
            strict=True,
        ):
            stem = [row.path, songs.get(row.path, ""), row.label, instruments.get(row.path, "")]
            answer = [as_text(row.prediction), score, as_text(row.proposed_label)]
            remark = as_text(remarks.get(row.path, ""))
            # Not as text, so that a spreadsheet sees numbers: a level is below zero.
            lines.append([*map(as_text, stem), *figures, *answer, *others, remark])
        yield _csv(lines)


def _part(arrays: Arrays, block: slice) -> Arrays:
    return {name: arrays[name][block] for name in ("scores", *DECIMALS) if name in arrays}


def _csv(lines: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    return text.getvalue()


def _figures(rows: Sequence[Row], arrays: Arrays | None) -> list[list[str]]:
    """Duration, level and speech score of each stem. What is not known, or endless, is empty."""
    columns = []
    for name, decimals in DECIMALS.items():
        values = (arrays or {}).get(name, np.full(len(rows), np.nan))
        columns.append([_rounded(value, decimals) for value in values.tolist()])
    return [list(one) for one in zip(*columns, strict=True)]


def _scores(
    rows: Sequence[Row], arrays: Arrays | None, outputs: OutputNames
) -> tuple[list[str], list[list[str]]]:
    """AST's score of each prediction, and the best other names with their scores."""
    if arrays is None:
        return [""] * len(rows), [[""] * 2 * NEXT_COUNT for _ in rows]
    speech_scores = arrays["speech_score_percent"]
    indices, values = best_of_all(arrays["scores"], speech_scores, NEXT_COUNT + 1, outputs)
    names = outputs.names
    own, others = [], []
    for row, best, scores in zip(rows, indices.tolist(), values.tolist(), strict=True):
        pairs = [
            (names[index].lower(), _rounded(score, SCORE_DECIMALS))
            for index, score in zip(best, scores, strict=True)
            if math.isfinite(score)
        ]
        of_ast = not (row.prediction == SPEECH == row.proposed_label)  # else the speech model's
        score = next((text for name, text in pairs if of_ast and name == row.prediction), "")
        left = [pair for pair in pairs if not score or pair[0] != row.prediction][:NEXT_COUNT]
        left += [("", "")] * (NEXT_COUNT - len(left))
        own.append(score)
        others.append([cell for pair in left for cell in pair])
    return own, others


def _remarks(record: Mapping[str, Any]) -> dict[str, str]:
    """What is odd about each stem: in its file, in the dataset, or why it failed."""
    found: dict[str, list[str]] = {}
    for kind in ("failures", "warnings"):
        for entry in record.get(kind, []):
            found.setdefault(entry["path"], []).append(entry["reason"])
    for path, note in record.get("errata", {}).items():
        found.setdefault(path, []).append(f"known erratum: {note}")
    for path in record.get("bleed", []):
        found.setdefault(path, []).append(BLEED)
    return {path: "; ".join(reasons) for path, reasons in found.items()}


def _rounded(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}" if math.isfinite(value) else ""
