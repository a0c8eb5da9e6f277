"""Lays out tables and lines for a terminal of 80 columns."""

import textwrap
from collections.abc import Mapping, Sequence

from AST.evaluation.definitions import DEFINITIONS
from AST.evaluation.statistics.uncertainty import Interval

WIDTH = 80
LONGEST_NAME = 20
INDENT = "  "
NO_BREAK_SPACE = "\u00a0"
SMALLEST_PROBABILITY = 1e-12


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a table: the first column is aligned left, the others right.

    >>> table([["class", "stems"], ["bass", "7"]])
    ['  class  stems', '  bass       7']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for first, *others in rows:
        cells = [first.ljust(widths[0]), *map(str.rjust, others, widths[1:])]
        lines.append(f"{INDENT}{INDENT.join(cells).rstrip()}")
    return lines


def matrix(counts: Mapping[str, Mapping[str, int]]) -> list[str]:
    """A table of counts by row and column; a zero is a point.

    If it is wider than 80 columns, its columns have numbers for names, and a legend. If it is still
    too wide, further columns stand below.
    """
    names = list(next(iter(counts.values())))
    rows = [
        [shortened(label, LONGEST_NAME), *(str(cells[name] or ".") for name in names)]
        for label, cells in counts.items()
    ]
    lines = table([["", *names], *rows])
    if max(map(len, lines)) <= WIDTH:
        return lines
    heads = [str(number) for number in range(1, len(names) + 1)]
    legend = ", ".join(map(NO_BREAK_SPACE.join, zip(heads, names, strict=True)))
    rows = [["", *heads], *rows]
    widest = len(INDENT) + max(len(cell) for row in rows for cell in row[1:])
    at_once = (WIDTH - len(INDENT) - max(len(row[0]) for row in rows)) // widest
    lines = wrapped(f"Columns: {legend}")
    for start in range(1, len(heads) + 1, at_once):
        lines += table([[row[0], *row[start : start + at_once]] for row in rows])
    return lines


def shortened(text: str, width: int) -> str:
    """The text, or its start with a mark.

    >>> shortened("bowed string instrument", 10)
    'bowed str…'
    """
    return text if len(text) <= width else f"{text[: width - 1]}…"


def wrapped(text: str) -> list[str]:
    """Lines of at most 80 columns, the second and further ones indented.

    A space that does not break becomes a plain one.
    """
    lines = textwrap.wrap(text, WIDTH, subsequent_indent=INDENT, break_on_hyphens=False)
    return [line.replace(NO_BREAK_SPACE, " ") for line in lines]


def defined(names: Mapping[str, str]) -> list[str]:
    """What figures mean.

    Args:
        names: The key of each definition, and what the text calls it.

    >>> defined({"recall": "Recall"})
    ['Recall: of the stems of this class, the share with this proposed label.']
    """
    return [line for key, name in names.items() for line in wrapped(f"{name}: {DEFINITIONS[key]}.")]


def range_of(interval: Interval, sign: str = "") -> str:
    """
    >>> range_of(Interval(88.374, 94.5))
    '88.37 to 94.50'
    """
    return f"{interval.low_percent:{sign}.2f} to {interval.high_percent:{sign}.2f}"


def share_range(interval: Interval | None) -> str:
    """An interval of a figure from 0 to 1, or a dash.

    >>> share_range(Interval(88.374, 94.5)), share_range(None)
    ('0.88-0.94', '-')
    """
    if interval is None:
        return "-"
    return f"{interval.low_percent / 100:.2f}-{interval.high_percent / 100:.2f}"


def percent(share: float | None) -> str:
    """
    >>> percent(0.5), percent(None)
    ('50.00 %', '-')
    """
    return "-" if share is None else f"{100 * share:.2f} %"


def probability(p: float, digits: int = 3) -> str:
    """A p value, or a bound that it is below.

    >>> probability(0.0390625), probability(1e-13)
    ('= 0.0391', '< 1e-12')
    """
    return f"= {p:.{digits}g}" if p >= SMALLEST_PROBABILITY else f"< {SMALLEST_PROBABILITY:g}"
