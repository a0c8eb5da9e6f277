"""Figures by class and by song: known answers, scikit-learn, and resamples counted one by one."""

import numpy as np
import pytest
from sklearn import metrics as oracle

from AST.evaluation.accuracy.class_figures import class_figures, macro_figures
from AST.evaluation.accuracy.groups import Group, SongFigure, grouped, song_figures
from AST.evaluation.accuracy.song_counts import song_counts
from AST.evaluation.statistics.song_bootstrap import resampled_totals
from AST.evaluation.statistics.uncertainty import share_interval, song_interval, wilson_interval
from AST.metrics import is_match
from AST.results import Row
from tests.evaluation.test_figures import ROWS

SONGS = [row.path.rpartition("/")[0] for row in ROWS]
CLASSES = ["a", "b", "c", "d"]


def random_rows(seed: int, count: int = 200, songs: int = 40) -> tuple[list[Row], list[str]]:
    """Rows that are right more often than by chance, and their songs."""
    generator = np.random.default_rng(seed)
    labels = generator.choice(CLASSES, count, p=[0.5, 0.3, 0.15, 0.05])
    guesses = generator.choice([*CLASSES, "other", "speech"], count)
    proposed = np.where(generator.random(count) < 0.6, labels, guesses)
    pairs = zip(labels, proposed, strict=True)
    rows = [Row(str(x), f"{i}.wav", "", str(y)) for i, (x, y) in enumerate(pairs)]
    return rows, [f"song {number}" for number in generator.integers(0, songs, count)]


def test_class_figures_of_a_small_example() -> None:
    bass, drums, vocals = class_figures(song_counts(ROWS, SONGS))
    assert (bass.label, bass.support, bass.precision) == ("bass", 3, 1 / 2)
    assert bass.recall == pytest.approx(1 / 3)
    assert bass.f1 == pytest.approx(2 / 5)
    assert (drums.precision, drums.recall) == (1, 1 / 2)
    assert drums.f1 == pytest.approx(2 / 3)
    assert (vocals.precision, vocals.recall, vocals.f1) == (0, 0, 0)
    macro = macro_figures(song_counts(ROWS, SONGS))
    assert macro.macro_f1.value == pytest.approx((2 / 5 + 2 / 3) / 3)
    # Vocals are never proposed, and error, other and speech are no class: six labels.
    assert macro.macro_f1_all_labels.value == pytest.approx((2 / 5 + 2 / 3) / 6)
    # One song has a stem with the proposed label drums: it says nothing about others.
    assert drums.precision_interval is None
    # Bass is right in one of three songs with one such stem each, so songs do not matter.
    assert bass.recall_interval is not None
    assert bass.recall_interval.low_percent < 100 / 3 < bass.recall_interval.high_percent


@pytest.mark.filterwarnings("ignore:y_pred contains classes")
@pytest.mark.parametrize("seed", range(5))
def test_figures_equal_those_of_scikit_learn(seed: int) -> None:
    rows, songs = random_rows(seed)
    true, proposed = [row.label for row in rows], [row.proposed_label for row in rows]
    figures = class_figures(song_counts(rows, songs))
    names = [figure.label for figure in figures]
    expected = oracle.precision_recall_fscore_support(true, proposed, labels=names)
    for key, values in zip(("precision", "recall", "f1", "support"), expected, strict=True):
        assert [getattr(one, key) for one in figures] == pytest.approx(values.tolist())
    assert [one.support for one in figures] == sorted(
        (true.count(x) for x in CLASSES), reverse=True
    )
    macro = macro_figures(song_counts(rows, songs))
    assert macro.macro_f1.value == pytest.approx(
        oracle.f1_score(true, proposed, labels=names, average="macro")
    )
    assert macro.macro_f1_all_labels.value == pytest.approx(
        oracle.f1_score(true, proposed, average="macro")
    )
    assert macro.balanced_accuracy.value == pytest.approx(
        oracle.balanced_accuracy_score(true, proposed)
    )
    assert macro.cohens_kappa.value == pytest.approx(oracle.cohen_kappa_score(true, proposed))
    assert macro.matthews_correlation.value == pytest.approx(
        oracle.matthews_corrcoef(true, proposed)
    )


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_each_resample_is_what_scikit_learn_gives_for_its_rows() -> None:
    """Songs are drawn by hand; the middle 95 % must be the interval, up to chance."""
    rows, songs = random_rows(1, count=150, songs=12)
    names = sorted(set(songs))
    stems_of = {name: [i for i, song in enumerate(songs) if song == name] for name in names}
    generator = np.random.default_rng(8)
    drawn: dict[str, list[float]] = {"all": [], "balanced": [], "kappa": [], "mcc": [], "macro": []}
    for _ in range(400):
        stems = [i for name in generator.choice(names, len(names)) for i in stems_of[name]]
        true, proposed = [rows[i].label for i in stems], [rows[i].proposed_label for i in stems]
        present = sorted(set(true))
        drawn["macro"].append(oracle.f1_score(true, proposed, labels=present, average="macro"))
        drawn["all"].append(oracle.f1_score(true, proposed, average="macro"))
        drawn["balanced"].append(oracle.balanced_accuracy_score(true, proposed))
        drawn["kappa"].append(oracle.cohen_kappa_score(true, proposed))
        drawn["mcc"].append(oracle.matthews_corrcoef(true, proposed))
    macro = macro_figures(song_counts(rows, songs))
    for key, estimate in (
        ("macro", macro.macro_f1),
        ("all", macro.macro_f1_all_labels),
        ("balanced", macro.balanced_accuracy),
        ("kappa", macro.cohens_kappa),
        ("mcc", macro.matthews_correlation),
    ):
        low, high = np.percentile(drawn[key], [2.5, 97.5])
        assert estimate.interval is not None
        assert estimate.interval.low_percent == pytest.approx(100 * low, abs=3), key
        assert estimate.interval.high_percent == pytest.approx(100 * high, abs=3), key


