"""All figures of a results file together, ready for text, JSON and the report."""

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
    """What is said of one results file; shares are from 0 to 1 unless they are called percent.

    Attributes:
        wilson_interval: Of the accuracy, as if stems were independent.
        songs: How many the stems come from.
        song_interval: Of the accuracy, by drawing songs; None for a single song.
        accuracy_without_errors_percent: Of the stems that could be analysed; None without any.
        no_class: Stems proposed as ``other``, ``speech``, ``silence`` and ``error``.
        confusion: Stems by reference and proposed label.
        raw_confusions: Stems by reference and AudioSet prediction, the most frequent first.
        scores: None where no scores lie beside the file.
        scores_missing: Why not.
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
        """All of it as what JSON knows, and how the intervals were made."""
        method = {"confidence": CONFIDENCE, "resamples": RESAMPLE_COUNT, "seed": SEED}
        return {**asdict(self), "intervals": method}


def find(run: SavedRun, against: Path | None = None) -> Findings:
    """All figures of a run.

    Args:
        against: Another run's results file.

    Raises:
        UsageError: The other file cannot be read or is of other stems.
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
    return f"there is no {' and no '.join(missing)} beside it" if missing else None
