"""Writes the findings as one HTML page, with a table of stems to filter and to play."""

import math
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from AST.evaluation.calibration import confidences
from AST.evaluation.findings import Findings
from AST.evaluation.layout import probability
from AST.evaluation.saved_run import SavedRun
from AST.metrics import is_match, normalised
from AST.rules import ranked_instruments

TEMPLATES = Path(__file__).with_name("templates")
TOP_COUNT = 5


@dataclass(frozen=True)
class StemLine:
    """A row of the page's table of stems.

    Attributes:
        score: Score of the prediction, 0 to 1; None without scores.
        best: AST's five best instrument names with their scores, 0 to 1.
        path_from_song: The path from the song's folder on, short enough for a table.
        audio: Address of the audio file, relative to the page; None if it was not found.
    """

    label: str
    prediction: str
    proposed_label: str
    is_match: bool
    score: float | None
    speech_score_percent: float | None
    best: list[tuple[str, float]]
    path: str
    path_from_song: str
    audio: str | None


def render(run: SavedRun, findings: Findings, folder: Path) -> str:
    """The page as HTML, for a file in this folder. All text from the results is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    record = run.record or {}
    return environment.get_template("report.html").render(
        findings=findings,
        facts=_facts(record),
        models=_models(record),
        stems=stem_lines(run, folder),
        probability=probability,
    )


def stem_lines(run: SavedRun, folder: Path) -> list[StemLine]:
    """One line per stem, in the order of the results file."""
    columns = zip(run.rows, run.paths_from_song, _scores_of_stems(run), strict=True)
    return [
        StemLine(
            label=normalised(row.label),
            prediction=row.prediction,
            proposed_label=normalised(row.proposed_label),
            is_match=is_match(row),
            score=_known(score),
            speech_score_percent=_known(speech),
            best=[(name.lower(), value) for name, value in best[:TOP_COUNT]],
            path=row.path,
            path_from_song=path_from_song,
            audio=_address(_possible_files(row.path, path_from_song, run), folder),
        )
        for row, path_from_song, (score, speech, best) in columns
    ]


def _scores_of_stems(run: SavedRun) -> Iterator[tuple[float, float, list[tuple[str, float]]]]:
    """For each stem: the score of its prediction, its speech score, and its ranked names."""
    if run.scores is None:
        yield from [(math.nan, math.nan, [])] * len(run.rows)
        return
    confidence, has_scores = confidences(run.rows, run.scores), run.scores.has_scores
    for i, speech in enumerate(run.scores.speech_score_percent.tolist()):
        ranked = ranked_instruments(run.scores.scores[i], speech) if has_scores[i] else []
        yield float(confidence[i]), speech, ranked


def _known(value: float) -> float | None:
    return None if value != value else value


def _possible_files(path: str, path_from_song: str, run: SavedRun) -> Iterator[Path]:
    """Where the audio file of a stem may be.

    Its path is relative to the folder where the run started. This is often the current folder or
    the folder of the results. Otherwise the dataset's folder may contain the last parts of the
    path, at least from the song's folder on.
    """
    yield Path(path)
    yield run.file.parent / path
    dataset = (run.record or {}).get("dataset_path")
    if isinstance(dataset, str):
        parts = Path(path).parts
        for start in range(len(parts) - len(Path(path_from_song).parts) + 1):
            yield Path(dataset, *parts[start:])


def _address(files: Iterable[Path], folder: Path) -> str | None:
    """The first of these files that exists, relative to a folder; or None."""
    found = next(filter(os.path.isfile, files), None)
    return quote(os.fsencode(os.path.relpath(found, folder))) if found else None


def _facts(record: dict[str, Any]) -> list[str]:
    """The facts about a run for the head of the page, if its record has them."""
    facts = [str(record[name]) for name in ("dataset", "device", "precision") if name in record]
    past = [name for name in ("finished", "relabelled_from") if name in record]
    return facts + [f"{name.replace('_', ' ')} {record[name]}" for name in past]


def _models(record: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """The name of each model, its file and hash, and whether it is the published one."""
    return [
        (name, f"{Path(model['path']).name} (sha256 {model['sha256'][:12]})", model["is_published"])
        for name, model in record.get("models", {}).items()
    ]
