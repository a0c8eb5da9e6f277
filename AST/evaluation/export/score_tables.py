"""The tables of the figures from the scores."""

from AST.evaluation.export.table import Cell, Column, Rows, Table
from AST.evaluation.scores.figures import ScoreFigures


def score_tables(scores: ScoreFigures) -> list[Table]:
    """How often the right name is near the top, coverage, calibration, rules, ranking."""
    return [
        Table(
            "top",
            "Share of stems with the right class among AST's k best names, and among its k best "
            "classes.",
            [Column("k"), Column("names"), Column("classes")],
            [[k, share, scores.top_classes.get(k)] for k, share in scores.top.items()],
        ),
        Table(
            "coverage",
            "Share of stems whose prediction is shown if scores below a threshold are not, and the "
            "accuracy of these. Stems that the speech model decided are never shown.",
            [Column("threshold", 2), Column("shown"), Column("accuracy")],
            [[one.threshold, one.share, one.accuracy] for one in scores.shown],
        ),
        Table(
            "calibration",
            "Mean score and accuracy of the predictions in each tenth of the scores; expected "
            f"calibration error {_shown(scores.expected_calibration_error)}, of a perfectly "
            f"calibrated model on as few stems {_shown(scores.expected_error_if_calibrated)}.",
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
        _ranking(scores),
        _thresholds(scores),
    ]


def _ranking(scores: ScoreFigures) -> Table:
    rows: Rows = [
        [one.label, one.support, one.average_precision, one.roc_auc] for one in scores.ranking
    ]
    mean: list[Cell] = ["mean", None, scores.mean_average_precision, scores.mean_roc_auc]
    return Table(
        "ranking",
        "How well the score of each class ranks the stems.",
        [*map(Column, ("class", "stems", "average precision", "ROC AUC"))],
        [*rows, mean] if rows else [],
    )


def _thresholds(scores: ScoreFigures) -> Table:
    return Table(
        "thresholds",
        "The score from which on predictions have a wanted precision; precision and share of shown "
        "predictions on songs that had no part in the choice.",
        [Column("wanted", 2), *map(Column, ("score", "precision", "shown"))],
        [[one.wanted_precision, one.score, one.precision, one.shown] for one in scores.thresholds],
    )


def _shown(value: float | None) -> str:
    return "not known" if value is None else f"{value:.3f}"
