"""The most important findings on one screen: at most 24 lines of 80 columns."""

from collections.abc import Sequence

from AST.evaluation.class_text import MACRO_NAMES, number
from AST.evaluation.findings import Findings
from AST.evaluation.instruments.text import levels_line
from AST.evaluation.layout import WIDTH, probability, range_of, shortened, table
from AST.evaluation.scores.figures import ScoreFigures
from AST.evaluation.scores.text import calibration_text, threshold_text
from AST.evaluation.several_runs.pairs import Pair
from AST.evaluation.windows.text import windows_line
from AST.writing import visible

CLASSES_SHOWN = 6
MISTAKES_SHOWN = 3
PAIRS_SHOWN = 2
IN_SUMMARY = ("macro_f1", "balanced_accuracy", "cohens_kappa")


def summarise(findings: Findings) -> str:
    """The summary. Without ``--summary`` the text has all classes, definitions and mistakes."""
    lines = [
        f"Accuracy: {findings.accuracy_percent:.2f}% ({findings.matches}/{findings.total} matches)"
        f"{_not_counted(findings)}",
        f"95 % interval: {_intervals(findings)}",
        "; ".join(
            f"{MACRO_NAMES[key]} {number(getattr(findings.macro, key).value)}" for key in IN_SUMMARY
        ),
        "Proposed label "
        + ", ".join(f"{name} {count}" for name, count in findings.no_class.items()),
        *_instruments(findings),
        *_songs(findings),
        *_classes(findings),
        *_mistakes(findings),
        *(_scores(findings.scores) if findings.scores else []),
        *_windows(findings),
        *(_pairs(findings.several_runs.pairs) if findings.several_runs else []),
    ]
    return "\n".join(shortened(visible(line), WIDTH) for line in lines)


def _not_counted(findings: Findings) -> str:
    """Short, because it stands behind the accuracy."""
    kinds = {"silent": findings.silent, "without label": findings.unlabelled}
    counts = ", ".join(f"{count} {kind}" for kind, count in kinds.items() if count)
    return f"; not counted: {counts}" if counts else ""


def _intervals(findings: Findings) -> str:
    alone = f"{range_of(findings.wilson_interval)} % as if stems were independent"
    if not findings.song_interval:
        return alone
    over = f"{range_of(findings.song_interval)} % over {findings.songs} songs"
    if not findings.pooled:
        return over
    return f"{over} of {len(findings.pooled.files)} files ({findings.pooled.shared_songs} shared)"


def _songs(findings: Findings) -> list[str]:
    if not findings.by_song:
        return []
    line = f"Mean of songs {findings.by_song.mean_percent:.2f} %"
    if findings.by_song.worst:
        worst = findings.by_song.worst[0]
        song = worst.song.rpartition("/")[2]  # a guessed song is a folder with its path
        line += f"; lowest: {worst.matches} of {worst.total} in {song}"
    return [line]


def _instruments(findings: Findings) -> list[str]:
    if not findings.instruments or not findings.instruments.with_exact_name:
        return []
    return [f"Instruments: {levels_line(findings.instruments.with_exact_name)}"]


def _windows(findings: Findings) -> list[str]:
    return [windows_line(findings.windows)] if findings.windows else []


def _classes(findings: Findings) -> list[str]:
    further = [*_instruments(findings), *_windows(findings)]
    shown = CLASSES_SHOWN - len(further)  # the screen keeps its height
    rows = [
        [one.label, str(one.support), *(f"{x:.3f}" for x in (one.precision, one.recall, one.f1))]
        for one in findings.classes[:shown]
    ]
    left_out = len(findings.classes) - len(rows)
    return [
        *table([["class", "stems", "precision", "recall", "F1"], *rows]),
        *([f"  and {left_out} more classes"] if left_out else []),
    ]


def _mistakes(findings: Findings) -> list[str]:
    wrong = [one for one in findings.raw_confusions if not one.is_match][:MISTAKES_SHOWN]
    lines = [f"  {one.label} -> {one.prediction_text} {one.count}" for one in wrong]
    return ["Most frequent mistakes (class -> prediction):", *lines] if wrong else []


def _scores(scores: ScoreFigures) -> list[str]:
    lines = [calibration_text(scores), *map(threshold_text, scores.thresholds[:2])]
    if scores.decided_otherwise:
        lines.append(f"Warning: {scores.decided_otherwise} rows do not follow from the scores")
    return lines


def _pairs(pairs: Sequence[Pair]) -> list[str]:
    lines = [
        f"Difference {one.difference_percent:+.2f} percentage points"
        + (f" ({range_of(one.interval, '+')})" if one.interval else "")
        + f", p {probability(one.holm_p, 2)}: {one.first} - {one.second}"
        for one in pairs[:PAIRS_SHOWN]
    ]
    if len(pairs) == 1:
        [one] = pairs
        return [
            *lines,
            f"Same prediction for {one.same_prediction} of {one.stems} stems, same proposed label "
            f"for {one.stems - one.disagreements}",
        ]
    left_out = len(pairs) - len(lines)
    return [*lines, *([f"  and {left_out} more pairs of runs"] if left_out else [])]
