"""A results file, with the scores and the record that the same run wrote beside it."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from AST.evaluation.files.paths import values_of
from AST.evaluation.files.score_file import StemScores, read_run_record, read_scores, read_ties
from AST.evaluation.files.songs import guessed_songs, path_from_song
from AST.evaluation.files.window_scores import WindowScores, read_windows
from AST.results import Row
from AST.run_id import check_ties
from AST.truth import truth_of


@dataclass(frozen=True)
class SavedRun:
    """The files of one run. Scores, windows and record are None if they are missing.

    Attributes:
        silent, unlabelled: Number of stems that are not among the rows, because they cannot be
            right or wrong; see ``AST.truth``.
    """

    file: Path
    rows: list[Row]
    scores: StemScores | None = None
    record: dict[str, Any] | None = None
    silent: int = 0
    unlabelled: int = 0
    windows: WindowScores | None = None

    @property
    def files(self) -> "Sequence[SavedRun]":
        """The run of each results file: this one, unless several were pooled."""
        return [self]

    @property
    def label_dictionary(self) -> dict[str, list[str]] | None:
        """From the record. Files that were pooled have none if theirs are not all the same."""
        return (self.record or {}).get("label_dictionary")

    @functools.cached_property
    def songs(self) -> list[str]:
        """The song of each row, from the record. If it lacks a row, all are guessed from paths."""
        recorded: dict[str, str] = (self.record or {}).get("songs", {})
        songs = values_of([row.path for row in self.rows], recorded)
        known = [song for song in songs if song is not None]
        return known if len(known) == len(self.rows) else guessed_songs(self.rows)

    @functools.cached_property
    def paths_from_song(self) -> list[str]:
        """Each row's path from its song's folder on."""
        pairs = zip(self.rows, self.songs, strict=True)
        return [path_from_song(row.path, song) for row, song in pairs]

    @property
    def with_truth(self) -> "SavedRun":
        """The same without the stems that cannot be right or wrong."""
        truth = truth_of(self.rows, self.record)
        if len(truth.rows) == len(self.rows):
            return self
        kept = {row.path for row in truth.rows}
        places = [place for place, row in enumerate(self.rows) if row.path in kept]
        return SavedRun(
            self.file,
            truth.rows,
            self.scores and self.scores.at(places),
            self.record,
            truth.silent,
            truth.unlabelled,
            self.windows and self.windows.at(places),
        )


def read_run(file: Path, rows: list[Row]) -> SavedRun:
    """Reads the scores, the windows and the record beside a results file.

    Raises:
        UsageError: One of them is damaged, or they are not all of one run.
    """
    scores = read_scores(file, rows)
    windows = read_windows(file, rows, scores)
    run = SavedRun(file, rows, scores, read_run_record(file), windows=windows)
    check_ties(file, rows, read_ties(file))
    return run
