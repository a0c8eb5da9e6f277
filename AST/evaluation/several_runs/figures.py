"""Compares two or more runs over the same stems: each run, each pair, and each stem."""

import os
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path

from AST.evaluation.files.saved_run import SavedRun
from AST.evaluation.several_runs.differing_facts import Fact, differing_facts, differing_names
from AST.evaluation.several_runs.matching import common_stems
from AST.evaluation.several_runs.pairs import Pair, pairs_of
from AST.evaluation.statistics import uncertainty
from AST.evaluation.statistics.uncertainty import Interval
from AST.metrics import accuracy, is_match, normalised
from AST.results import Row
from AST.writing import printable


@dataclass(frozen=True)
class RunFigures:
    """The accuracy of one run, of the stems that all runs have.

    Attributes:
        name: A short name that no other of these runs has, from the name of the file.
        left_out: Number of the run's stems that not all other runs have.
        interval: 95 % interval of the accuracy, by songs; None for a single song.
    """

    name: str
    file: str
    matches: int
    total: int
    left_out: int
    accuracy_percent: float
    interval: Interval | None


@dataclass(frozen=True)
class Answer:
    """What one run says about a stem."""

    prediction: str
    proposed_label: str
    is_match: bool


@dataclass(frozen=True)
class Disagreement:
    """A stem whose proposed label is not the same in all runs; one answer of each run.

    Attributes:
        path: As in the first run.
    """

    label: str
    path: str
    answers: list[Answer]


@dataclass(frozen=True)
class SeveralRuns:
    """Two or more runs on the stems that all of them have.

    Attributes:
        stems, songs: Numbers of these.
        without_record: The names of the runs that have no record.
        facts: What differs between the runs, from their records.
        dictionary: The AudioSet names that their label dictionaries give another class.
        pairs: Each run with each later one.
        disagreements: Class by class.
    """

    stems: int
    songs: int
    runs: list[RunFigures]
    without_record: list[str]
    facts: list[Fact]
    dictionary: list[Fact]
    pairs: list[Pair]
    disagreements: list[Disagreement]


def compare_runs(runs: Sequence[SavedRun]) -> SeveralRuns:
    """Compares runs over the same stems.

    Raises:
        UsageError: The runs have no stem in common, or a stem has two classes.
    """
    stems = common_stems(runs)
    song_of_path = dict(zip([row.path for row in runs[0].rows], runs[0].songs, strict=True))
    songs = [song_of_path[rows[0].path] for rows in stems]
    names = run_names([run.file for run in runs])
    columns = list(zip(*stems, strict=True))
    return SeveralRuns(
        stems=len(stems),
        songs=len(set(songs)),
        runs=[
            _figures(name, run, rows, songs)
            for name, run, rows in zip(names, runs, columns, strict=True)
        ],
        without_record=[n for n, run in zip(names, runs, strict=True) if run.record is None],
        facts=differing_facts(runs),
        dictionary=differing_names(runs),
        pairs=pairs_of(names, columns, songs),
        disagreements=[
            Disagreement(
                normalised(rows[0].label),
                rows[0].path,
                [Answer(row.prediction, row.proposed_label, is_match(row)) for row in rows],
            )
            for rows in sorted(stems, key=lambda rows: normalised(rows[0].label))
            if len({normalised(row.proposed_label) for row in rows}) > 1
        ],
    )


def run_names(files: Sequence[Path]) -> list[str]:
    """A short name of each run: of its file, with as many folders as it needs to be the only one.

    >>> run_names([Path("a/r.csv"), Path("b/r.csv"), Path("b/bf16.csv")])
    ['a/r', 'b/r', 'bf16']
    >>> run_names([Path("r.csv"), Path("r.csv")])
    ['r', 'r (2)']
    """
    parts = [
        (*Path(os.path.abspath(file)).parts[1:-1], file.name.removesuffix(".csv")) for file in files
    ]
    most = max(map(len, parts))
    seen: Counter[str] = Counter()
    names = []
    for own in parts:
        others = [other for other in parts if other != own]
        count = next((n for n in range(1, most) if all(o[-n:] != own[-n:] for o in others)), most)
        name = printable("/".join(own[-count:]))
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def _figures(
    name: str, run: SavedRun, rows: Sequence[Row], songs: Sequence[Hashable]
) -> RunFigures:
    figure = accuracy(rows)
    by_songs = uncertainty.song_interval(songs, [*map(is_match, rows)])
    return RunFigures(
        name=name,
        file=printable(run.file),
        matches=figure.matches,
        total=figure.total,
        left_out=len(run.rows) - len(rows),
        accuracy_percent=figure.percent,
        interval=by_songs.interval if by_songs else None,
    )
