"""What part of the mistakes is the label dictionary's: names left out, and a learned dictionary."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from AST.datasets.moisesdb import LABELS
from AST.dictionary import Dictionary
from AST.evaluation.dictionaries import learned as module
from AST.evaluation.dictionaries.learned import LearnedDictionary, learned_dictionary, logits
from AST.evaluation.dictionaries.misses import DictionaryMiss, dictionary_misses
from AST.evaluation.export.tables import tables
from AST.evaluation.files.saved_run import SavedRun
from AST.evaluation.files.score_file import StemScores
from AST.evaluation.findings import find
from AST.evaluation.report.page import render
from AST.evaluation.text import describe
from AST.results import Row
from tests.evaluation.report.test_report import Collector
from tests.helpers import DICTIONARY, INDEX, ROWS, stem_scores

CLASSES = list(DICTIONARY)
Scores = npt.NDArray[np.float32]


def stems(
    songs: int, stems_of_song: int, score: Callable[[np.random.Generator, int, int], Scores]
) -> tuple[list[Row], StemScores, list[str]]:
    """Stems of three classes in turn. AST is wrong about all: it says the next class.

    Args:
        score: The scores of one stem, from its class and its song.
    """
    generator = np.random.default_rng(0)
    rows, scores = [], []
    for song in range(songs):
        for place in range(stems_of_song):
            number = (song + place) % 3
            wrong = CLASSES[(number + 1) % 3]
            rows.append(Row(CLASSES[number], f"{song}/{place}.wav", DICTIONARY[wrong][0], wrong))
            scores.append(score(generator, number, song))
    names = [row.path.partition("/")[0] for row in rows]
    return rows, StemScores(np.array(scores), np.zeros(len(rows))), names


def noise(generator: np.random.Generator, *_: int) -> Scores:
    return generator.random(527, np.float32)


def permuted(generator: np.random.Generator, number: int, _: int) -> Scores:
    """The highest score belongs to a name of the next class. The others say nothing."""
    scores = np.full(527, 0.1, np.float32)
    scores[INDEX[DICTIONARY[CLASSES[(number + 1) % 3]][0].capitalize()]] = generator.uniform(
        0.5, 0.9
    )
    return scores


def learn(songs: int, stems_of_song: int, score: Callable[..., Scores]) -> LearnedDictionary:
    found = learned_dictionary(*stems(songs, stems_of_song, score))
    assert found is not None
    return found


def test_classes_that_are_only_permuted_are_all_the_dictionarys() -> None:
    found = learn(20, 3, permuted)
    assert (found.run_percent, found.learned_percent, found.difference_percent) == (0, 100, 100)
    assert (found.only_learned_right, found.both_wrong, found.only_run_right) == (60, 0, 0)
    assert (found.stems, found.songs, found.songs_with_scores) == (60, 20, 20)
    assert found.difference_interval is not None
    assert found.difference_interval.low_percent > 85


def test_scores_of_noise_are_all_the_models() -> None:
    found = learn(100, 3, noise)
    assert 23 < found.learned_percent < 44  # 33.3, with a standard error of 2.7
    assert found.both_wrong == 300 - found.only_learned_right


def test_what_only_one_song_has_does_not_count() -> None:
    # All stems of a song have one class and a signature. Who saw a stem of the song knows it.
    signatures = np.random.default_rng(1).random((60, 527), np.float32)

    def signature(generator: np.random.Generator, _: int, song: int) -> Scores:
        return np.asarray(0.9 * signatures[song] + 0.01 * noise(generator), np.float32)

    rows, scores, songs = stems(60, 5, signature)
    classes = np.random.default_rng(2).integers(0, 3, 60)
    rows = [
        row._replace(label=CLASSES[classes[int(song)]])
        for row, song in zip(rows, songs, strict=True)
    ]
    found = learned_dictionary(rows, scores, songs)
    assert found is not None
    assert found.learned_percent < 60
    mixed = learned_dictionary(rows, scores, [str(i % 60) for i in range(300)])
    assert mixed is not None
    assert mixed.learned_percent > 95  # the same stems, if songs are not kept whole


def test_it_is_what_scikit_learn_gives() -> None:
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import PredefinedSplit, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    def weak(generator: np.random.Generator, number: int, _: int) -> Scores:
        scores = noise(generator)
        scores[10 * number : 10 * number + 10] **= 3
        return scores

    rows, scores, songs = stems(40, 4, weak)
    pipeline = make_pipeline(
        StandardScaler(),
        LogisticRegression(C=module.STRENGTH, tol=module.TOLERANCE, max_iter=module.ITERATIONS),
    )
    folds = PredefinedSplit([int(song) % module.FOLDS for song in songs])
    right = cross_val_score(pipeline, logits(scores.scores), [row.label for row in rows], cv=folds)
    found = learned_dictionary(rows, scores, songs)
    assert found is not None
    assert 50 < found.learned_percent < 100
    assert found.learned_percent == pytest.approx(100 * right.mean())
    assert found == learned_dictionary(rows, scores, songs)


def test_stems_without_scores_are_left_out() -> None:
    rows, scores, songs = stems(20, 3, permuted)
    scores.scores[0] = np.nan
    found = learned_dictionary(rows, scores, songs)
    assert found is not None
    assert (found.stems, found.songs) == (59, 20)


def test_it_needs_ten_songs_and_two_classes() -> None:
    assert learned_dictionary(*stems(9, 3, permuted)) is None
    rows, scores, songs = stems(10, 3, permuted)
    assert learned_dictionary(rows, scores, songs) is not None
    one_class = [row._replace(label="bass") for row in rows]
    assert learned_dictionary(one_class, scores, songs) is None
    alone = [one_class[0]._replace(label="drums"), *one_class[1:]]  # while its song is held out
    found = learned_dictionary(alone, scores, songs)
    assert found is not None
    assert found.learned_percent == pytest.approx(100 * 29 / 30)
    assert learned_dictionary(ROWS, stem_scores(), list("11122")) is None


def test_of_too_many_stems_whole_songs_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STEMS_AT_MOST", 100)
    rows, scores, songs = stems(50, 6, permuted)
    found = learned_dictionary(rows, scores, songs)
    assert found is not None
    assert (found.stems, found.songs, found.songs_with_scores) == (96, 16, 50)
    run = SavedRun(Path("r.csv"), rows, scores, {"label_dictionary": DICTIONARY})
    text = " ".join(describe(find(run)).split())
    assert "on 96 stems with scores of 16 songs, taken evenly from 50 songs to bound" in text


def test_the_learned_dictionary_is_shown_everywhere(tmp_path: Path) -> None:
    rows, scores, _ = stems(20, 3, permuted)
    run = SavedRun(tmp_path / "r.csv", rows, scores, {"label_dictionary": DICTIONARY})
    findings = find(run)
    parts = "Of the run's 60 wrong stems, the learned one gets 60 right: the part of the dictionary"
    assert parts in " ".join(describe(findings).split())
    assert parts in " ".join(Collector(render(run, findings, tmp_path)).text.split())
    [table] = [one for one in tables(findings) if one.name == "learned_dictionary"]
    assert parts in table.caption
    assert [row[0] for row in table.rows] == ["the run's", "learned", "difference"]


def test_a_learned_dictionary_that_is_no_better_says_nothing(tmp_path: Path) -> None:
    rows, scores, _ = stems(20, 3, noise)
    right = [row._replace(proposed_label=row.label) for row in rows]
    run = SavedRun(tmp_path / "r.csv", right, scores, {"label_dictionary": DICTIONARY})
    text = " ".join(describe(find(run)).split())
    assert "is not better than the run's, so it says nothing about the mistakes" in text
    assert "the part of the model" not in text


MISSED = [
    Row("percussion", "1/a.wav", "Jingle bell", "other"),
    Row("percussion", "1/b.wav", "jingle bell", "other"),
    Row("guitar", "1/c.wav", "strum", "other"),
    Row("piano", "1/d.wav", "singing bowl", "other"),  # percussion, also if corrected
    Row("bass", "2/e.wav", "synthesizer", "other_keys"),
    Row("bass", "2/f.wav", "bass guitar", "bass"),
    Row("vocals", "2/g.wav", "error", "error"),
]


@pytest.mark.parametrize("of_run", [None, LABELS])
def test_the_dictionarys_misses(of_run: Dictionary | None) -> None:
    found = dictionary_misses(MISSED, of_run)
    assert found is not None
    assert (found.count, found.wrong, found.corrected_matches) == (3, 6, 4)
    assert found.pairs == [
        DictionaryMiss("percussion", "jingle bell", 2),
        DictionaryMiss("guitar", "strum", 1),
    ]


def test_the_runs_own_dictionary_decides() -> None:
    own = {"drums": ["jingle bell"], "guitar": ["guitar"]}
    found = dictionary_misses(MISSED, own)
    assert found is not None
    assert found.pairs == [DictionaryMiss("guitar", "strum", 1)]
    assert dictionary_misses(MISSED[3:], LABELS) is None


def test_the_dictionarys_misses_are_shown_everywhere(tmp_path: Path) -> None:
    run = SavedRun(tmp_path / "r.csv", MISSED, None, {"label_dictionary": LABELS})
    findings = find(run)
    text = describe(findings)
    assert (
        "Of the 6 wrong stems, 3 are misses of the dictionary:\n  percussion -> jingle bell 2\n"
        in text
    )
    assert "relabel.py FILE --labels corrected" in text
    assert findings.matches == 1  # the figures themselves do not change
    page = " ".join(Collector(render(run, findings, tmp_path)).text.split())
    assert "3 of 6 misses are the dictionary's" in page
    [table] = [one for one in tables(findings) if one.name == "dictionary_misses"]
    assert table.rows[0] == ["percussion", "jingle bell", 2]
    none = find(SavedRun(tmp_path / "r.csv", MISSED[3:]))
    assert "corrected" not in describe(none)
