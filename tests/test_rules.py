from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from AST.labels import LabelMap, audioset_labels
from AST.rules import best_instrument, decide

PROPOSED = LabelMap({"bass": ["bass guitar"], "vocals": ["singing"]})


def scores(**score_of_label: float) -> npt.NDArray[Any]:
    values = np.full(527, 0.01, np.float32)
    for name, score in score_of_label.items():
        values[audioset_labels().index(name.replace("_", " "))] = score
    return values


SPEECH_FIRST = scores(Speech=0.9, Bass_guitar=0.5, Music=0.99)


@pytest.mark.parametrize(
    ("speech_score_percent", "expected"),
    [
        (0.0, ("bass guitar", "bass")),
        (7.999, ("bass guitar", "bass")),
        (8.0, ("speech", "other")),  # AST's own "Speech" is no stem, as in the published results
        (49.999, ("speech", "other")),
        (50.0, ("speech", "speech")),
        (100.0, ("speech", "speech")),
    ],
)
def test_speech_rule(speech_score_percent: float, expected: tuple[str, str]) -> None:
    assert decide(SPEECH_FIRST, speech_score_percent, PROPOSED) == expected


def test_a_high_speech_score_overrules_a_sure_ast() -> None:
    assert decide(scores(Singing=1.0), 50.0, PROPOSED) == ("speech", "speech")


def test_without_sound_it_is_silence_whatever_the_speech_score() -> None:
    assert decide(None, 99.0, PROPOSED) == ("silence", "silence")


def test_only_instrument_labels_take_part() -> None:
    name, score = best_instrument(scores(Music=0.99, Singing=0.4), 0.0)
    assert name == "Singing"
    assert score == pytest.approx(0.4)
