"""Songs of one dataset that are found again in another one."""

import pytest

from AST.datasets import DATASETS
from AST.shared_songs import OWN, SHARING, song_identity


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("DSD100", "040 - The Long Wait - Back Home To Blue"),
         ("MUSDB18", "The Long Wait - Back Home To Blue")),
        (("MUSDB18", "A Classic Education - NightOwl"), ("MedleyDB", "AClassicEducation_NightOwl")),
        (("MUSDB18", "Actions - Devil's Words"), ("MUSDB18-HQ", "Actions - Devils Words")),
        (("MUSDB18", "Caf\u00e9 - Flu\u0308gel"), ("MedleyDB", "Cafe\u0301_Fl\u00fcgel")),
        (("DSD100", "Sources/Dev/051 - A - B"), ("DSD100", "051 - A - B")),
        ((None, "x/DSD100/Sources/Dev/051 - A - B"), ("MUSDB18", "A - B")),
        (("MoisesDB", "moisesdb_v0.1/9653a690"), ("MoisesDB", "9653a690")),
    ],
)  # fmt: skip
def test_one_song(one: tuple[str | None, str], other: tuple[str | None, str]) -> None:
    assert song_identity(*one) == song_identity(*other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("MUSDB18", "051 - A - B"), ("MUSDB18", "A - B")),  # only DSD100 numbers its songs
        (("MoisesDB", "A - B"), ("MUSDB18", "A - B")),
        (("your folder", "/data/bass/take 1.wav"), ("your folder", "/data/drums/take 1.wav")),
        (("manifest", "session/1"), ("manifest", "demo/1")),
        (("MedleyDB", "!!!"), ("MedleyDB", "???")),
        (("MedleyDB", "Take1"), ("MedleyDB", "Take2")),
    ],
)
def test_two_songs(one: tuple[str | None, str], other: tuple[str | None, str]) -> None:
    assert song_identity(*one) != song_identity(*other)


def test_datasets_are_called_as_in_the_run_records() -> None:
    names = {dataset.name for dataset in DATASETS.values()}
    assert {"DSD100", "your folder"} <= names & (SHARING | OWN)
    sharing = {name for name in names if name.startswith(("DSD", "MUSDB", "Medley"))}
    assert sharing <= SHARING