def test_intervals_of_a_class_follow_from_the_counts_of_its_songs() -> None:
    rows, songs = random_rows(2, count=900, songs=60)
    figure = class_figures(song_counts(rows, songs))[0]
    of_class = [i for i, row in enumerate(rows) if row.label == "a"]
    alone = song_interval([songs[i] for i in of_class], [is_match(rows[i]) for i in of_class])
    assert alone is not None
    assert figure.recall_interval is not None
    assert figure.recall_interval.low_percent == pytest.approx(alone.interval.low_percent, abs=0.7)
    assert figure.recall_interval.high_percent == pytest.approx(
        alone.interval.high_percent, abs=0.7
    )
    true = np.array([row.label == "a" for row in rows])
    named = np.array([row.proposed_label == "a" for row in rows])
    numbers = np.unique(songs, return_inverse=True)[1]
    parts = (true & named, true, named)
    by_song = np.array([np.bincount(numbers, weights=part) for part in parts], float).T
    drawn = resampled_totals(by_song, seed=3)
    f1 = 2 * drawn[:, 0] / (drawn[:, 1] + drawn[:, 2])
    assert figure.f1_interval is not None
    assert [
        figure.f1_interval.low_percent, figure.f1_interval.high_percent
    ] == pytest.approx(np.percentile(100 * f1, [2.5, 97.5]).tolist(), abs=0.7)  # fmt: skip
    named_songs = by_song[by_song[:, 2] > 0]
    precision = share_interval(named_songs[:, 0], named_songs[:, 2])
    assert precision is not None
    assert figure.precision_interval is not None
    assert figure.precision_interval.low_percent == pytest.approx(
        precision.interval.low_percent, abs=0.7
    )


def test_a_perfect_run_has_intervals_with_a_width_or_none() -> None:
    rows = [Row(name, f"{song}/{name}", "", name) for song in range(40) for name in ("a", "b")]
    counts = song_counts(rows, [row.path[:-2] for row in rows])
    for figure in class_figures(counts):
        expected = wilson_interval(40, 40)
        assert figure.recall_interval == figure.precision_interval == expected
        assert figure.f1_interval is not None
        assert figure.f1_interval.low_percent == pytest.approx(
            200 * expected.low_percent / (100 + expected.low_percent)
        )
    macro = macro_figures(counts)
    assert (macro.macro_f1.value, macro.macro_f1.interval) == (1, None)
    assert macro.matthews_correlation.value == 1
    same = macro_figures(song_counts([Row("a", "x", "", "a")] * 3, ["1", "2", "2"]))
    assert (same.cohens_kappa.value, same.matthews_correlation.value) == (None, None)
    single = macro_figures(song_counts(ROWS, ["one"] * len(ROWS)))
    assert single.macro_f1.value is not None
    assert single.macro_f1.interval is None


def test_songs_of_a_small_example() -> None:
    figures = song_figures(SONGS, [*map(is_match, ROWS)])
    assert figures is not None
    assert figures.count == 3
    assert figures.mean_percent == pytest.approx(200 / 9)
    assert figures.quartiles_percent == []  # of three songs only
    assert figures.counts_by_tenth == [2, 0, 0, 0, 0, 0, 1, 0, 0, 0]
    assert figures.worst == [
        SongFigure("D/Sources/Dev/2", 0, 3),
        SongFigure("D/Sources/Test/3", 0, 1),
        SongFigure("D/Sources/Dev/1", 2, 3),
    ]
    perfect = song_figures(["a", "a", "b"], [True] * 3)
    assert perfect is not None
    assert (perfect.worst, perfect.counts_by_tenth[-1]) == ([], 2)
    assert song_figures(["a", "a"], [True, False]) is None
    assert song_figures(["a", "b"], [True, False]) is None


def test_tenths_and_quartiles_of_songs() -> None:
    songs = [song for song in "abcdefghij" for _ in range(10)]
    right = [i % 10 < i // 10 for i in range(100)]  # 0 to 9 of 10
    figures = song_figures(songs, right)
    assert figures is not None
    assert figures.counts_by_tenth == [1] * 10
    assert figures.quartiles_percent == pytest.approx([22.5, 45, 67.5])
    assert [one.song for one in figures.worst] == list("abcdefghij")


def test_groups_by_level() -> None:
    levels = np.array([-50.5, -30, -29.9, -20, np.nan, -np.inf, -24])
    songs = ["a", "a", "b", "b", "b", "b", "c"]
    right = [False, True, True, False, True, True, True]
    groups = grouped(levels, (-48, -36, -30, -24, -18), songs, right)
    assert [(one.low, one.high, one.matches, one.total) for one in groups] == [
        (-51, -48, 0, 1),
        (-30, -24, 2, 2),
        (-24, -19, 1, 2),
    ]
    assert groups[0].interval is None
    both = song_interval(["a", "b"], [1, 1])
    assert both is not None
    assert groups[1] == Group(-30, -24, 2, 2, both.interval)
    assert grouped(None, (1,), songs, right) == []
    assert grouped(np.full(7, np.nan), (1,), songs, right) == []
