"""The figures by class, by song, and by level and duration, as text."""

from collections.abc import Sequence

from AST.evaluation.accuracy.groups import Group, SongFigures
from AST.evaluation.findings import Findings
from AST.evaluation.layout import (
    LONGEST_NAME,
    NO_BREAK_SPACE,
    defined,
    matrix,
    percent,
    range_of,
    share_range,
    shortened,
    table,
    wrapped,
)
from AST.evaluation.statistics.song_bootstrap import RESAMPLE_COUNT, SEED
from AST.evaluation.statistics.uncertainty import SONGS_FOR_BOOTSTRAP

CONFUSIONS_SHOWN = 10
LONGEST_SONG = 60
MACRO_NAMES = {
    "macro_f1": "Macro F1",
    "macro_f1_all_labels": "Macro F1, all labels",
    "balanced_accuracy": "Balanced accuracy",
    "cohens_kappa": "Cohen's kappa",
    "matthews_correlation": "Matthews correlation",
}


def classes_text(findings: Findings) -> list[str]:
    """Precision, recall and F1 of each class, and the figures over all classes."""
    rows = [["class", "stems", "precision", "95 %", "recall", "95 %", "F1", "95 %"]]
    for one in findings.classes:
        rows.append([shortened(one.label, LONGEST_NAME), str(one.support)])
        rows[-1] += [f"{one.precision:.3f}", share_range(one.precision_interval)]
        rows[-1] += [f"{one.recall:.3f}", share_range(one.recall_interval)]
        rows[-1] += [f"{one.f1:.3f}", share_range(one.f1_interval)]
    macro = [
        [name, number(getattr(findings.macro, key).value), share_range(estimate.interval)]
        for key, name in MACRO_NAMES.items()
        for estimate in [getattr(findings.macro, key)]
    ]
    few = "; too narrow below 30 songs" if findings.songs < SONGS_FOR_BOOTSTRAP else ""
    alike = " A dash: all resamples are alike." if any(row[-1] == "-" for row in macro) else ""
    return [
        *table(rows),
        *wrapped(f"95 %: intervals over the songs ({findings.songs}) with such stems."),
        *defined({"precision": "Precision", "recall": "Recall", "f1": "F1"}),
        "",
        *table([["over all classes", "", "95 %"], *macro]),
        *wrapped(
            f"95 %: bootstrap of whole songs ({findings.songs} songs, {RESAMPLE_COUNT} resamples, "
            f"seed {SEED}{few}).{alike}"
        ),
        *defined(MACRO_NAMES),
    ]


def number(value: float | None) -> str:
    """A figure with three digits, or a dash."""
    return "-" if value is None else f"{value:.3f}"


def confusion_text(findings: Findings) -> list[str]:
    """The confusion matrix and the most frequent mistakes."""
    wrong = [one for one in findings.raw_confusions if not one.is_match]
    mistakes = [f"  {x.label} -> {x.prediction_text} {x.count}" for x in wrong[:CONFUSIONS_SHOWN]]
    return [
        "Stems by class (rows) and proposed label (columns):",
        *matrix(findings.confusion),
        "",
        "Most frequent mistakes (class -> prediction):"
        if mistakes
        else "No mistakes among the stems that could be analysed.",
        *mistakes,
    ]


def songs_text(findings: Findings, songs: SongFigures) -> list[str]:
    """The accuracies of the songs beside the pooled accuracy."""
    lines = [
        f"Accuracy by song: mean of the {songs.count} songs {songs.mean_percent:.2f} %, of all "
        f"stems {findings.accuracy_percent:.2f} %"
    ]
    if songs.quartiles_percent:
        low, median, high = songs.quartiles_percent
        lines.append(f"  median {median:.2f} %, half of the songs {low:.2f} to {high:.2f} %")
    tenths = [
        f"{10 * i}:{NO_BREAK_SPACE}{count}"
        for i, count in enumerate(songs.counts_by_tenth)
        if count
    ]
    lines += wrapped(f"  songs by accuracy, from percent on: {', '.join(tenths)}")
    if songs.worst:
        worst = [
            [shortened(one.song, LONGEST_SONG), f"{one.matches} of {one.total}"]
            for one in songs.worst
        ]
        lines += ["Songs with the lowest accuracy (right of all stems):", *table(worst)]
    return lines


def groups_text(name: str, unit: str, groups: Sequence[Group]) -> list[str]:
    """The accuracy by level or by duration."""
    rows = [[f"{unit}, from", "below", "stems", "accuracy", "95 %"]]
    for one in groups:
        interval = range_of(one.interval) if one.interval else "-"
        bounds = [f"{one.low:g}", f"{one.high:g}"]
        rows.append([*bounds, str(one.total), percent(one.matches / one.total), interval])
    return [f"Accuracy by {name}, with intervals over songs:", *table(rows)]
