"""Findings as one page that needs nothing else: to look at, to filter, to listen."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from AST.evaluation.findings import Findings
from AST.evaluation.saved_run import SavedRun
from AST.evaluation.score_figures import confidences
from AST.metrics import is_match, normalised
from AST.rules import ranked_instruments

TEMPLATES = Path(__file__).with_name("templates")
TOP_COUNT = 5


@dataclass(frozen=True)
class StemLine:
    """A row of the page's table of stems.

    Attributes:
        score: Of the prediction, 0 to 1; None without one.
        best: AST's five best instrument labels and their scores.
        path_from_song: The path from its song's folder on, which is short enough for a table.
        audio: Address of the file, seen from the page; None if it was not found.
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
    """The page as HTML; everything from the results is escaped.

    Args:
        folder: Where the page will lie.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from AST.evaluation.text import probability

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["probability"] = probability
    return environment.get_template("report.html").render(
        findings=findings,
        facts=_facts(run.record or {}),
        models=_models(run.record),
        stems=stem_lines(run, folder),
    )


def stem_lines(run: SavedRun, folder: Path) -> list[StemLine]:
    """The stems, in the order of the results file."""
    scores = run.scores
    confidence = None if scores is None else confidences(run.rows, scores)
    paths = run.paths_from_song
    lines = []
    for i, row in enumerate(run.rows):
        heard = scores is not None and bool(scores.has_scores[i])
        speech = float(scores.speech_score_percent[i]) if scores is not None else float("nan")
        score = float("nan") if confidence is None else float(confidence[i])
        best = ranked_instruments(scores.scores[i], speech) if scores is not None and heard else []
        lines.append(
            StemLine(
                label=normalised(row.label),
                prediction=row.prediction,
                proposed_label=normalised(row.proposed_label),
                is_match=is_match(row),
                score=_known(score),
                speech_score_percent=_known(speech),
                best=[(name.lower(), value) for name, value in best[:TOP_COUNT]],
                path=row.path,
                path_from_song=paths[i],
                audio=_address(_places_of(row.path, paths[i], run), folder),
            )
        )
    return lines


def _known(value: float) -> float | None:
    return None if value != value else value


def _places_of(path: str, path_from_song: str, run: SavedRun) -> Iterator[Path]:
    """Where a file may lie whose path is seen from where the run was started.

    That is often here, or beside the results; else some end of the path, the song's folder
    included, lies in the dataset's folder.
    """
    yield Path(path)
    yield run.file.parent / path
    dataset = (run.record or {}).get("dataset_path")
    if isinstance(dataset, str):
        parts = Path(path).parts
        for start in range(len(parts) - len(Path(path_from_song).parts) + 1):
            yield Path(dataset, *parts[start:])


def _address(places: Iterable[Path], folder: Path) -> str | None:
    """The first of these that is a file, seen from a folder; or None."""
    for file in places:
        if os.path.isfile(file):
            return quote(os.path.relpath(file, folder))
    return None


def _facts(record: dict[str, Any]) -> list[str]:
    """What the page's head says of a run, as far as its record tells."""
    facts = [str(record[name]) for name in ("dataset", "device", "precision") if name in record]
    for name, words in (("finished", "finished"), ("relabelled_from", "relabelled from")):
        if name in record:
            facts.append(f"{words} {record[name]}")
    return facts


def _models(record: dict[str, Any] | None) -> list[tuple[str, str, bool]]:
    """Each model's name, file and hash, and whether it is the published one."""
    models = record.get("models", {}) if record else {}
    return [
        (
            name,
            f"{Path(model['path']).name} (sha256 {model['sha256'][:12]})",
            bool(model["is_published"]),
        )
        for name, model in models.items()
    ]
