"""From windows to a stem: its scores, pooled by hand."""

import numpy as np
import numpy.typing as npt
import pytest

from AST.labels import AUDIOSET_SPEECH_INDEX, LabelMap, OutputNames, audioset_outputs
from AST.rules import decide
from AST.settings import MAX, MEAN, VOTE
from AST.window_scores import pooled
from tests.helpers import INDEX

BASS, FLUTE, PIANO = (INDEX[name] for name in ("Bass guitar", "Flute", "Piano"))
MUSIC = INDEX["Music"]
OUTPUTS = audioset_outputs()


def windows(*rows: dict[int, float]) -> npt.NDArray[np.float32]:
    scores = np.zeros((len(rows), 527), np.float32)
    for window, row in zip(scores, rows, strict=True):
        window[list(row)] = list(row.values())
    return scores


SCORES = windows(
    {BASS: 0.5, FLUTE: 0.4, MUSIC: 0.9},
    {BASS: 0.3, FLUTE: 0.2, PIANO: 0.1},
    {BASS: 0.1, FLUTE: 0.9, MUSIC: 0.6},
)


@pytest.mark.parametrize(
    ("pool", "expected"),
    [
        (MEAN, {BASS: 0.3, FLUTE: 0.5, PIANO: 0.1 / 3, MUSIC: 0.5}),
        (MAX, {BASS: 0.5, FLUTE: 0.9, PIANO: 0.1, MUSIC: 0.9}),
        (VOTE, {BASS: 2 / 3, FLUTE: 1 / 3, PIANO: 0, MUSIC: 0}),
    ],
)
def test_pooling_by_hand(pool: str, expected: dict[int, float]) -> None:
    found = pooled(SCORES, pool, 0, OUTPUTS)
    assert found.dtype == np.float32
    for index, score in expected.items():
        assert found[index] == pytest.approx(score, abs=1e-7 if pool != VOTE else 1e-4)
    assert found.sum() == pytest.approx(sum(expected.values()), abs=2e-4)


@pytest.mark.parametrize(("pool", "name"), [(MEAN, "flute"), (MAX, "flute"), (VOTE, "bass guitar")])
def test_the_prediction_follows_from_the_pooled_scores(pool: str, name: str) -> None:
    assert decide(pooled(SCORES, pool, 0, OUTPUTS), 0, LabelMap({}))[0] == name


@pytest.mark.parametrize("pool", [MEAN, MAX])
def test_one_window_keeps_its_scores_to_the_last_bit(pool: str) -> None:
    scores = np.random.default_rng(0).random((1, 527), np.float32)
    np.testing.assert_array_equal(pooled(scores, pool, 0, OUTPUTS), scores[0])


@pytest.mark.parametrize(("flute", "first"), [(0.6, FLUTE), (0.4, BASS)])
def test_the_mean_decides_between_as_many_votes(flute: float, first: int) -> None:
    scores = windows({BASS: 0.5, PIANO: 0.45}, {FLUTE: flute, PIANO: 0.3})
    found = pooled(scores, VOTE, 0, OUTPUTS)
    assert found.argmax() == first
    assert np.argsort(-found)[2] == PIANO  # without a vote, but with the best mean of those


@pytest.mark.parametrize(
    ("speech_score_percent", "first"), [(3, BASS), (20, AUDIOSET_SPEECH_INDEX)]
)
def test_speech_has_votes_only_where_it_may_be_the_prediction(
    speech_score_percent: float, first: int
) -> None:
    scores = windows({AUDIOSET_SPEECH_INDEX: 0.9, BASS: 0.5})
    assert pooled(scores, VOTE, speech_score_percent, OUTPUTS).argmax() == first


def test_names_of_other_checkpoints_vote_too() -> None:
    outputs = OutputNames(("drum", "horn", "voice"), (0, 1, 2), None)
    scores = np.array([[0.2, 0.7, 0.1], [0.5, 0.3, 0.2], [0.1, 0.5, 0.4]], np.float32)
    np.testing.assert_allclose(pooled(scores, VOTE, 0, outputs), [1 / 3, 2 / 3, 0], atol=1e-4)


def test_a_higher_mean_decides_between_names_with_as_many_votes() -> None:
    for winner, other in ((BASS, FLUTE), (FLUTE, BASS)):
        scores = windows({winner: 0.02002, other: 0.01}, {winner: 0.01, other: 0.02})
        assert pooled(scores, VOTE, 0, OUTPUTS).argmax() == winner


def test_no_mean_is_worth_a_vote() -> None:
    many = [{BASS: 0.02, FLUTE: 0.01}] * 6_001 + [{BASS: 0.5, FLUTE: 0.99}] * 5_999
    found = pooled(windows(*many), VOTE, 0, OUTPUTS)
    assert found.argmax() == BASS
    assert found[BASS] == pytest.approx(6_001 / 12_000, abs=1e-4)
