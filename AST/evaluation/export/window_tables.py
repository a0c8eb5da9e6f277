"""The tables of the figures of windows."""

from AST.evaluation.export.table import PERCENT_OF_SHARE, Column, Rows, Table, ranged
from AST.evaluation.windows.figures import WindowFigures
from AST.evaluation.windows.text import about_windows, agreement_text


def window_tables(windows: WindowFigures) -> list[Table]:
    """Accuracy against seconds heard, by class, and the agreement of windows."""
    heard = [Column("windows"), Column("seconds", 2)]
    found = windows.agreement
    overall: Rows = [
        [
            *(one.windows, one.heard_s, one.stems),
            ranged(one.accuracy_percent, one.interval),
            ranged(one.gain_percent, one.gain_interval),
        ]
        for one in windows.heard
    ]
    by_class: Rows = [
        [
            *(own.label, own.support, one.windows, one.heard_s),
            ranged(own.recall, own.recall_interval, PERCENT_OF_SHARE),
        ]
        for place in range(len(windows.heard[0].classes))
        for one in windows.heard
        for own in [one.classes[place]]
    ]
    agreement: Rows = [
        ["all", found.stems, found.mean],
        ["right", found.right, found.of_right],
        ["wrong", found.stems - found.right, found.of_wrong],
    ]
    return [
        Table(
            "windows",
            "Accuracy in percent if AST hears only the first windows of each stem, with 95 % "
            f"intervals by songs. {about_windows(windows)}",
            [
                *(*heard, Column("stems")),
                *(Column(name, 2, is_ranged=True) for name in ("accuracy", "gain")),
            ],
            overall,
        ),
        Table(
            "windows_by_class",
            "Share of right stems of each class if AST hears only the first windows of each stem, "
            "with 95 % intervals by songs.",
            [Column("class"), Column("stems"), *heard, Column("right", is_ranged=True)],
            by_class,
        ),
        Table(
            "window_agreement",
            "Mean share of a stem's windows whose own class is the stem's. "
            f"{agreement_text(windows)}",
            [*map(Column, ("stems that are", "stems", "agreement"))],
            agreement if found.stems else [],
        ),
    ]
