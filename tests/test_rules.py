from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from AST.labels import LabelMap, audioset_labels
from AST.rules import best_instrument, decide

LABEL_MAP = LabelMap({"bass": ["bass guitar"], "vocals": ["singing"]})


def scores(**score_of_name: float) -> npt.NDArray[Any]:
    values = np.full(527, 0.01, np.float32)
    for name, score in score_of_name.items():
        values[audioset_labels().index(name.replace("_", " "))] = score
    return values


SPEECH_FIRST = scores(Speech=0.9, Bass_guitar=0.5, Music=0.99)


@pytest.mark.parametrize(
    ("speech_score_percent", "expected"),
    [
        (0.0, ("bass guitar", "bass")),
        (7.999, ("bass guitar", "bass")),
        (8.0, ("speech", "other")),  # AudioSet's "Speech" maps to no class, as in the study
        (49.999, ("speech", "other")),
        (50.0, ("speech", "speech")),
        (100.0, ("speech", "speech")),
    ],
)
def test_the_speech_score_decides_by_its_two_thresholds(
    speech_score_percent: float, expected: tuple[str, str]
) -> None:
    assert decide(SPEECH_FIRST, speech_score_percent, LABEL_MAP) == expected


def test_a_high_speech_score_overrules_a_high_ast_score() -> None:
    assert decide(scores(Singing=1.0), 50.0, LABEL_MAP) == ("speech", "speech")


def test_a_stem_without_sound_is_silence_at_any_speech_score() -> None:
    assert decide(None, 99.0, LABEL_MAP) == ("silence", "silence")


def test_only_instrument_names_are_chosen() -> None:
    name, score = best_instrument(scores(Music=0.99, Singing=0.4), 0.0)
    assert name == "Singing"
    assert score == pytest.approx(0.4)
