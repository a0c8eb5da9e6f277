"""The table of stems of a page: in columns, because a run may have 100,000 stems."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from AST.evaluation.files.audio_files import audio_folders, split_paths
from AST.evaluation.files.saved_run import SavedRun
from AST.evaluation.scores.calibration import Confidences, confidences
from AST.evaluation.scores.instrument_scores import instrument_scores
from AST.metrics import is_match, normalised
from AST.writing import visible

TOP_COUNT = 5


class Texts(dict[str, int]):
    """Each different text once, with its number: the page's rows hold numbers."""

    def numbers(self, texts: Iterable[str]) -> list[int]:
        return [self.setdefault(visible(text), len(self)) for text in texts]


@dataclass(frozen=True)
class StemTable:
    """All stems in the order of the results file. Every text can be shown as it is.

    Attributes:
        texts: What the numbers in ``columns`` stand for.
        columns: One number for each stem: its ``label``, ``proposed`` label, ``prediction``,
            ``song`` and the ``folder`` of that song.
        files: Path of each file from its song's folder on.
        audio: The address of each file's song folder, relative to the page; None without the file.
        right: Which proposed labels are right, shape (n,).
        score: Of the prediction, 0 to 1, shape (n,); NaN without scores.
        speech_score_percent: Shape (n,); NaN without scores.
        best: Numbers of AST's five best instrument names, and their scores, both of shape (n, 5);
            a stem without scores has no finite ones.
    """

    texts: Texts
    columns: dict[str, list[int]]
    files: list[str]
    audio: list[str | None]
    right: npt.NDArray[np.bool_]
    score: Confidences
    speech_score_percent: npt.NDArray[np.float64]
    best: tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]

    @property
    def most_confident_mistakes(self) -> list[int]:
        """Places of the wrong stems with a score, the highest score first."""
        mistakes = np.flatnonzero(~self.right & np.isfinite(self.score))
        order = np.argsort(-self.score[mistakes], kind="stable")
        return [int(place) for place in mistakes[order]]

    def as_json(self, **more: object) -> str:
        """The table as compact JSON that may stand in a page. Shares are in thousandths."""
        folders = Texts()
        names, scores = self.best
        table: dict[str, Any] = {
            "texts": list(self.texts),
            **self.columns,
            **more,
            "file": self.files,
            "audio": [-1 if to is None else folders.numbers([to])[0] for to in self.audio],
            "addresses": list(folders),
            "right": self.right.astype(int).tolist(),
            "score": _thousandths(self.score),
            "speech": _thousandths(self.speech_score_percent / 100),
            "best": names.ravel().tolist() if np.isfinite(scores).any() else [],
            "best_scores": _thousandths(scores.ravel()) if np.isfinite(scores).any() else [],
        }
        text = json.dumps(table, separators=(",", ":"), ensure_ascii=False)
        return text.replace("<", r"\u003c")  # no text can end the script element


def stem_table(run: SavedRun, page_folder: Path) -> StemTable:
    """The table of a run's stems, for a page in this folder."""
    parts, texts = split_paths(run), Texts()
    columns = {
        "label": texts.numbers(normalised(row.label) for row in run.rows),
        "proposed": texts.numbers(normalised(row.proposed_label) for row in run.rows),
        "prediction": texts.numbers(normalised(row.prediction) for row in run.rows),
        "song": texts.numbers(run.songs),
        "folder": texts.numbers(start for start, _ in parts),
    }
    audio = audio_folders(run, parts, page_folder)
    unknown = np.full(len(run.rows), np.nan)
    return StemTable(
        texts=texts,
        columns=columns,
        files=[visible(rest) for _, rest in parts],
        audio=[
            folder if visible(rest) == rest else None  # a browser cannot be told such a name
            for folder, (_, rest) in zip(audio, parts, strict=True)
        ],
        right=np.array([is_match(row) for row in run.rows]),
        score=unknown if run.scores is None else confidences(run.rows, run.scores),
        speech_score_percent=unknown if run.scores is None else run.scores.speech_score_percent,
        best=_best_names(run, texts),
    )


def _best_names(
    run: SavedRun, texts: Texts
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """As ``rules.ranked_instruments`` ranks them, for all stems at once."""
    if run.scores is None:
        shape = (len(run.rows), TOP_COUNT)
        return np.zeros(shape, np.int64), np.full(shape, np.nan, np.float32)
    scores = instrument_scores(run.scores)
    order = np.argsort(-scores, axis=1, kind="stable")[:, :TOP_COUNT]
    best = np.take_along_axis(scores, order, axis=1)
    names = texts.numbers(map(str.lower, run.scores.outputs.candidate_names))
    missing = (0, 0), (0, TOP_COUNT - best.shape[1])  # in a head with fewer names
    return np.pad(np.array(names)[order], missing), np.pad(best, missing, constant_values=-np.inf)


def _thousandths(values: npt.NDArray[Any]) -> list[int]:
    """Whole thousandths, and -1 for what is not known."""
    return [int(value) for value in np.where(np.isfinite(values), np.rint(1000 * values), -1)]
