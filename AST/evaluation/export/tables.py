"""The tables of the findings, for ``--tables``."""

from collections.abc import Sequence

from AST.evaluation.accuracy.groups import Group
from AST.evaluation.export.dictionary_tables import dictionary_tables
from AST.evaluation.export.instrument_tables import instrument_tables
from AST.evaluation.export.score_tables import score_tables
from AST.evaluation.export.several_runs_tables import several_runs_tables
from AST.evaluation.export.table import PERCENT_OF_SHARE, Column, Rows, Table, ranged
from AST.evaluation.export.window_tables import window_tables
from AST.evaluation.findings import Findings
from AST.evaluation.several_runs.pooled_figures import PooledFiles
from AST.evaluation.statistics.uncertainty import SONGS_FOR_BOOTSTRAP
from AST.truth import not_counted


def tables(findings: Findings) -> list[Table]:
    """All tables that have rows."""
    found = [
        _summary(findings),
        *([_pooled(findings.pooled)] if findings.pooled else []),
        _classes(findings),
        _confusion_matrix(findings),
        _mistakes(findings),
        *(instrument_tables(findings.instruments) if findings.instruments else []),
        *dictionary_tables(findings.dictionary_misses, findings.learned_dictionary),
        *_songs(findings),
        _groups("level", "level in dBFS", findings.by_level),
        _groups("duration", "duration in seconds", findings.by_duration),
        *(score_tables(findings.scores) if findings.scores else []),
        *(window_tables(findings.windows) if findings.windows else []),
        *(several_runs_tables(findings.several_runs) if findings.several_runs else []),
    ]
    return [table for table in found if table.rows]


def _summary(findings: Findings) -> Table:
    accuracy = findings.accuracy_percent / 100
    macro = findings.macro
    rows: Rows = [
        ["accuracy, by songs", ranged(accuracy, findings.song_interval, PERCENT_OF_SHARE)],
        [
            "accuracy, stems as independent",
            ranged(accuracy, findings.wilson_interval, PERCENT_OF_SHARE),
        ],
    ]
    for name, one in (
        ("macro F1, classes of the stems", macro.macro_f1),
        ("macro F1, all labels", macro.macro_f1_all_labels),
        ("balanced accuracy", macro.balanced_accuracy),
        ("Cohen's kappa", macro.cohens_kappa),
        ("Matthews correlation", macro.matthews_correlation),
    ):
        rows.append([name, ranged(one.value, one.interval, PERCENT_OF_SHARE)])
    caption = (
        f"Figures of {findings.total} stems of {findings.songs} songs "
        f"({findings.matches} are right), with 95 % intervals."
    )
    if left := not_counted(findings.silent, findings.unlabelled):
        caption += f" Not counted: {left}."
    if findings.songs < SONGS_FOR_BOOTSTRAP:
        caption += (
            f" With fewer than {SONGS_FOR_BOOTSTRAP} songs, intervals of figures over all classes "
            "(macro F1 and the others) are too narrow."
        )
    return Table("summary", caption, [Column("figure"), Column("value", is_ranged=True)], rows)


def _pooled(pooled: PooledFiles) -> Table:
    rows: Rows = [
        [one.name, one.stems, one.matches, one.accuracy_percent, one.songs, one.shared_songs]
        for one in pooled.files
    ]
    columns = [*map(Column, ("file", "stems", "right")), Column("accuracy in percent", 2)]
    caption = (
        f"The files that all figures are of: {pooled.songs} songs, {pooled.shared_songs} of them "
        "in more than one file."
    )
    return Table("pooled", caption, [*columns, *map(Column, ("songs", "shared songs"))], rows)


def _classes(findings: Findings) -> Table:
    figures = [Column(name, 2, is_ranged=True) for name in ("precision", "recall", "F1")]
    rows: Rows = [
        [
            one.label,
            one.support,
            ranged(one.precision, one.precision_interval, PERCENT_OF_SHARE),
            ranged(one.recall, one.recall_interval, PERCENT_OF_SHARE),
            ranged(one.f1, one.f1_interval, PERCENT_OF_SHARE),
        ]
        for one in findings.classes
    ]
    caption = "Precision, recall and F1 of each class, with 95 % intervals by songs."
    return Table("classes", caption, [Column("class"), Column("stems"), *figures], rows)


def _confusion_matrix(findings: Findings) -> Table:
    labels = list(next(iter(findings.confusion.values())))
    rows: Rows = [
        [label, *(counts[one] for one in labels)] for label, counts in findings.confusion.items()
    ]
    columns = [Column("class"), *(Column(label, is_turned=True) for label in labels)]
    caption = "Stems by class (rows) and proposed label (columns)."
    return Table("confusion_matrix", caption, columns, rows)


def _mistakes(findings: Findings) -> Table:
    rows: Rows = [
        [one.label, one.prediction_text, one.proposed_label, one.count]
        for one in findings.raw_confusions
        if not one.is_match
    ]
    columns = [*map(Column, ("class", "prediction", "proposed label", "stems"))]
    return Table("mistakes", "Mistakes, the most frequent ones first.", columns, rows)


def _songs(findings: Findings) -> list[Table]:
    songs = findings.by_song
    if songs is None:
        return []
    tenths: Rows = [
        [f"{10 * tenth} to {10 * (tenth + 1)}", count]
        for tenth, count in enumerate(songs.counts_by_tenth)
    ]
    worst: Rows = [[one.song, one.matches, one.total] for one in songs.worst]
    return [
        Table(
            "songs",
            f"Songs by their accuracy; the mean of the songs is {songs.mean_percent:.2f} %.",
            [Column("accuracy in percent"), Column("songs")],
            tenths,
        ),
        Table(
            "worst_songs",
            "The songs with the lowest accuracy.",
            [*map(Column, ("song", "right", "stems"))],
            worst,
        ),
    ]


def _groups(name: str, value: str, groups: Sequence[Group]) -> Table:
    rows: Rows = [
        [
            float(one.low),
            float(one.high),
            one.total,
            ranged(one.matches / one.total, one.interval, PERCENT_OF_SHARE),
        ]
        for one in groups
    ]
    columns = [Column("from", 2), Column("to below", 2), Column("stems")]
    return Table(
        name,
        f"Accuracy by {value}, with 95 % intervals by songs.",
        [*columns, Column("accuracy", is_ranged=True)],
        rows,
    )
