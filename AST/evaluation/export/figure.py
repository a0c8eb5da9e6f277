"""A figure for a paper, as PDF and SVG: the same bytes for the same findings."""

import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from AST.evaluation.statistics.uncertainty import Interval
from AST.process.quiet import no_messages

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

WIDTH_INCHES = 6.3
"""Of the text on an A4 page, in LaTeX's article with usual margins."""
BLUE, ORANGE, GREY = "#0072b2", "#d55e00", "#666666"
"""The colours differ for colour-blind people too. Source: Okabe, Ito, Color Universal Design."""
STYLE: dict[str, Any] = {
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "lines.linewidth": 1.2,
    "pdf.fonttype": 42,  # letters that a PDF reader can search
    "svg.hashsalt": "ast-stems",  # else names inside the file are random
    "text.parse_math": False,  # a class name may hold $
}
METADATA: dict[str, dict[str, None]] = {
    "pdf": {"CreationDate": None, "ModDate": None, "Producer": None, "Creator": None},
    "svg": {"Date": None, "Creator": None},
    "png": {},
}
"""Without dates and versions."""


@dataclass(frozen=True)
class Figure:
    """A figure; its name is that of its files. ``draw`` draws it into an empty canvas."""

    name: str
    caption: str
    height_inches: float
    draw: Callable[["Canvas"], None]


def saved(figure: Figure, kind: str, dots_per_inch: int = 200) -> bytes:
    """The figure as the content of a file: ``pdf``, ``svg`` or ``png``."""
    with no_messages():  # of matplotlib and fontconfig, which want to write below the home
        import matplotlib
        from matplotlib.figure import Figure as Canvas
    content = io.BytesIO()
    with matplotlib.rc_context(STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # drawn as a box
        canvas = Canvas((WIDTH_INCHES, figure.height_inches), layout="constrained")
        figure.draw(canvas)
        canvas.savefig(content, format=kind, dpi=dots_per_inch, metadata=METADATA[kind])
    return content.getvalue()


def reach(value: float, interval: Interval | None, unit_percent: float = 1) -> tuple[float, float]:
    """How far an error bar reaches below and above a value.

    >>> reach(0.5, Interval(40, 70), unit_percent=100)
    (0.1, 0.2)
    """
    if interval is None:
        return 0, 0
    low, high = interval.low_percent / unit_percent, interval.high_percent / unit_percent
    return max(0, round(value - low, 9)), max(0, round(high - value, 9))
