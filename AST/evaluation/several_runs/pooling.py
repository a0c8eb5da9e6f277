"""Several results files as one run: all their stems, and each song once."""

import functools
import itertools
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from AST.errors import UsageError
from AST.evaluation.files.paths import comparable
from AST.evaluation.files.saved_run import SavedRun
from AST.evaluation.files.score_file import StemScores
from AST.evaluation.files.window_scores import WindowScores
from AST.evaluation.several_runs.figures import run_names
from AST.evaluation.several_runs.pooled_record import dataset_of, pooled_record
from AST.results import SCORE_FIGURES, Row
from AST.shared_songs import OWN, song_identity

NAMES_SHOWN = 3
"""In the name of a pooled run."""


@dataclass(frozen=True)
class PooledRun(SavedRun):
    """Several runs over different stems as one. Their songs are compared across datasets.

    Attributes:
        runs: In the order of the rows.
    """

    runs: tuple[SavedRun, ...] = ()

    @property
    def files(self) -> Sequence[SavedRun]:
        return self.runs

    @functools.cached_property
    def songs(self) -> list[str]:
        """The song of each row; a song of several files has the name that the first one gives."""
        names: dict[str, str] = {}
        taken: set[str] = set()
        songs = [song for run in self.runs for song in run.songs]
        identities = [one for run in self.runs for one in song_identities(run)]
        for identity, song in zip(identities, songs, strict=True):
            if identity not in names:
                names[identity] = identity if song in taken else song
                taken.add(song)
        return [names[identity] for identity in identities]

    @functools.cached_property
    def paths_from_song(self) -> list[str]:
        return [path for run in self.runs for path in run.paths_from_song]


def pooled(runs: Sequence[SavedRun]) -> SavedRun:
    """The runs as one. A single run stays as it is.

    Raises:
        UsageError: Two of them have a stem in common.
    """
    if len(runs) == 1:
        return runs[0]
    _check_distinct(runs)
    rows = _rows(runs)
    names = [run.file.name.removesuffix(".csv") for run in runs]
    more = len(names) - NAMES_SHOWN
    name = " + ".join(names[:NAMES_SHOWN]) + (f" + {more} more" if more > 0 else "")
    return PooledRun(
        Path(name),
        [row for own in rows for row in own],
        scores=_scores(runs),
        record=pooled_record(runs, rows),
        silent=sum(run.silent for run in runs),
        unlabelled=sum(run.unlabelled for run in runs),
        windows=_windows(runs),
        runs=tuple(runs),
    )


def song_identities(run: SavedRun) -> list[str]:
    """What tells each row's song from the songs of other files."""
    dataset = dataset_of(run)
    return [song_identity(dataset, song) for song in run.songs]


def _check_distinct(runs: Sequence[SavedRun]) -> None:
    for run, other in itertools.combinations(runs, 2):
        own, others = _stem_keys(run, other), _stem_keys(other, run)
        if common := [key for key in own if key in others]:
            raise UsageError(
                f"{run.file} and {other.file} have {len(common)} stems in common, such as "
                f"{own[common[0]].path}; files are pooled to one figure if their stems differ; to "
                f"compare two runs: {run.file} --compare {other.file}"
            )


def _stem_keys(run: SavedRun, other: SavedRun) -> dict[Hashable, Row]:
    """What is the same for the same stem in two files. Datasets that differ have none in common."""
    dataset = dataset_of(run)
    if None in (dataset, dataset_of(other)):
        return {comparable(row.path): row for row in run.rows}
    place = (run.record or {}).get("dataset_path") if dataset in OWN else None
    songs = zip(song_identities(run), run.paths_from_song, run.rows, strict=True)
    return {(dataset, place, identity, path): row for identity, path, row in songs}


def _rows(runs: Sequence[SavedRun]) -> list[list[Row]]:
    """The rows of each run. Before a path that stands for two stems is the name of the file."""
    counts = Counter(comparable(row.path) for run in runs for row in run.rows)
    names = run_names([run.file for run in runs])
    return [
        [
            row if counts[comparable(row.path)] == 1 else row._replace(path=f"{name}: {row.path}")
            for row in run.rows
        ]
        for name, run in zip(names, runs, strict=True)
    ]


def _scores(runs: Sequence[SavedRun]) -> StemScores | None:
    """The scores of all stems; None if a file has none, or if they are not of the same names."""
    found = [run.scores for run in runs if run.scores is not None]
    if len(found) < len(runs) or len({one.outputs for one in found}) > 1:
        return None
    figures = {name: [getattr(one, name) for one in found] for name in SCORE_FIGURES}
    return StemScores(
        np.concatenate([one.scores for one in found]),
        **{
            name: np.concatenate(
                [
                    np.full(len(one.scores), np.nan) if figure is None else figure
                    for one, figure in zip(found, values, strict=True)
                ]
            )
            for name, values in figures.items()
        },
        outputs=found[0].outputs,
    )


def _windows(runs: Sequence[SavedRun]) -> WindowScores | None:
    """The windows of all stems; None if a file has none, or if they are not of the same names."""
    found = [run.windows for run in runs if run.windows is not None]
    if len(found) < len(runs) or len({one.scores.shape[1] for one in found}) > 1:
        return None
    before = np.cumsum([0, *(len(run.rows) for run in runs[:-1])])
    return WindowScores(
        np.concatenate([one.stem + start for one, start in zip(found, before, strict=True)]),
        np.concatenate([one.start_s for one in found]),
        np.concatenate([one.scores for one in found]),
    )
