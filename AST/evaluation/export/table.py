"""A table of figures for a paper or a spreadsheet: as LaTeX and as CSV."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from AST.cells import as_text
from AST.evaluation.statistics.uncertainty import Interval

PERCENT_OF_SHARE = 100
"""Of a share of 1: intervals are in percent, most figures are from 0 to 1."""
LATEX_ROWS = 40
"""A LaTeX table does not go on on the next page. The CSV file has all rows."""
LATEX_COLUMNS = 24
"""More do not fit across a page. The CSV file has all columns."""
WIDE = 6
"""Columns; a table with more gets smaller letters and gaps."""
NO_VALUE = "--"
ESCAPES = str.maketrans(
    {
        "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
        "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
        "[": "{[}", "*": "{*}",  # after the end of a row they would belong to it
        **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    }
)  # fmt: skip


class Ranged(NamedTuple):
    """A figure with its 95 % interval, all in the same unit."""

    value: float | None
    low: float | None
    high: float | None


Cell = str | int | float | Ranged | None
Rows = list[list[Cell]]


@dataclass(frozen=True)
class Column:
    """A column, with the digits behind the point in LaTeX. The CSV file has all digits.

    Attributes:
        is_ranged: Its cells are ``Ranged``. The CSV file has three columns of them.
        is_turned: LaTeX turns its head by 90 degrees.
    """

    name: str
    digits: int = 3
    is_ranged: bool = False
    is_turned: bool = False


@dataclass(frozen=True)
class Table:
    """A table; its name is that of its files."""

    name: str
    caption: str
    columns: Sequence[Column]
    rows: Rows


def ranged(value: float | None, interval: Interval | None, unit_percent: float = 1) -> Ranged:
    """A figure with its interval in the figure's unit.

    Args:
        unit_percent: What 1 of the unit is in percent: 100 for shares from 0 to 1.

    >>> ranged(0.5, Interval(40, 60), unit_percent=100)
    Ranged(value=0.5, low=0.4, high=0.6)
    """
    if interval is None:
        return Ranged(value, None, None)
    return Ranged(value, interval.low_percent / unit_percent, interval.high_percent / unit_percent)


def as_csv(table: Table) -> str:
    """The table as CSV text, with all rows and digits. No cell of it runs as a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        as_text(name)
        for column in table.columns
        for name in (
            [column.name, f"{column.name} low", f"{column.name} high"]
            if column.is_ranged
            else [column.name]
        )
    )
    for row in table.rows:
        cells = [part for cell in row for part in (cell if isinstance(cell, Ranged) else [cell])]
        writer.writerow(as_text(cell) if isinstance(cell, str) else cell for cell in cells)
    return text.getvalue()


def as_latex(table: Table) -> str:
    """The table as LaTeX, for the package booktabs; turned heads need graphicx too."""
    columns = table.columns[:LATEX_COLUMNS]
    heads = [
        rf"\rotatebox{{90}}{{{escaped(column.name)}}}" if column.is_turned else escaped(column.name)
        for column in columns
    ]
    shown = [row[:LATEX_COLUMNS] for row in table.rows[:LATEX_ROWS]]
    cut = f" The first {LATEX_ROWS} of {len(table.rows)} rows." * (len(shown) < len(table.rows))
    if len(columns) < len(table.columns):
        cut += f" The first {LATEX_COLUMNS} of {len(table.columns)} columns."
    is_text = [all(isinstance(row[i], str) for row in shown) for i in range(len(heads))]
    lines = [
        r"\begin{table}",
        r"  \centering",
        *([r"  \footnotesize", r"  \setlength{\tabcolsep}{3pt}"] if len(heads) > WIDE else []),
        rf"  \caption{{{escaped(table.caption + cut)}}}",
        rf"  \label{{tab:{table.name}}}",
        rf"  \begin{{tabular}}{{{''.join('l' if one else 'r' for one in is_text)}}}",
        r"    \toprule",
        rf"    {' & '.join(heads)} \\",
        r"    \midrule",
        *(rf"    {' & '.join(map(_cell, row, columns))} \\" for row in shown),
        r"    \bottomrule",
        r"  \end{tabular}",
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    r"""Text that LaTeX shows as it is.

    >>> escaped("R&B_50%")
    'R\\&B\\_50\\%'
    """
    return "".join(sign if sign.isprintable() else " " for sign in text).translate(ESCAPES)


def _cell(cell: Cell, column: Column) -> str:
    if isinstance(cell, Ranged):
        value, *ends = (
            None if part is None else _number(float(part), column.digits) for part in cell
        )
        low, high = ends
        return (value or NO_VALUE) + (f" ({low} to {high})" if low and high else "")
    if cell is None:
        return NO_VALUE
    return escaped(cell) if isinstance(cell, str) else _number(cell, column.digits)


def _number(value: float, digits: int) -> str:
    """A number with a minus that is no hyphen; a bound if only zeros would be shown.

    >>> _number(-1.25, 1), _number(12, 3), _number(2e-9, 3)
    ('$-1.2$', '12', '$<0.001$')
    """
    if isinstance(value, int):
        text = str(value)
    elif 0 < value < 0.5 * 10**-digits:
        text = f"<{10**-digits:.{digits}f}"
    else:
        text = f"{value:.{digits}f}"
    return f"${text}$" if text[0] in "<-" else text
