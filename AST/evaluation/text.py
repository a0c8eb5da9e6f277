"""Writes the findings as text for the console."""

from AST.evaluation.comparison import Comparison
from AST.evaluation.findings import Findings
from AST.evaluation.score_figures import ScoreFigures
from AST.evaluation.song_bootstrap import RESAMPLE_COUNT, SEED
from AST.evaluation.uncertainty import BOOTSTRAP, Interval

CONFUSIONS_SHOWN = 10
CHANGES_SHOWN = 20
SMALLEST_PROBABILITY = 1e-12
THRESHOLD_STEP = 2  # the text has every second threshold, the JSON file has all


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
    by_songs = _by_songs(findings)
    counts = ", ".join(
        f"{name} {count} ({100 * count / findings.total:.1f} %)"
        for name, count in findings.no_class.items()
    )
    lines = [
        f"95 % interval of the accuracy: {_range(findings.wilson_interval)} % treating stems "
        "as independent (Wilson);",
        f"  {by_songs}",
        f"Proposed labels that are not a class: {counts}",
    ]
    if findings.no_class["error"]:
        without = findings.accuracy_without_errors_percent
        figure = "no stem is left" if without is None else f"{without:.2f} %"
        lines.append(f"Accuracy without the stems that failed: {figure}")
    return lines


def _by_songs(findings: Findings) -> str:
    if not findings.song_interval:
        return "no interval over songs (only one song is known)"
    how = f"{findings.song_interval_method}, {findings.songs} songs"
    if findings.song_interval_method == BOOTSTRAP:
        how += f", {RESAMPLE_COUNT} resamples, seed {SEED}"
    return f"{_range(findings.song_interval)} % over songs, whose stems are alike ({how})"


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
    return ["Stems by class (rows) and proposed label (columns):", *_table([["", *columns], *rows])]


def _raw_confusions(findings: Findings) -> list[str]:
    wrong = [one for one in findings.raw_confusions if not one.is_match]
    if not wrong:
        return ["No mistakes among the stems that could be analysed."]
    return [
        "Most frequent mistakes (class -> prediction):",
        *(f"  {x.label} -> {x.prediction_text} {x.count}" for x in wrong[:CONFUSIONS_SHOWN]),
    ]


def _scores(scores: ScoreFigures) -> list[str]:
    lines = []
    if scores.decided_otherwise:
        lines.append(
            "Warning: rows whose labels do not follow from these scores and the run's label "
            f"dictionary: {scores.decided_otherwise}. They were edited, or the scores are from "
            "another run."
        )
    top = ", ".join(f"{k}: {100 * share:.2f} %" for k, share in scores.top.items())
    lines.append(
        f"The right class is among AST's k best instrument names (without the speech rule): {top}"
    )
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
    return [*lines, *_coverage_and_rules(scores)]


def _coverage_and_rules(scores: ScoreFigures) -> list[str]:
    coverage = [
        [f"{one.threshold:.2f}", f"{100 * one.share:.1f} %", _percent(one.accuracy)]
        for one in scores.shown[::THRESHOLD_STEP]
    ]
    rules = [
        [one.rule, f"{100 * one.matches / one.total:.2f} %", str(one.changed)]
        for one in scores.rules
    ]
    return [
        "If predictions with a lower score are not shown:",
        *_table([["score from", "shown", "accuracy"], *coverage]),
        "The same scores under other rules:",
        *_table([["rule", "accuracy", "labels changed"], *rules]),
    ]


def _comparison(comparison: Comparison) -> list[str]:
    interval = comparison.interval
    by_songs = (
        f"95 % interval {_range(interval, '+')} by drawing whole songs ({comparison.songs} songs)"
        if interval
        else "no interval (only one song is known)"
    )
    lines = [
        f"Compared with {comparison.against}, on the {comparison.stems} stems of both runs "
        f"({comparison.only_here} only in this run, {comparison.only_there} only in the other):",
        f"  accuracy {comparison.accuracy_percent:.2f} %, of the other run "
        f"{comparison.other_accuracy_percent:.2f} %",
        f"  difference {comparison.difference_percent:+.2f} percentage points; {by_songs}",
        f"  right only in this run: {_counts(comparison.gained)}; only in the other: "
        f"{_counts(comparison.lost)}; McNemar's exact p {probability(comparison.mcnemar_p)}, "
        "treating stems as independent",
    ]
    for change in comparison.changed[:CHANGES_SHOWN]:
        lines.append(
            f"  {change.path}: {change.proposed_label} ({change.prediction}), in the other run "
            f"{change.other_proposed_label} ({change.other_prediction}); class {change.label}"
        )
    if len(comparison.changed) > CHANGES_SHOWN:
        lines.append(f"  and {len(comparison.changed) - CHANGES_SHOWN} more; --json writes all")
    return lines


def probability(p: float) -> str:
    """A p value as text, or a bound that it is below."""
    return f"= {p:.3g}" if p >= SMALLEST_PROBABILITY else f"< {SMALLEST_PROBABILITY:g}"


def _counts(by_class: dict[str, int]) -> str:
    listed = ", ".join(f"{label} {count}" for label, count in by_class.items())
    return f"{sum(by_class.values())}" + (f" ({listed})" if listed else "")


def _range(interval: Interval, sign: str = "") -> str:
    return f"{interval.low_percent:{sign}.2f} to {interval.high_percent:{sign}.2f}"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.2f} %"


def _table(rows: list[list[str]]) -> list[str]:
    """Lines of a table: the first column is aligned left, the others right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for first, *others in rows:
        cells = [first.ljust(widths[0]), *map(str.rjust, others, widths[1:])]
        lines.append(f"  {'  '.join(cells).rstrip()}")
    return lines
