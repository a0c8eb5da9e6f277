"""Findings as one page that needs nothing else: to look at, to filter, to listen."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from AST.errors import UsageError
from AST.evaluation.findings import Findings, Run
from AST.evaluation.score_figures import confidences
from AST.evaluation.songs import songs_of
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
        audio: Address of the file, seen from the page; None if it is not on this machine.
    """

    label: str
    prediction: str
    proposed_label: str
    is_match: bool
    score: float | None
    speech_score_percent: float | None
    best: list[tuple[str, float]]
    song: str
    path: str
    audio: str | None


def write_report(path: Path, run: Run, findings: Findings) -> None:
    """Writes the page.

    Raises:
        UsageError: It cannot be written.
    """
    page = render(run, findings, path.parent)
    try:
        path.write_text(page, "utf-8")
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be written ({error.strerror}); choose another place for --report"
        ) from error


def render(run: Run, findings: Findings, folder: Path) -> str:
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
        record=run.record,
        models=_models(run.record),
        stems=stem_lines(run, folder),
    )


def stem_lines(run: Run, folder: Path) -> list[StemLine]:
    """The stems, in the order of the results file."""
    scores = run.scores
    confidence = None if scores is None else confidences(run.rows, scores)
    songs = songs_of(run.rows)
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
                song=songs[i].name,
                path=row.path,
                audio=_address(Path(row.path), run.file.parent, folder),
            )
        )
    return lines


def _known(value: float) -> float | None:
    return None if value != value else value


def _address(path: Path, results_folder: Path, report_folder: Path) -> str | None:
    """A relative path in the results is seen from where the run was started: here, or beside it."""
    for place in (path, results_folder / path):
        if os.path.isfile(place):
            return quote(os.path.relpath(place, report_folder))
    return None


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
