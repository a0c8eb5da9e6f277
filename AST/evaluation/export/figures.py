"""The figures of the findings, for ``--tables``."""

from functools import partial

from AST.evaluation.export import drawings, score_drawings, window_drawings
from AST.evaluation.export.figure import Figure
from AST.evaluation.findings import Findings
from AST.evaluation.scores.figures import ScoreFigures
from AST.evaluation.several_runs.figures import SeveralRuns
from AST.evaluation.windows.figures import WindowFigures

FRAME_INCHES = 0.8
LINE_INCHES = 0.24
"""Heights of the axes' labels, and of a line of a plot with one line for each class."""
CURVES_INCHES = 3.6


def figures(findings: Findings) -> list[Figure]:
    """All figures that the findings have data for."""
    classes = findings.classes
    found = [
        Figure(
            "confusion_matrix",
            "Stems by class and proposed label. The colour is the share of the class's stems.",
            FRAME_INCHES + 0.6 + 2 * LINE_INCHES * len(findings.confusion) ** 0.9,
            partial(drawings.draw_confusion, confusion=findings.confusion),
        ),
        Figure(
            "class_recall",
            "Recall of each class, with its number of stems and its 95 % interval by songs.",
            FRAME_INCHES + LINE_INCHES * len(classes),
            partial(drawings.draw_recall, classes=classes),
        ),
    ]
    if findings.by_song:
        found.append(
            Figure(
                "songs",
                "Number of songs by accuracy.",
                CURVES_INCHES * 0.7,
                partial(drawings.draw_songs, songs=findings.by_song),
            )
        )
    for name, value, groups in (
        ("level", "level in dBFS", findings.by_level),
        ("duration", "duration in s", findings.by_duration),
    ):
        if groups:
            found.append(
                Figure(
                    name,
                    f"Accuracy by {value}, with numbers of stems and 95 % intervals by songs.",
                    FRAME_INCHES + LINE_INCHES * len(groups),
                    partial(drawings.draw_groups, groups=groups, value=value),
                )
            )
    found += _of_scores(findings.scores) if findings.scores else []
    found += [windows_figure(findings.windows)] if findings.windows else []
    return found + ([runs_figure(findings.several_runs)] if findings.several_runs else [])


def runs_figure(several: SeveralRuns) -> Figure:
    """Accuracies and differences of several runs."""
    return Figure(
        "runs",
        f"Accuracy of each run on the {several.stems} stems that all have, and the difference of "
        "each two runs, with 95 % intervals by songs; p of a sign-flip test over songs with Holm's "
        "correction.",
        2 * FRAME_INCHES + LINE_INCHES * (len(several.runs) + len(several.pairs)),
        partial(drawings.draw_runs, several=several),
    )


def windows_figure(windows: WindowFigures) -> Figure:
    """Accuracy against seconds heard."""
    return Figure(
        "windows",
        "Accuracy if AST hears only the first windows of each stem, with 95 % intervals by songs, "
        "and the share of right stems of each class. A stem that is shorter uses all it has.",
        max(CURVES_INCHES * 0.8, FRAME_INCHES + 0.16 * len(windows.heard[0].classes)),
        partial(window_drawings.draw_windows, windows=windows),
    )


def _of_scores(scores: ScoreFigures) -> list[Figure]:
    found = []
    if scores.ranking:
        found.append(
            Figure(
                "precision_recall",
                "Precision and recall of each class, if its score is compared with a threshold.",
                CURVES_INCHES,
                partial(score_drawings.draw_precision_recall, ranking=scores.ranking),
            )
        )
    if any(one.accuracy is not None for one in scores.shown):
        found.append(
            Figure(
                "risk_coverage",
                "Share of wrong predictions among those that are shown, if predictions with a "
                "score below a threshold are not. Some points have their threshold.",
                CURVES_INCHES * 0.8,
                partial(score_drawings.draw_risk_coverage, shown=scores.shown),
            )
        )
    if any(one.count for one in scores.bins):
        found.append(
            Figure(
                "reliability",
                "Accuracy by score, and the number of predictions in each tenth of the scores.",
                CURVES_INCHES,
                partial(score_drawings.draw_reliability, bins=scores.bins),
            )
        )
    return found
