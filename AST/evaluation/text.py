"""Findings as text for people."""

from collections.abc import Iterable

from AST.evaluation.comparison import Comparison
from AST.evaluation.findings import Findings
from AST.evaluation.score_figures import ScoreFigures
from AST.evaluation.uncertainty import RESAMPLE_COUNT, SEED, Interval

CONFUSIONS_SHOWN = 10
CHANGES_SHOWN = 20
SMALLEST_PROBABILITY = 1e-12
THRESHOLD_STEP = 2
"""Every second threshold stands in the text; all are in the JSON."""


def describe(findings: Findings) -> str:
    """All findings, section by section."""
    sections = [
        _uncertainty(findings),
        _classes(findings),
        _confusion(findings),
        _raw_confusions(findings),
        _scores(findings.scores) if findings.scores else [f"Scores: {findings.scores_missing}."],
    ]
    if findings.comparison:
        sections.append(_comparison(findings.comparison))
    return "\n\n".join("\n".join(section) for section in sections)


def _uncertainty(findings: Findings) -> list[str]:
    by_songs = (
        f"{_range(findings.song_interval)} % drawing songs ({findings.songs} songs, "
        f"{RESAMPLE_COUNT} bootstrap resamples, seed {SEED})"
        if findings.song_interval
        else "none by drawing songs (there is one song only)"
    )
    counts = ", ".join(
        f"{name} {count} ({100 * count / findings.total:.1f} %)"
        for name, count in findings.no_class.items()
    )
    lines = [
        f"95 % interval of the accuracy: {_range(findings.wilson_interval)} % taking stems for "
        "independent (Wilson);",
        f"  {by_songs}",
        f"Proposed as no class: {counts}",
    ]
    if findings.no_class["error"]:
        without = findings.accuracy_without_errors_percent
        figure = "no stem is left" if without is None else f"{without:.2f} %"
        lines.append(f"Accuracy without the stems that failed: {figure}")
    return lines


def _classes(findings: Findings) -> list[str]:
    rows = [
        [one.label, str(one.support), *(f"{x:.3f}" for x in (one.precision, one.recall, one.f1))]
        for one in findings.classes
    ]
    return [
        *_table([["class", "stems", "precision", "recall", "F1"], *rows]),
        f"Macro F1 {findings.macro_f1:.3f}, balanced accuracy {findings.balanced_accuracy:.3f}",
    ]


def _confusion(findings: Findings) -> list[str]:
    columns = list(next(iter(findings.confusion.values())))
    rows = [
        [label, *(str(counts[column] or ".") for column in columns)]
        for label, counts in findings.confusion.items()
    ]
    return ["Reference (rows) and proposed label:", *_table([["", *columns], *rows])]


def _raw_confusions(findings: Findings) -> list[str]:
    wrong = [one for one in findings.raw_confusions if not one.is_match]
    if not wrong:
        return ["No stem is taken for another class."]
    return [
        "Most frequent mistakes (class -> what AST heard):",
        *(f"  {one.label} -> {one.heard} {one.count}" for one in wrong[:CONFUSIONS_SHOWN]),
    ]


def _scores(scores: ScoreFigures) -> list[str]:
    top = ", ".join(f"{k}: {100 * share:.2f} %" for k, share in scores.top.items())
    lines = []
    if scores.decided_otherwise:
        lines.append(
            f"Warning: {scores.decided_otherwise} rows are not what these scores and the run's "
            "dictionary give: the rows were edited, or the scores are another run's"
        )
    lines += [f"The right class is among AST's k best instrument labels (speech rule aside): {top}"]
    for name, quartiles in (
        ("right", scores.score_quartiles_of_right),
        ("wrong", scores.score_quartiles_of_wrong),
    ):
        if quartiles:
            low, median, high = quartiles
            lines.append(
                f"Score of {name} predictions: median {median:.3f}, half of them "
                f"{low:.3f} to {high:.3f}"
            )
    if scores.expected_calibration_error is not None:
        lines.append(f"Expected calibration error: {scores.expected_calibration_error:.3f}")
    rows = [
        [f"{one.threshold:.2f}", f"{100 * one.share:.1f} %", _percent(one.accuracy)]
        for one in scores.shown[::THRESHOLD_STEP]
    ]
    rules = [
        [one.rule, f"{100 * one.matches / one.total:.2f} %", str(one.changed)]
        for one in scores.rules
    ]
    return [
        *lines,
        "Predictions with a lower score withheld:",
        *_table([["score from", "shown", "accuracy"], *rows]),
        "The same scores under other rules:",
        *_table([["rule", "accuracy", "labels changed"], *rules]),
    ]


def _comparison(comparison: Comparison) -> list[str]:
    interval = comparison.interval
    by_songs = (
        f"95 % interval {_range(interval, '+')} by drawing songs ({comparison.songs} songs)"
        if interval
        else "no interval (one song only)"
    )
    lines = [
        f"Against {comparison.against}, on {comparison.stems} stems of both "
        f"({comparison.only_here} only here, {comparison.only_there} only there):",
        f"  accuracy {comparison.accuracy_percent:.2f} % and there "
        f"{comparison.other_accuracy_percent:.2f} %",
        f"  difference {comparison.difference_percent:+.2f} points; {by_songs}",
        f"  right only here: {_counts(comparison.gained)}; only there: {_counts(comparison.lost)}; "
        f"McNemar's exact p {probability(comparison.mcnemar_p)}, taking stems for independent",
    ]
    for change in comparison.changed[:CHANGES_SHOWN]:
        lines.append(
            f"  {change.path}: {change.proposed_label} ({change.prediction}), there "
            f"{change.other_proposed_label} ({change.other_prediction}); "
            f"reference {change.label}"
        )
    if len(comparison.changed) > CHANGES_SHOWN:
        lines.append(f"  and {len(comparison.changed) - CHANGES_SHOWN} more; --json has all")
    return lines


def probability(p: float) -> str:
    """A p value, or what it lies below."""
    return f"= {p:.3g}" if p >= SMALLEST_PROBABILITY else f"< {SMALLEST_PROBABILITY:g}"


def _counts(by_class: dict[str, int]) -> str:
    listed = ", ".join(f"{label} {count}" for label, count in by_class.items())
    return f"{sum(by_class.values())}" + (f" ({listed})" if listed else "")


def _range(interval: Interval, sign: str = "") -> str:
    return f"{interval.low_percent:{sign}.2f} to {interval.high_percent:{sign}.2f}"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.2f} %"


def _table(rows: Iterable[list[str]]) -> list[str]:
    """The first column to the left, the others to the right."""
    cells = list(rows)
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  "
        + "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]
