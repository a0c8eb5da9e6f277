"""The table of stems, cell by cell."""

import csv
import io
import math
from typing import Any

import numpy as np

from AST.labels import audioset_labels, audioset_outputs
from AST.results import Row
from AST.rules import best_of_all, ranked_instruments
from AST.stems_file import COLUMNS, stems_blocks
from tests.helpers import INDEX

ROWS = [
    Row("bass", "-1/bass.wav", "bass guitar", "bass"),
    Row("vocals", "2/vocals.wav", "speech", "speech"),
    Row("drums", "3/drums.wav", "silence", "silence"),
    Row("drums", "4/drums.wav", "error", "error"),
]
BEST = {"Bass guitar": 0.5, "Guitar": 0.25, "Piano": 0.125, "Drum": 0.0625, "Harp": 0.03, "Bell": 0}


def arrays() -> dict[str, Any]:
    scores = np.zeros((4, 527), np.float32)
    for name, score in BEST.items():
        scores[:2, INDEX[name]] = score
    scores[2:] = np.nan
    return {
        "scores": scores,
        "speech_score_percent": np.array([1.5, 75.25, 0.125, math.nan]),
        "rms_dbfs": np.array([-20.126, -30.0, -math.inf, math.nan]),
        "duration_s": np.array([3.5, 10.0004, 2.0, math.nan]),
    }


def table(record: dict[str, Any], with_scores: bool = True) -> list[dict[str, str]]:
    text = "".join(stems_blocks(ROWS, arrays() if with_scores else None, record))
    return list(csv.DictReader(io.StringIO(text)))


RECORD = {
    "songs": {row.path: f"song {place}" for place, row in enumerate(ROWS)},
    "instruments": {"-1/bass.wav": "contrabass"},
    "failures": [{"path": "4/drums.wav", "reason": "is empty"}],
    "warnings": [{"path": "2/vocals.wav", "reason": "cut short"}],
    "errata": {"2/vocals.wav": "guitar in it"},
    "bleed": ["2/vocals.wav"],
}


def test_each_cell_of_a_stem() -> None:
    [stem, *_] = table(RECORD)
    assert list(stem) == list(COLUMNS)
    assert list(stem.values()) == [
        *("'-1/bass.wav", "song 0", "bass", "contrabass", "3.500", "-20.13", "1.500"),
        *("bass guitar", "0.5000", "bass", "guitar", "0.2500", "piano", "0.1250"),
        *("drum", "0.0625", "harp", "0.0300", ""),
    ]


def test_where_ast_does_not_decide_its_best_names_follow() -> None:
    _, by_speech_model, silent, failed = table(RECORD)
    assert [by_speech_model[name] for name in ("score", "name_2", "score_2", "name_5")] == [
        *("", "bass guitar", "0.5000", "drum")
    ]
    assert by_speech_model["warning"] == (
        "cut short; known erratum: guitar in it; other instruments bleed into it, says the dataset"
    )
    assert [silent[name] for name in ("rms_dbfs", "score", "name_2")] == ["", "", ""]
    assert failed["warning"] == "is empty"
    assert {failed[name] for name in ("duration_s", "rms_dbfs", "speech_score_percent")} == {""}


def test_without_scores_and_record_the_labels_are_there() -> None:
    [stem, *_] = table({}, with_scores=False)
    assert {name: cell for name, cell in stem.items() if cell} == {
        "path": "'-1/bass.wav",
        "class": "bass",
        "prediction": "bass guitar",
        "proposed_label": "bass",
    }


def test_the_best_of_all_stems_are_those_of_each() -> None:
    generator = np.random.default_rng(3)
    scores = generator.integers(0, 5, (40, 527)).astype(np.float32)  # with equal ones
    speech = generator.uniform(0, 16, 40)
    indices, values = best_of_all(scores, speech, 5, audioset_outputs())
    for one, percent, best, own in zip(scores, speech, indices, values, strict=True):
        names = [audioset_labels()[index] for index in best]
        assert list(zip(names, own.tolist(), strict=True)) == ranked_instruments(one, percent)[:5]
