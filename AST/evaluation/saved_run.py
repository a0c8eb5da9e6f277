"""A results file, and the scores and the record that its run wrote beside it."""

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from AST.evaluation.score_file import StemScores, read_run_record, read_scores
from AST.evaluation.songs import path_from_song, songs_of
from AST.results import Row, read_rows


@dataclass(frozen=True)
class SavedRun:
    """What is on disk of one run; scores and record are None where they are missing."""

    file: Path
    rows: list[Row]
    scores: StemScores | None = None
    record: dict[str, Any] | None = None

    @functools.cached_property
    def songs(self) -> list[str]:
        """The song of each row."""
        return songs_of(self.rows, (self.record or {}).get("songs", {}))

    @functools.cached_property
    def paths_from_song(self) -> list[str]:
        """Each row's path from its song's folder on."""
        pairs = zip(self.rows, self.songs, strict=True)
        return [path_from_song(row.path, song) for row, song in pairs]


def read_run(file: Path, rows: list[Row]) -> SavedRun:
    """Reads what lies beside a results file.

    Raises:
        UsageError: It is damaged, or belongs to other stems.
    """
    return SavedRun(file, rows, read_scores(file, rows), read_run_record(file))


def read_other_run(file: Path) -> SavedRun:
    """Reads a results file and its record, without the scores.

    Raises:
        UsageError: One of them cannot be read.
    """
    return SavedRun(file, read_rows(file), record=read_run_record(file))
