"""All figures of a results file, for the text, the JSON file and the page."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from AST.evaluation.classes import (
    ClassFigures,
    Confusion,
    balanced_accuracy,
    class_figures,
    confusion_matrix,
    macro_f1,
    no_class_counts,
    raw_confusions,
    without_errors,
)
from AST.evaluation.comparison import Comparison, compare
from AST.evaluation.saved_run import SavedRun, read_other_run
from AST.evaluation.score_figures import ScoreFigures, score_figures
from AST.evaluation.score_file import label_map_of
from AST.evaluation.uncertainty import (
    CONFIDENCE,
    RESAMPLE_COUNT,
    SEED,
    Interval,
    song_interval,
    wilson_interval,
)
from AST.metrics import accuracy, is_match
from AST.results import RUN_RECORD, SCORES, beside
from AST.writing import printable


@dataclass(frozen=True)
class Findings:
    """All figures of one results file. Shares are from 0 to 1, or in percent if the name says so.

    Attributes:
        wilson_interval: Of the accuracy, treating stems as independent.
        songs: Number of songs.
        song_interval: Of the accuracy, by drawing whole songs; None for a single song.
        accuracy_without_errors_percent: Of the stems that could be analysed; None if all failed.
        no_class: Number of stems with the proposed label ``other``, ``speech``, ``silence`` and
            ``error``.
        confusion: Number of stems by class and proposed label.
        raw_confusions: Classes with their predictions, the most frequent pair first.
        scores: None if the scores or the run record are missing.
        scores_missing: Which of these files is missing, as text.
        comparison: None if no other run was given.
    """

    file: str
    matches: int
    total: int
    accuracy_percent: float
    wilson_interval: Interval
    songs: int
    song_interval: Interval | None
    accuracy_without_errors_percent: float | None
    classes: list[ClassFigures]
    macro_f1: float
    balanced_accuracy: float
    no_class: dict[str, int]
    confusion: dict[str, dict[str, int]]
    raw_confusions: list[Confusion]
    scores: ScoreFigures | None
    scores_missing: str | None
    comparison: Comparison | None

    def as_json(self) -> dict[str, Any]:
        """All figures as JSON values, with the settings of the intervals."""
        method = {"confidence": CONFIDENCE, "resamples": RESAMPLE_COUNT, "seed": SEED}
        return {**asdict(self), "intervals": method}


def find(run: SavedRun, against: Path | None = None) -> Findings:
    """All figures of a run.

    Args:
        against: Results file of another run to compare with.

    Raises:
        UsageError: The other file cannot be read, or it has other stems.
    """
    rows = run.rows
    figure = accuracy(rows)
    analysed = without_errors(rows)
    classes = class_figures(rows)
    return Findings(
        file=printable(run.file),
        matches=figure.matches,
        total=figure.total,
        accuracy_percent=figure.percent,
        wilson_interval=wilson_interval(figure.matches, figure.total),
        songs=len(set(run.songs)),
        song_interval=song_interval(run.songs, [is_match(row) for row in rows]),
        accuracy_without_errors_percent=accuracy(analysed).percent if analysed else None,
        classes=classes,
        macro_f1=macro_f1(classes),
        balanced_accuracy=balanced_accuracy(classes),
        no_class=no_class_counts(rows),
        confusion=confusion_matrix(rows).to_dict("index"),
        raw_confusions=raw_confusions(rows),
        scores=_score_figures(run),
        scores_missing=_what_is_missing(run),
        comparison=compare(run, read_other_run(against)) if against else None,
    )


def _score_figures(run: SavedRun) -> ScoreFigures | None:
    if run.scores is None or run.record is None:
        return None
    return score_figures(run.rows, run.scores, label_map_of(run.record))


def _what_is_missing(run: SavedRun) -> str | None:
    missing: Sequence[str] = [
        printable(beside(run.file, kind).name)
        for kind, found in ((SCORES, run.scores), (RUN_RECORD, run.record))
        if found is None
    ]
    return f"there is no {' and no '.join(missing)} beside the results" if missing else None
