"""The tables of a comparison of runs."""

from AST.evaluation.export.table import Column, Rows, Table, ranged
from AST.evaluation.several_runs.figures import SeveralRuns


def several_runs_tables(several: SeveralRuns) -> list[Table]:
    """The runs, what differs between them, each pair, and the stems where they disagree."""
    names = [run.name for run in several.runs]
    return [
        _runs(several),
        Table(
            "run_facts",
            "What differs between the runs.",
            [Column("fact"), *map(Column, names)],
            [[fact.name, *fact.values] for fact in several.facts],
        ),
        Table(
            "label_dictionaries",
            "AudioSet's names that the runs' label dictionaries give another class.",
            [Column("name"), *map(Column, names)],
            [[fact.name, *fact.values] for fact in several.dictionary],
        ),
        _pairs(several),
        Table(
            "disagreements",
            "Stems whose proposed label is not the same in all runs.",
            [Column("class"), Column("stem"), *map(Column, names)],
            [
                [one.label, one.path, *(answer.proposed_label for answer in one.answers)]
                for one in several.disagreements
            ],
        ),
    ]


def _runs(several: SeveralRuns) -> Table:
    return Table(
        "runs",
        f"Accuracy of each run on the {several.stems} stems of {several.songs} songs that all runs "
        "have, in percent, with 95 % intervals by songs.",
        [Column("run"), Column("right"), Column("accuracy", 2, is_ranged=True)],
        [
            [run.name, run.matches, ranged(run.accuracy_percent, run.interval)]
            for run in several.runs
        ],
    )


def _pairs(several: SeveralRuns) -> Table:
    rows: Rows = [
        [
            pair.first,
            pair.second,
            ranged(pair.difference_percent, pair.interval),
            pair.sign_flip_p,
            pair.holm_p,
            pair.mcnemar_p,
            sum(pair.only_first.values()),
            sum(pair.only_second.values()),
            pair.odds_ratio.value,
            pair.disagreements,
            pair.same_prediction,
            pair.only_prediction_differs,
        ]
        for pair in several.pairs
    ]
    caption = (
        "Differences of the runs in percentage points, with 95 % intervals by songs; p of a "
        "permutation test that flips the signs of whole songs, and with Holm's correction; p of "
        "McNemar's exact test, which treats stems as independent; stems that are right only in the "
        "first or second run, and the ratio of these numbers"
    )
    if any(pair.odds_ratio.is_corrected for pair in several.pairs):
        caption += " (half a stem is added to both where one of them is 0)"
    caption += (
        "; stems with another proposed label, with the same prediction, and with another "
        "prediction but the same proposed label"
    )
    columns = [
        *map(Column, ("first", "second")),
        Column("difference", 2, is_ranged=True),
        *map(Column, ("p", "Holm's p", "McNemar's p", "only first", "only second")),
        Column("odds ratio", 2),
        *map(Column, ("other label", "same prediction", "only prediction differs")),
    ]
    return Table("pairs", f"{caption}.", columns, rows)
