"""Writes the findings as text for the console."""

from AST.evaluation.class_text import classes_text, confusion_text, groups_text, songs_text
from AST.evaluation.dictionaries.text import learned_text, misses_text
from AST.evaluation.findings import Findings
from AST.evaluation.instruments.text import instruments_text
from AST.evaluation.layout import range_of, wrapped
from AST.evaluation.scores.text import scores_text
from AST.evaluation.several_runs.pooled_text import pooled_text
from AST.evaluation.several_runs.text import describe_runs
from AST.evaluation.windows.text import windows_text
from AST.writing import visible


def describe(findings: Findings) -> str:
    """All findings, section by section."""
    sections = [pooled_text(findings.pooled)] if findings.pooled else []
    sections += [_uncertainty(findings), classes_text(findings), confusion_text(findings)]
    if findings.instruments:
        sections.append(instruments_text(findings.instruments))
    if findings.dictionary_misses:
        sections.append(misses_text(findings.dictionary_misses))
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
    if findings.windows:
        sections.append(windows_text(findings.windows))
    if findings.windows_missing:
        sections.append([f"Windows: no figures, because {findings.windows_missing}."])
    if findings.learned_dictionary:
        sections.append(learned_text(findings.learned_dictionary))
    if findings.several_runs:
        sections.append(describe_runs(findings.several_runs))
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
        f"(Wilson with the design effect of songs, {findings.design_effect:.2f})"
    )
