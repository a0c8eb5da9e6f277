"""The figure of windows: accuracy against seconds heard."""

from typing import TYPE_CHECKING

import numpy as np

from AST.evaluation.export.figure import BLUE, GREY, ORANGE, reach
from AST.evaluation.export.score_drawings import DASHES
from AST.evaluation.layout import shortened
from AST.evaluation.windows.figures import WindowFigures
from AST.evaluation.windows.plot import labels
from AST.writing import visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

LONGEST_CLASS = 24


def draw_windows(canvas: "Canvas", windows: WindowFigures) -> None:
    """The curve of all stems with intervals, and beside it a curve of each class."""
    whole, by_class = canvas.subplots(1, 2)
    heard = windows.heard
    seconds = [one.heard_s for one in heard]
    accuracies = [one.accuracy_percent for one in heard]
    reaches = [reach(one.accuracy_percent, one.interval) for one in heard]
    whole.errorbar(
        seconds,
        accuracies,
        yerr=np.array(reaches).T,
        fmt="o-",
        color=BLUE,
        ecolor=GREY,
        markersize=4,
        capsize=2.5,
    )
    whole.plot(
        seconds[:1], accuracies[:1], "D", color=ORANGE, zorder=3, label="the study's excerpt"
    )
    whole.legend(loc="lower left", bbox_to_anchor=(0, 1))  # above, where nothing is drawn
    whole.set_ylabel("accuracy in percent, with 95 % interval")
    for number, one in enumerate(heard[0].classes):
        by_class.plot(
            seconds,
            [100 * own.classes[number].recall for own in heard],
            DASHES[number // 10 % len(DASHES)],
            marker=".",
            color=f"C{number % 10}",
            label=f"{shortened(visible(one.label), LONGEST_CLASS)} ({one.support})",
        )
    by_class.legend(loc="center left", bbox_to_anchor=(1.02, 0.5), title="class (stems)")
    by_class.set_ylabel("right stems of the class in percent")
    for axes in (whole, by_class):
        _seconds(axes, windows)


def _seconds(axes: "Axes", windows: WindowFigures) -> None:
    """An axis on which each doubling is as wide as the one before."""
    seconds = [one.heard_s for one in windows.heard]
    axes.set_xscale("log", base=2)
    axes.set_xticks(seconds, labels(windows))
    axes.minorticks_off()
    axes.set_xlim(seconds[0] / 1.2, seconds[-1] * 1.2)
    axes.set_ylim(top=101.5)
    axes.set_xlabel("seconds heard of each stem")
