"""A label dictionary learned from the scores, to split the mistakes between dictionary and model.

The learned one is multinomial logistic regression from AST's 527 scores to the classes. Each song
is decided by a regression that saw no stem of that song.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from AST.evaluation.files.score_file import StemScores
from AST.evaluation.statistics import uncertainty
from AST.evaluation.statistics.song_bootstrap import song_numbers
from AST.evaluation.statistics.uncertainty import Interval
from AST.metrics import is_match, normalised
from AST.results import Row

FOLDS = 5
FEWEST_SONGS = 10
"""Two for each fold. With fewer the regression learns next to nothing."""
STEMS_AT_MOST = 3_000
"""Bounds the time, to some seconds. It is more than the stems of DSD100 and of MoisesDB."""
SMALLEST_SCORE = 1e-7
"""Scores are limited to it, and to 1 minus it, because 0 and 1 have no logit."""
STRENGTH = 0.1
"""Inverse strength of the L2 penalty (scikit-learn's C), fixed before any figure was seen. A tenth
of scikit-learn's default, because a small dataset has fewer stems than there are scores."""
TOLERANCE = 1e-3
ITERATIONS = 300
"""Of the solver at most; it needed 30 for 3,000 stems."""

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class LearnedDictionary:
    """The accuracy of a learned dictionary beside the run's, on the same stems.

    Attributes:
        stems, songs: Numbers of those with scores that were used.
        songs_with_scores: More than ``songs`` if there are too many stems for some seconds.
        folds: Each song is decided by a regression on the songs of the other folds.
        run_percent, run_interval: The run's own accuracy on these stems.
        difference_percent: Learned minus the run's own, in percentage points.
        only_learned_right: Wrong stems that the learned one gets right: the part of the dictionary
            and of the rules, at most.
        both_wrong: Wrong stems that the learned one gets wrong too: the part of the model.
        only_run_right: Right stems that the learned one gets wrong.
    """

    stems: int
    songs: int
    songs_with_scores: int
    folds: int
    run_percent: float
    run_interval: Interval | None
    learned_percent: float
    learned_interval: Interval | None
    difference_percent: float
    difference_interval: Interval | None
    only_learned_right: int
    both_wrong: int
    only_run_right: int


def learned_dictionary(
    rows: Sequence[Row], scores: StemScores, songs: Sequence[str]
) -> LearnedDictionary | None:
    """Learns the classes from the scores; None for fewer than ten songs with scores, or one class.

    Args:
        songs: The song of each row.
    """
    scored = np.flatnonzero(scores.has_scores).tolist()
    stems = _of_whole_songs(scored, songs)
    own = [songs[stem] for stem in stems]
    labels = [normalised(rows[stem].label) for stem in stems]
    if len(set(own)) < FEWEST_SONGS or len(set(labels)) < 2:
        return None
    classes = np.unique(labels, return_inverse=True)[1]
    learned = _held_out(logits(scores.scores[stems]), classes, song_numbers(own)) == classes
    by_run = np.array([is_match(rows[stem]) for stem in stems])
    gains = learned.astype(int) - by_run
    run_interval, learned_interval = (
        found.interval if (found := uncertainty.song_interval(own, right.tolist())) else None
        for right in (by_run, learned)
    )
    return LearnedDictionary(
        stems=len(stems),
        songs=len(set(own)),
        songs_with_scores=len({songs[stem] for stem in scored}),
        folds=FOLDS,
        run_percent=100 * float(by_run.mean()),
        run_interval=run_interval,
        learned_percent=100 * float(learned.mean()),
        learned_interval=learned_interval,
        difference_percent=100 * float(gains.mean()),
        difference_interval=uncertainty.difference_interval(own, gains.tolist()),
        only_learned_right=int((gains > 0).sum()),
        both_wrong=int((~learned & ~by_run).sum()),
        only_run_right=int((gains < 0).sum()),
    )


def _of_whole_songs(stems: Sequence[int], songs: Sequence[str]) -> Sequence[int]:
    """The stems, or if they are too many, those of whole songs, taken evenly over all songs."""
    if len(stems) <= STEMS_AT_MOST:
        return stems
    numbers = song_numbers([songs[stem] for stem in stems])
    sizes = np.bincount(numbers)
    wanted = len(sizes) * STEMS_AT_MOST // len(stems)
    taken = np.linspace(0, len(sizes) - 1, wanted).round().astype(int)
    taken = taken[np.cumsum(sizes[taken]) <= STEMS_AT_MOST]  # songs differ in their stems
    is_taken = np.isin(numbers, taken)
    return [stem for stem, taken in zip(stems, is_taken, strict=True) if taken]


def logits(scores: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """What AST's output was before the sigmoid, within limits. Shape: (n, 527).

    >>> logits(np.array([[0.5, 0]], np.float32)).round(3).tolist()
    [[0.0, -16.118]]
    """
    limited = np.clip(scores.astype(np.float64), SMALLEST_SCORE, 1 - SMALLEST_SCORE)
    return np.asarray(np.log(limited / (1 - limited)))


def _held_out(values: npt.NDArray[np.float64], classes: Integers, songs: Integers) -> Integers:
    """The class of each stem, decided by a regression on the songs of the other folds."""
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    found = np.empty_like(classes)
    for fold in range(FOLDS):
        test = songs % FOLDS == fold
        train = ~test
        if len(set(classes[train].tolist())) == 1:  # the only song of the other class is held out
            found[test] = classes[train][0]
            continue
        mean, spread = values[train].mean(axis=0), values[train].std(axis=0)
        spread[spread == 0] = 1
        regression = LogisticRegression(C=STRENGTH, tol=TOLERANCE, max_iter=ITERATIONS)
        with threadpool_limits(1):  # more only wait for each other, and change the rounding
            regression.fit((values[train] - mean) / spread, classes[train])
        found[test] = regression.predict((values[test] - mean) / spread)
    return found
