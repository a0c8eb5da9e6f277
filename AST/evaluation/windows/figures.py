"""Accuracy against seconds heard, and the agreement of the windows of a stem."""

from collections.abc import Sequence
from dataclasses import dataclass

from AST.evaluation.accuracy.class_figures import ClassFigures, class_figures
from AST.evaluation.accuracy.song_counts import song_counts
from AST.evaluation.files.saved_run import SavedRun
from AST.evaluation.files.window_record import window_settings
from AST.evaluation.scores.rule_effects import decide_again
from AST.evaluation.statistics.uncertainty import Interval, difference_interval, song_interval
from AST.evaluation.windows.agreement import Agreement, agreement
from AST.evaluation.windows.first_windows import by_first_windows, doubled
from AST.labels import LabelMap
from AST.metrics import is_match
from AST.results import Row


@dataclass(frozen=True)
class HeardAccuracy:
    """The accuracy if AST hears only the first windows of each stem.

    Attributes:
        windows: How many; a stem with fewer uses all it has. The first one is the study's excerpt.
        heard_s: How much of a stem these windows hold, if none is short.
        stems: Number of stems that have as many windows.
        matches, total: Right stems, and all stems.
        interval: 95 % interval of the accuracy, over songs; None for a single song.
        gain_percent: The accuracy less that of the first window, in percentage points; None for
            the first window.
        gain_interval: 95 % interval of the gain, over songs; None for a single song, too.
        classes: The class with most stems first.
    """

    windows: int
    heard_s: float
    stems: int
    matches: int
    total: int
    accuracy_percent: float
    interval: Interval | None
    gain_percent: float | None
    gain_interval: Interval | None
    classes: list[ClassFigures]


@dataclass(frozen=True)
class WindowFigures:
    """All figures from the scores of the windows of each stem.

    Attributes:
        pool: How scores of windows become scores of a stem: ``mean``, ``max`` or ``vote``.
        window_s, hop_s: Length of a window, and from its start to the start of the next one.
        windows: Number of all windows.
        stems: Number of stems that have any.
        heard: For the first 1, 2, 4, … windows, and for all.
    """

    pool: str
    window_s: float
    hop_s: float
    windows: int
    stems: int
    heard: list[HeardAccuracy]
    agreement: Agreement


def window_figures(run: SavedRun) -> WindowFigures | None:
    """The figures of a run; None if something is missing: see ``missing_for_windows``."""
    settings = window_settings(run.record or {})
    if run.windows is None or run.scores is None or not settings or not run.label_dictionary:
        return None
    if not len(run.windows.stem):
        return None
    label_map, counts = LabelMap(run.label_dictionary), run.windows.counts(len(run.rows))
    heard: list[HeardAccuracy] = []
    first: list[bool] = []
    for number in doubled(int(counts.max())):
        scores = run.scores  # those of all windows are known in full precision
        if number < counts.max():
            scores = by_first_windows(run.scores, run.windows, settings.pool, number)
        rows = decide_again(run.rows, scores, label_map)
        first = first or [*map(is_match, rows)]
        stems = int((counts >= number).sum())
        heard.append(_heard(rows, run.songs, first, number, settings.heard_s(number), stems))
    return WindowFigures(
        pool=settings.pool,
        window_s=settings.window_s,
        hop_s=settings.hop_s,
        windows=len(run.windows.stem),
        stems=int((counts > 0).sum()),
        heard=heard,
        agreement=agreement(run.rows, run.scores, run.windows, label_map),
    )


def missing_for_windows(run: SavedRun) -> str | None:
    """Why a run with windows has no figures of them; None for a run without windows."""
    if all(one.windows is None for one in run.files):
        return None
    if run.windows is None or run.scores is None:
        return "some of these files have none, or their models have other outputs"
    if window_settings(run.record or {}) is None:
        return "the record does not say how they were taken, or files say different things"
    if not run.label_dictionary:
        return "the label dictionaries of these files differ"
    return None if len(run.windows.stem) else "nothing sounds in any stem"


def _heard(
    rows: Sequence[Row],
    songs: Sequence[str],
    first: Sequence[bool],
    windows: int,
    heard_s: float,
    stems: int,
) -> HeardAccuracy:
    """The figures of rows that some windows decided.

    Args:
        first: Which stems the first window alone decides rightly.
    """
    right = [*map(is_match, rows)]
    found = song_interval(songs, right)
    gains = [now - before for now, before in zip(right, first, strict=True)] if windows > 1 else []
    return HeardAccuracy(
        windows=windows,
        heard_s=heard_s,
        stems=stems,
        matches=sum(right),
        total=len(right),
        accuracy_percent=100 * sum(right) / len(right),
        interval=found.interval if found else None,
        gain_percent=100 * sum(gains) / len(gains) if gains else None,
        gain_interval=difference_interval(songs, gains) if gains else None,
        classes=class_figures(song_counts(rows, songs)),
    )
