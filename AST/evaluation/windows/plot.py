"""Where the curves of windows are drawn."""

import math

from AST.evaluation.windows.figures import WindowFigures

LABEL_ROOM = 1.7
"""How many times as many seconds the next label must say."""


def places(windows: WindowFigures) -> list[float]:
    """How far to the right each number of windows is, 0 to 100: each doubling is as wide.

    A single one is in the middle.
    """
    seconds = [one.heard_s for one in windows.heard]
    if len(seconds) == 1:
        return [50]
    width = math.log(seconds[-1] / seconds[0])
    return [100 * math.log(one / seconds[0]) / width for one in seconds]


def labels(windows: WindowFigures) -> list[str]:
    """The seconds below the axis. The last but one has no room if it is near the last."""
    seconds = [one.heard_s for one in windows.heard]
    found = [f"{one:.0f}" for one in seconds]
    if len(seconds) > 2 and seconds[-1] / seconds[-2] < LABEL_ROOM:
        found[-2] = ""
    return found


def lowest_percent(windows: WindowFigures) -> int:
    """Where the axis of the accuracy starts: at a ten below all intervals, and below 100."""
    lows = [
        one.interval.low_percent if one.interval else one.accuracy_percent for one in windows.heard
    ]
    return min(90, 10 * int(min(lows) // 10))


def recalls_percent(windows: WindowFigures, place: int) -> list[float]:
    """The recall of a class at each number of windows.

    Args:
        place: Of the class.
    """
    return [100 * one.classes[place].recall for one in windows.heard]
