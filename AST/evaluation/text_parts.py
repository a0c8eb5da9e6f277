"""Pieces of text that several sections use: tables, intervals, p values."""

from collections.abc import Sequence

from AST.evaluation.uncertainty import Interval

SMALLEST_PROBABILITY = 1e-12
"""Smaller p values are shown as a bound."""


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a table: the first column is aligned left, the others right.

    >>> table([["class", "stems"], ["bass", "12"]])
    ['  class  stems', '  bass      12']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for first, *others in rows:
        cells = [first.ljust(widths[0]), *map(str.rjust, others, widths[1:])]
        lines.append(f"  {'  '.join(cells).rstrip()}")
    return lines


def span(interval: Interval, sign: str = "") -> str:
    """An interval as text.

    >>> span(Interval(-1, 2.5), sign="+")
    '-1.00 to +2.50'
    """
    return f"{interval.low_percent:{sign}.2f} to {interval.high_percent:{sign}.2f}"


def probability(p: float, digits: int = 3) -> str:
    """A p value as text, or a bound that it is below."""
    return f"= {p:.{digits}g}" if p >= SMALLEST_PROBABILITY else f"< {SMALLEST_PROBABILITY:g}"
