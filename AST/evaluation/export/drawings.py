"""The figures from the labels: confusion, recall, songs, level and duration, several runs."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from AST.evaluation.accuracy.class_figures import ClassFigures
from AST.evaluation.accuracy.groups import Group, SongFigures
from AST.evaluation.export.figure import BLUE, GREY, ORANGE, reach
from AST.evaluation.export.table import PERCENT_OF_SHARE
from AST.evaluation.layout import probability, shortened
from AST.evaluation.several_runs.figures import SeveralRuns
from AST.evaluation.statistics.uncertainty import Interval
from AST.writing import visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

DARK = 0.6
"""Share from which on a cell's text is white."""
LONGEST_TICK = 40
"""Characters. Longer names would leave no room for the figure."""


def draw_confusion(canvas: "Canvas", confusion: dict[str, dict[str, int]]) -> None:
    """Cells with counts; the colour is the share of the class's stems."""
    labels = list(next(iter(confusion.values())))
    counts = np.array([[row[label] for label in labels] for row in confusion.values()])
    shares = counts / counts.sum(axis=1, keepdims=True)
    axes = canvas.subplots()
    axes.grid(visible=False)
    shades = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    canvas.colorbar(shades, ax=axes, label="share of the class's stems", shrink=0.7)
    for (row, column), count in np.ndenumerate(counts):
        if count:
            ink = "white" if shares[row, column] > DARK else "black"
            axes.text(column, row, str(count), ha="center", va="center", color=ink)
    axes.set_xticks(
        range(len(labels)), _ticks(labels), rotation=45, ha="right", rotation_mode="anchor"
    )
    axes.set_yticks(range(len(confusion)), _ticks(confusion))
    axes.set_xlabel("proposed label")
    axes.set_ylabel("class")


def draw_recall(canvas: "Canvas", classes: Sequence[ClassFigures]) -> None:
    """A forest plot of the recall of each class."""
    axes = canvas.subplots()
    names = [f"{one.label} ({one.support})" for one in classes]
    values = [one.recall for one in classes]
    _forest(axes, names, values, [one.recall_interval for one in classes], PERCENT_OF_SHARE)
    axes.set_xlim(-0.02, 1.02)
    axes.set_xlabel("recall, with 95 % interval")


def draw_songs(canvas: "Canvas", songs: SongFigures) -> None:
    """How many songs have which accuracy."""
    axes = canvas.subplots()
    axes.bar(np.arange(len(songs.counts_by_tenth)) * 10 + 5, songs.counts_by_tenth, 9, color=BLUE)
    axes.axvline(songs.mean_percent, color=ORANGE, label=f"mean {songs.mean_percent:.1f} %")
    axes.set_xlim(0, 100)
    axes.set_xlabel("accuracy of the song in percent")
    axes.set_ylabel("songs")
    axes.locator_params(axis="y", integer=True)
    axes.legend()


def draw_groups(canvas: "Canvas", groups: Sequence[Group], value: str) -> None:
    """Accuracy of groups of stems."""
    axes = canvas.subplots()
    names = [f"{one.low:g} to {one.high:g} ({one.total})" for one in groups]
    accuracies = [one.matches / one.total for one in groups]
    _forest(axes, names, accuracies, [one.interval for one in groups], PERCENT_OF_SHARE)
    axes.set_xlim(-0.02, 1.02)
    axes.set_xlabel("accuracy, with 95 % interval")
    axes.set_ylabel(value)


def draw_runs(canvas: "Canvas", several: SeveralRuns) -> None:
    """The accuracy of each run, and below it the difference of each pair."""
    heights = [len(several.runs), len(several.pairs)]
    above, below = canvas.subplots(2, 1, height_ratios=heights)
    runs, pairs = several.runs, several.pairs
    accuracies = [run.accuracy_percent for run in runs]
    _forest(above, [run.name for run in runs], accuracies, [run.interval for run in runs])
    above.set_xlabel("accuracy in percent, with 95 % interval")
    _at_the_right(
        above, [f"{run.accuracy_percent:.1f} % ({run.matches}/{run.total})" for run in runs]
    )
    _forest(
        below,
        [f"{pair.first} - {pair.second}" for pair in pairs],
        [pair.difference_percent for pair in pairs],
        [pair.interval for pair in pairs],
    )
    below.axvline(0, color=ORANGE)
    below.set_xlabel("difference in percentage points, with 95 % interval and corrected p")
    texts = [f"{pair.difference_percent:+.1f}, p {probability(pair.holm_p, 2)}" for pair in pairs]
    _at_the_right(below, texts)


def _at_the_right(axes: "Axes", texts: Sequence[str]) -> None:
    for place, text in enumerate(texts):
        at = (1.02, place)
        axes.annotate(
            text, at, xycoords=("axes fraction", "data"), va="center", annotation_clip=False
        )


def _forest(
    axes: "Axes",
    names: Sequence[str],
    values: Sequence[float],
    intervals: Sequence[Interval | None],
    unit_percent: float = 1,
) -> None:
    """A point and its interval in each line, the first one at the top."""
    reaches = [reach(*one, unit_percent) for one in zip(values, intervals, strict=True)]
    axes.errorbar(
        values,
        range(len(values)),
        xerr=np.array(reaches).T,
        fmt="o",
        color=BLUE,
        ecolor=GREY,
        markersize=4,
        capsize=2.5,
    )
    axes.set_yticks(range(len(names)), _ticks(names))
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.grid(visible=False, axis="y")


def _ticks(names: Iterable[str]) -> list[str]:
    """Names from a results file as a figure can hold them: XML has no control characters."""
    return [shortened(visible(name), LONGEST_TICK) for name in names]
