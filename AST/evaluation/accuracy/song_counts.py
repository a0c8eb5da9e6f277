"""How many stems of each song have each class and each proposed label."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from AST.evaluation.accuracy.classes import classes_of, labels_of
from AST.evaluation.statistics.song_bootstrap import Array, resampled_totals, song_numbers
from AST.metrics import normalised
from AST.results import Row


class Totals(NamedTuple):
    """Numbers of stems. The first axis is songs or resamples.

    Attributes:
        right: By class, of the stems that are right, shape (n, classes).
        support: By class, shape (n, classes).
        proposed: By proposed label, shape (n, labels). The classes come first.
    """

    right: Array
    support: Array
    proposed: Array

    def summed(self) -> "Totals":
        """Over all songs, shape (1, …)."""
        return Totals(*(counts.sum(axis=0, keepdims=True) for counts in self))


@dataclass(frozen=True)
class SongCounts:
    """The counts of each song, from which all figures by class follow.

    Attributes:
        classes: The class with most stems first.
        labels: The classes, then the proposed labels that are not a class of these stems.
        by_song: Shape (songs, …).
    """

    classes: list[str]
    labels: list[str]
    by_song: Totals

    @functools.cached_property
    def resampled(self) -> Totals | None:
        """The counts if other songs are drawn, shape (resamples, …); None for a single song."""
        if len(self.by_song.right) < 2:
            return None
        drawn = resampled_totals(np.concatenate(self.by_song, axis=1))
        count = len(self.classes)
        return Totals(drawn[:, :count], drawn[:, count : 2 * count], drawn[:, 2 * count :])


def song_counts(rows: Sequence[Row], songs: Sequence[str]) -> SongCounts:
    """Counts the stems of each song.

    Args:
        songs: The song of each row.
    """
    classes, labels = classes_of(rows), labels_of(rows)
    number = {label: i for i, label in enumerate(labels)}
    song = song_numbers(songs)
    label = np.array([number[normalised(row.label)] for row in rows])
    proposed = np.array([number[normalised(row.proposed_label)] for row in rows])
    right = label == proposed
    shape = (int(song.max()) + 1, len(labels))
    support = _counted(song, label, shape)[:, : len(classes)]
    matches = _counted(song[right], label[right], shape)[:, : len(classes)]
    return SongCounts(classes, labels, Totals(matches, support, _counted(song, proposed, shape)))


def _counted(
    song: npt.NDArray[np.int64], label: npt.NDArray[np.int64], shape: tuple[int, int]
) -> Array:
    counts = np.zeros(shape)
    np.add.at(counts, (song, label), 1)
    return counts
