"""The tables of the figures from the scores."""

from AST.evaluation.export.table import Column, Table
from AST.evaluation.score_figures import ScoreFigures


def score_tables(scores: ScoreFigures) -> list[Table]:
    """How often the right name is near the top, coverage, calibration, rules, ranking."""
    return [
        Table(
            "top",
            "Share of stems with the right class among AST's k best names, and among its k best "
            "classes.",
            [Column("k"), Column("names")],
            [[k, share] for k, share in scores.top.items()],
        ),
        Table(
            "coverage",
            "Share of stems whose prediction is shown if scores below a threshold are not, and the "
            "accuracy of these.",
            [Column("threshold", 2), Column("shown"), Column("accuracy")],
            [[one.threshold, one.share, one.accuracy] for one in scores.shown],
        ),
        Table(
            "calibration",
            "Mean score and accuracy of the predictions in each tenth of the scores; expected "
            f"calibration error {_shown(scores.expected_calibration_error)}.",
            [
                *(Column(name, 1) for name in ("from", "to")),
                *map(Column, ("predictions", "mean score", "accuracy")),
            ],
            [[one.low, one.high, one.count, one.mean_score, one.accuracy] for one in scores.bins],
        ),
        Table(
            "rules",
            "The same scores under other rules.",
            [*map(Column, ("rule", "accuracy", "other label"))],
            [[one.rule, one.matches / one.total, one.changed] for one in scores.rules],
        ),
    ]


def _shown(value: float | None) -> str:
    return "not known" if value is None else f"{value:.3f}"
