"""Figures from scores, each computed a second time: stem by stem, or by another library."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom, mannwhitneyu

from AST.datasets.moisesdb import LABELS
from AST.evaluation.files.score_file import StemScores
from AST.evaluation.scores.calibration import (
    confidences,
    expected_calibration_error,
    expected_error_if_calibrated,
    reliability,
)
from AST.evaluation.scores.figures import ranks_of_right_class, score_figures
from AST.evaluation.scores.ranking import (
    CURVE_POINTS,
    class_rankings,
    class_scores,
    classes_with_names,
    precision_recall_curve,
    top_classes,
)
from AST.evaluation.scores.rule_effects import RULES, decide_again
from AST.evaluation.scores.thresholds import (
    WANTED_PRECISIONS,
    lowest_score,
    risk_coverage_area,
    thresholds,
)
from AST.labels import LabelMap, audioset_labels
from AST.results import Row
from AST.rules import SpeechRule, decide, ranked_instruments
from tests.helpers import DICTIONARY, ROWS, stem_scores

LABEL_MAP = LabelMap(LABELS | {"talk": ["Speech"]})


def random_run(seed: int, count: int = 150) -> tuple[list[Row], StemScores]:
    """Rows as the rules decide them. Scores have one digit, so that many are equal."""
    generator = np.random.default_rng(seed)
    scores = generator.random((count, 527)).round(1).astype(np.float32)
    scores[::17] = np.nan
    stems = StemScores(scores, generator.choice([0.0, 8, 30, 50, 90], count))
    labels = generator.choice([*LABELS, "talk", "kazoo"], count)
    rows = [Row(str(label), f"{i}.wav", "silence", "silence") for i, label in enumerate(labels)]
    return decide_again(rows, stems, LABEL_MAP), stems


@pytest.mark.parametrize("rule", [*RULES.values(), SpeechRule(20, 40)])
def test_all_stems_at_once_are_decided_as_one_by_one(rule: SpeechRule) -> None:
    rows, stems = random_run(1)
    for row, again, scores, speech in zip(
        rows,
        decide_again(rows, stems, LABEL_MAP, rule),
        stems.scores,
        stems.speech_score_percent.tolist(),
        strict=True,
    ):
        known = None if np.isnan(scores).any() else scores
        assert again[2:] == decide(known, speech, LABEL_MAP, rule)
        assert again[:2] == row[:2]


def test_ranks_and_confidences_are_those_of_each_stem() -> None:
    rows, stems = random_run(2)
    ranks, found = ranks_of_right_class(rows, stems, LABEL_MAP), confidences(rows, stems)
    for i, row in enumerate(rows):
        if np.isnan(stems.scores[i]).any():
            assert (ranks[i], np.isnan(found[i])) == (np.inf, True)
            continue
        speech = float(stems.speech_score_percent[i])
        classes = [LABEL_MAP(name) for name, _ in ranked_instruments(stems.scores[i], speech)]
        assert ranks[i] == (classes.index(row.label) + 1 if row.label in classes else np.inf)
        names = [name.lower() for name in audioset_labels()]
        score = stems.scores[i, names.index(row.prediction)]
        assert found[i] == (speech / 100 if row.proposed_label == "speech" else score)


def test_a_class_has_the_highest_score_of_its_names() -> None:
    stems = stem_scores()
    places = classes_with_names(LabelMap(DICTIONARY), stems.outputs)
    assert set(places) == {"bass", "drums", "vocals"}
    found = dict(zip(places, class_scores(stems, places).T.round(3).tolist(), strict=True))
    assert found["bass"] == [0.9, 0, 0, 0, 0]
    assert found["drums"] == [0, 0.4, 0, 0, 0]
    assert found["vocals"] == [0, 0, 0.1, 0.1, 0]


def test_rankings_equal_their_definitions() -> None:
    rows, stems = random_run(3)
    rankings = {one.label: one for one in class_rankings(rows, stems, LABEL_MAP)}
    assert set(rankings) == {*LABELS, "talk"}  # no name counts as a kazoo
    known = [i for i in range(len(rows)) if not np.isnan(stems.scores[i]).any()]
    for label, names in (LABELS | {"talk": ["speech"]}).items():
        pairs = []
        for i in known:
            speech = float(stems.speech_score_percent[i])
            of_names = dict(ranked_instruments(stems.scores[i], speech))
            best = max((v for name, v in of_names.items() if name.lower() in names), default=0)
            pairs.append((best, rows[i].label == label))
        own, others = [s for s, yes in pairs if yes], [s for s, yes in pairs if not yes]
        ranking = rankings[label]
        assert ranking.support == len(own)
        area = mannwhitneyu(own, others).statistic / (len(own) * len(others))
        assert ranking.roc_auc == pytest.approx(float(area))
        precisions = [sum(s >= x for s in own) / sum(s >= x for s, _ in pairs) for x in own]
        assert ranking.average_precision == pytest.approx(np.mean(precisions))
        for recall, precision in zip(ranking.recalls, ranking.precisions, strict=True):
            limits = [x for x in own if sum(s >= x for s in own) == round(recall * len(own))]
            assert precision == pytest.approx(
                sum(s >= limits[0] for s in own) / sum(s >= limits[0] for s, _ in pairs)
            )


def test_a_long_curve_is_thinned_evenly() -> None:
    generator = np.random.default_rng(4)
    is_class = generator.random(5000) < 0.3
    recalls, precisions = precision_recall_curve(is_class, is_class + generator.normal(size=5000))
    assert len(recalls) == len(precisions) == CURVE_POINTS
    assert recalls[0] == pytest.approx(1 / is_class.sum())
    assert recalls[-1] == 1
    assert np.diff(recalls).max() < 0.012
    assert np.diff(recalls).min() > 0


def test_top_classes_of_a_small_example() -> None:
    scores = stem_scores()
    found = top_classes(ROWS, scores, LabelMap(DICTIONARY))
    assert found == {1: 4 / 5, 2: 4 / 5, 3: 4 / 5}  # one stem is silent
    drums = scores.scores.copy()
    drums[1, audioset_labels().index("Singing")] = 0.5
    drums[2:4, audioset_labels().index("Drum")] = 0.1  # as high as singing
    found = top_classes(ROWS, replace(scores, scores=drums), LabelMap(DICTIONARY))
    assert found == {1: 1 / 5, 2: 4 / 5, 3: 4 / 5}


def test_the_area_under_the_risk_coverage_curve() -> None:
    generator = np.random.default_rng(5)
    confidence, right = generator.random(80), generator.random(80) < 0.7
    order = np.argsort(-confidence)
    risks = [1 - right[order[: count + 1]].mean() for count in range(80)]
    assert risk_coverage_area(confidence, right) == pytest.approx(np.mean(risks))
    all_equal = risk_coverage_area(np.full(80, 0.5), right)
    assert all_equal == pytest.approx(1 - right.mean())
    assert risk_coverage_area(np.full(80, np.nan), right) is None


@pytest.mark.parametrize("wanted", [0.6, 0.8, 0.95, 1.1])
def test_the_lowest_score_with_a_precision(wanted: float) -> None:
    generator = np.random.default_rng(6)
    confidence = generator.random(100).round(2)
    confidence[::9] = np.nan
    right = generator.random(100) < confidence
    known = confidence[np.isfinite(confidence)]
    limits = [x for x in known if right[confidence >= x].mean() >= wanted]
    assert lowest_score(confidence, right, wanted) == min(limits, default=None)


def test_thresholds_are_measured_on_songs_that_had_no_part_in_them() -> None:
    # Song a says: from 0.5 on all is right. Song b says: from 0.7 on.
    confidence = np.array([0.5, 0.4, 0.9, 0.7, 0.6, 0.2])
    right = np.array([True, False, True, True, False, False])
    songs = list("aaabbb")
    found = {one.wanted_precision: one for one in thresholds(confidence, right, songs)}
    assert tuple(found) == WANTED_PRECISIONS
    assert found[0.99].score == 0.7
    # a is shown from 0.7 on: 0.9. b is shown from 0.5 on: 0.7 and 0.6, of which one is wrong.
    assert found[0.99].shown == pytest.approx(3 / 6)
    assert found[0.99].precision == pytest.approx(2 / 3)
    assert thresholds(confidence, right, ["a"] * 6) == []
    [none, *_] = thresholds(confidence, np.zeros(6, bool), songs)
    assert (none.score, none.precision, none.shown) == (None, None, 0)


def test_thresholds_keep_what_they_promise_on_many_songs() -> None:
    generator = np.random.default_rng(7)
    confidence = generator.random(6000)
    right = generator.random(6000) < confidence
    songs = [str(number) for number in generator.integers(0, 300, 6000)]
    for one in thresholds(confidence, right, songs)[:2]:
        assert one.precision == pytest.approx(one.wanted_precision, abs=0.02)
        # The mean of the scores from t to 1 is the precision.
        assert one.score == pytest.approx(2 * one.wanted_precision - 1, abs=0.05)
        assert one.shown == pytest.approx(2 - 2 * one.wanted_precision, abs=0.05)


@pytest.mark.parametrize(("count", "score"), [(8, 0.85), (40, 0.55)])
def test_the_calibration_error_by_chance_is_the_binomial_mean_deviation(
    count: int, score: float
) -> None:
    hits = np.arange(count + 1)
    expected = float(binom.pmf(hits, count, score) @ abs(hits / count - score))
    found = expected_error_if_calibrated(np.array([score] * count + [np.nan]))
    assert found == pytest.approx(expected, rel=0.15)
    assert expected_error_if_calibrated(np.array([np.nan])) is None


def test_a_calibrated_run_has_the_error_of_chance() -> None:
    generator = np.random.default_rng(9)
    confidence = generator.random(300)
    errors = [
        expected_calibration_error(reliability(confidence, generator.random(300) < confidence))
        for _ in range(50)
    ]
    found = expected_error_if_calibrated(confidence)
    assert found == pytest.approx(np.mean([x for x in errors if x is not None]), rel=0.1)


def test_decisions_of_the_speech_model_are_kept_apart() -> None:
    rows, stems = random_run(10)
    songs = [row.path for row in rows]
    figures = score_figures(rows, stems, LABEL_MAP, songs)
    speech = [row.proposed_label == "speech" for row in rows]
    assert figures.speech_decisions == sum(speech) > 10
    by_ast = sum(not x and ok for x, ok in zip(speech, stems.has_scores.tolist(), strict=True))
    assert sum(one.count for one in figures.bins) == by_ast
    assert figures.shown[0].share == by_ast / len(rows)
    other_speech = stems.speech_score_percent.copy()
    other_speech[np.array(speech)] = 99
    again = score_figures(rows, replace(stems, speech_score_percent=other_speech), LABEL_MAP, songs)
    assert replace(again, rules=[]) == replace(figures, rules=[])
