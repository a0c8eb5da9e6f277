"""Writes the findings as text for the console."""

from AST.evaluation.class_text import classes_text, confusion_text, groups_text, songs_text
from AST.evaluation.comparison import Comparison
from AST.evaluation.findings import Findings
from AST.evaluation.layout import range_of, wrapped
from AST.evaluation.score_text import scores_text
from AST.writing import visible

CHANGES_SHOWN = 20
SMALLEST_PROBABILITY = 1e-12


def describe(findings: Findings) -> str:
    """All findings, section by section."""
    sections = [_uncertainty(findings), classes_text(findings), confusion_text(findings)]
    if findings.by_song:
        sections.append(songs_text(findings, findings.by_song))
    if findings.by_level:
        sections.append(groups_text("level (RMS of the whole stem)", "dBFS", findings.by_level))
    if findings.by_duration:
        sections.append(groups_text("duration", "s", findings.by_duration))
    if findings.scores:
        sections.append(scores_text(findings.scores))
    else:
        sections.append([f"Scores: {findings.scores_missing}."])
    if findings.comparison:
        sections.append(_comparison(findings.comparison))
    return "\n\n".join("\n".join(map(visible, section)) for section in sections)


def _uncertainty(findings: Findings) -> list[str]:
    lines = [
        f"95 % interval of the accuracy: {range_of(findings.wilson_interval)} % treating stems "
        "as independent (Wilson);",
        f"  {_by_songs(findings)}",
        *wrapped(f"Not a class: {no_class_text(findings)}"),
    ]
    if findings.no_class["error"]:
        without = findings.accuracy_without_errors_percent
        figure = "no stem is left" if without is None else f"{without:.2f} %"
        lines.append(f"Accuracy without the stems that failed: {figure}")
    return lines


def no_class_text(findings: Findings) -> str:
    """How many stems have a proposed label that is no class."""
    return ", ".join(
        f"proposed label {name} {count} ({100 * count / findings.total:.1f} %)"
        for name, count in findings.no_class.items()
    )


def _by_songs(findings: Findings) -> str:
    if not findings.song_interval:
        return "no interval over songs (only one song is known)"
    return (
        f"{range_of(findings.song_interval)} % over {findings.songs} songs "
        f"({findings.song_interval_method}; design effect {findings.design_effect:.2f})"
    )


def _comparison(comparison: Comparison) -> list[str]:
    interval = comparison.interval
    by_songs = (
        f"95 % interval {range_of(interval, '+')} over songs ({comparison.songs} songs)"
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
