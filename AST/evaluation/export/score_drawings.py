"""The figures from the scores: precision-recall, risk and coverage, calibration."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from AST.evaluation.export.figure import BLUE, GREY, ORANGE
from AST.evaluation.scores.calibration import Bin, Shown
from AST.evaluation.scores.ranking import ClassRanking

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

ROOM_FOR_TEXT = 0.07
"""Between labels, as a share of the axis."""
DASHES = ("-", "--", ":")
"""Each colour comes with each of these, so that 30 classes differ."""


def draw_precision_recall(canvas: "Canvas", ranking: Sequence[ClassRanking]) -> None:
    """A curve for each class."""
    axes = canvas.subplots()
    for number, one in enumerate(ranking):
        axes.plot(
            one.recalls,
            one.precisions,
            DASHES[number // 10 % len(DASHES)],
            color=f"C{number % 10}",
            label=f"{one.label} ({one.average_precision:.2f})",
            clip_on=False,
        )
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_xlabel("recall")
    axes.set_ylabel("precision")
    axes.legend(loc="center left", bbox_to_anchor=(1.02, 0.5), title="average precision")


def draw_risk_coverage(canvas: "Canvas", shown: Sequence[Shown]) -> None:
    """The share of wrong predictions among those that are shown."""
    axes = canvas.subplots()
    points = [(one.share, 1 - one.accuracy, one) for one in shown if one.accuracy is not None]
    axes.plot([x for x, _, _ in points], [y for _, y, _ in points], "o-", color=BLUE, markersize=3)
    last = math.inf
    for x, y, one in points:
        if last - x >= ROOM_FOR_TEXT:
            axes.annotate(f"{one.threshold:.2f}", (x, y), (3, 4), textcoords="offset points")
            last = x
    axes.set_xlim(0, 1.02)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("coverage: share of stems whose prediction is shown")
    axes.set_ylabel("risk: share of these that are wrong")


def draw_reliability(canvas: "Canvas", bins: Sequence[Bin]) -> None:
    """Accuracy against the mean score of each tenth, and below how many predictions it has."""
    above, below = canvas.subplots(2, 1, sharex=True, height_ratios=[3, 1])
    scores = [one.mean_score for one in bins if one.mean_score is not None]
    accuracies = [one.accuracy for one in bins if one.accuracy is not None]
    above.plot([0, 1], [0, 1], "--", color=GREY, label="perfectly calibrated")
    above.plot(scores, accuracies, "o-", color=BLUE, markersize=4, label="this run", clip_on=False)
    above.set_ylim(0, 1)
    above.set_ylabel("accuracy")
    above.legend()
    middles = [(one.low + one.high) / 2 for one in bins]
    bars = below.bar(middles, [one.count for one in bins], 0.09, color=ORANGE)
    below.bar_label(bars, [str(one.count or "") for one in bins], fontsize=7)
    below.margins(y=0.25)
    below.set_xlim(0, 1)
    below.set_xlabel("score")
    below.set_ylabel("predictions")
