"""The figures from a run's scores, as text."""

from AST.evaluation.layout import defined, percent, table, wrapped
from AST.evaluation.scores.figures import ScoreFigures
from AST.evaluation.scores.thresholds import Threshold

THRESHOLD_STEP = 2  # the text has every second threshold, the JSON file has all


def scores_text(scores: ScoreFigures) -> list[str]:
    """All that the scores say, section by section."""
    lines = edited(scores)
    for name, of in (("right", scores.score_quartiles_of_right),
                     ("wrong", scores.score_quartiles_of_wrong)):  # fmt: skip
        if of:
            low, median, high = of
            lines += wrapped(
                f"Score of {name} predictions: median {median:.3f}, half of them {low:.3f} to "
                f"{high:.3f}"
            )
    if scores.speech_decisions:
        lines += wrapped(
            f"The speech model decided {scores.speech_decisions} stems. They are not in the "
            "figures of AST's scores that follow, except where these are without the speech rule."
        )
    return [
        *lines,
        *_ranking(scores),
        "",
        *_coverage(scores),
        "",
        *_calibration(scores),
        "",
        *_rules(scores),
    ]


def edited(scores: ScoreFigures) -> list[str]:
    """A warning, if rows do not follow from the scores."""
    if not scores.decided_otherwise:
        return []
    return wrapped(
        "Warning: rows whose labels do not follow from these scores and the run's label "
        f"dictionary: {scores.decided_otherwise}. They were edited, or the scores are from another "
        "run."
    )


def _ranking(scores: ScoreFigures) -> list[str]:
    classes = [
        [one.label, str(one.support), f"{one.average_precision:.3f}", _number(one.roc_auc)]
        for one in scores.ranking
    ]
    mean = ["mean of classes", "", _number(scores.mean_average_precision)]
    mean.append(_number(scores.mean_roc_auc))
    return [
        *wrapped(f"The right class is among AST's k best names: {_shares(scores.top)}"),
        *wrapped(f"The right class is among the k best classes: {_shares(scores.top_classes)}"),
        *defined({"top": "Names", "top_classes": "Classes"}),
        "",
        *table([["class", "stems", "average precision", "ROC AUC"], *classes, mean]),
        *defined({"average_precision": "Average precision", "roc_auc": "ROC AUC"}),
    ]


def _coverage(scores: ScoreFigures) -> list[str]:
    rows = [
        [f"{one.threshold:.2f}", f"{100 * one.share:.1f} %", percent(one.accuracy)]
        for one in scores.shown[::THRESHOLD_STEP]
    ]
    return [
        "If predictions with a lower score are not shown:",
        *table([["score from", "shown", "accuracy"], *rows]),
        f"Area under the risk-coverage curve: {_number(scores.risk_coverage_area)}",
        *defined({"risk_coverage_area": "Area"}),
        *map(threshold_text, scores.thresholds),
        *(defined({"thresholds": "Such a score"}) if scores.thresholds else []),
    ]


def threshold_text(one: Threshold) -> str:
    """What a user would be told.

    >>> threshold_text(Threshold(0.95, 0.43, 0.951, 0.71))
    'For 95 % right: show a prediction from 0.430 on: 95.1 % right, 71.0 % shown'
    """
    wanted = f"For {100 * one.wanted_precision:g} % right:"
    if one.score is None:
        return f"{wanted} no score is high enough"
    right = "none" if one.precision is None else f"{100 * one.precision:.1f} %"
    return (
        f"{wanted} show a prediction from {one.score:.3f} on: {right} right, "
        f"{100 * one.shown:.1f} % shown"
    )


def _calibration(scores: ScoreFigures) -> list[str]:
    rows = [
        [f"{one.low:.1f} to {one.high:.1f}", str(one.count), _number(one.mean_score),
         _number(one.accuracy)]
        for one in scores.bins
        if one.count
    ]  # fmt: skip
    return [
        calibration_text(scores),
        *table([["score", "stems", "mean score", "accuracy"], *rows]),
        *defined(
            {"expected_calibration_error": "Error", "expected_error_if_calibrated": "If calibrated"}
        ),
    ]


def calibration_text(scores: ScoreFigures) -> str:
    """The calibration error beside what it would be by chance."""
    return (
        f"Expected calibration error: {_number(scores.expected_calibration_error)}; "
        f"{_number(scores.expected_error_if_calibrated)} if calibrated"
    )


def _rules(scores: ScoreFigures) -> list[str]:
    rows = [
        [one.rule, f"{100 * one.matches / one.total:.2f} %", str(one.changed)]
        for one in scores.rules
    ]
    return [
        "The same scores under other rules:",
        *table([["rule", "accuracy", "labels changed"], *rows]),
    ]


def _shares(shares: dict[int, float]) -> str:
    return ", ".join(f"{k}: {100 * share:.2f} %" for k, share in shares.items())


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
