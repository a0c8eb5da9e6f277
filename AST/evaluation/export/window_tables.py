"""The tables of the figures of windows."""

from AST.evaluation.export.table import PERCENT_OF_SHARE, Column, Rows, Table, ranged
from AST.evaluation.windows.figures import WindowFigures
from AST.evaluation.windows.text import about_windows, agreement_text

HEARD = (Column("windows"), Column("seconds", 2))


def window_tables(windows: WindowFigures) -> list[Table]:
    """Accuracy against seconds heard, by class, and the agreement of windows."""
    return [_overall(windows), _by_class(windows), _agreement(windows)]


def _overall(windows: WindowFigures) -> Table:
    rows: Rows = [
        [
            *(one.windows, one.heard_s, one.stems),
            ranged(one.accuracy_percent, one.interval),
            ranged(one.gain_percent, one.gain_interval),
        ]
        for one in windows.heard
    ]
    return Table(
        "windows",
        "Accuracy in percent if AST hears only the first windows of each stem, with 95 % "
        f"intervals by songs. {about_windows(windows)}",
        [
            *(*HEARD, Column("stems")),
            *(Column(name, 2, is_ranged=True) for name in ("accuracy", "gain")),
        ],
        rows,
    )


def _by_class(windows: WindowFigures) -> Table:
    rows: Rows = [
        [
            *(own.label, own.support, one.windows, one.heard_s),
            ranged(own.recall, own.recall_interval, PERCENT_OF_SHARE),
        ]
        for place in range(len(windows.heard[0].classes))
        for one in windows.heard
        for own in [one.classes[place]]
    ]
    return Table(
        "windows_by_class",
        "Share of right stems of each class if AST hears only the first windows of each stem, "
        "with 95 % intervals by songs.",
        [Column("class"), Column("stems"), *HEARD, Column("right", is_ranged=True)],
        rows,
    )


def _agreement(windows: WindowFigures) -> Table:
    found = windows.agreement
    rows: Rows = [
        ["all", found.stems, found.mean],
        ["right", found.right, found.of_right],
        ["wrong", found.stems - found.right, found.of_wrong],
    ]
    return Table(
        "window_agreement",
        f"Mean share of a stem's windows whose own class is the stem's. {agreement_text(windows)}",
        [*map(Column, ("stems that are", "stems", "agreement"))],
        rows if found.stems else [],
    )
