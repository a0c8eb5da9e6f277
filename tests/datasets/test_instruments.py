"""Instruments and their AudioSet names fit each other, the classes and the 91 names."""

import json

import pytest

from AST.datasets import DATASETS
from AST.datasets.moisesdb import LABELS
from AST.datasets.slakh_patches import patch_table
from AST.dictionary import CORRECTED, dictionary_path, read_dictionary
from AST.instruments import ALL_VOCABULARIES, FOLDER, VOCABULARIES, read_instruments
from AST.labels import LabelMap, instrument_labels
from AST.metrics import normalised

OTHER_CLASS = {
    ("moisesdb", "bass synthesizer (moog etc)"): "a synthesizer counts as other_keys",
    ("medleydb", "male speaker"): "speech counts as no class",
    ("medleydb", "female speaker"): "speech counts as no class",
}
"""Instruments whose exact names count as another class, with the reason."""
LEFT_OUT = {
    "moisesdb": {"fx/processed sound, scratches, gun shots, explosions etc", "click track"},
    "slakh2100": set[str](),
    "medleydb": {"crowd", "fx/processed sound", "scratches", "sampler", "main system", "unlabeled"},
}
COUNTS = {"moisesdb": 45, "slakh2100": 34, "medleydb": 123}


def own_names(vocabulary: str) -> set[str]:
    content = json.loads((FOLDER / f"{vocabulary}.json").read_text("utf-8"))
    assert content["source"]
    return set(map(normalised, content["instruments"]))


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_all_names_are_among_the_91_and_all_classes_among_the_ten(vocabulary: str) -> None:
    names = set(map(normalised, instrument_labels()))
    instruments = read_instruments(vocabulary)
    own = own_names(vocabulary)
    assert len(own) == COUNTS[vocabulary]
    for name, instrument in instruments.items():
        assert {*instrument.exact, *instrument.broader} <= names, name
        assert set(instrument.exact).isdisjoint(instrument.broader), name
        assert instrument.class_name in (*LABELS, ""), name
    assert {name for name in own if not instruments[name].class_name} == LEFT_OUT[vocabulary]


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_an_exact_name_counts_as_the_class_of_the_instrument(vocabulary: str) -> None:
    class_of = LabelMap(read_dictionary(dictionary_path(CORRECTED)))
    differing = {
        name
        for name, instrument in read_instruments(vocabulary).items()
        if instrument.class_name
        and any(class_of(exact) != instrument.class_name for exact in instrument.exact)
    }
    assert differing == {name for one, name in OTHER_CLASS if one == vocabulary}


def test_an_instrument_without_an_exact_name_is_uncertain() -> None:
    for vocabulary in VOCABULARIES:
        for name, instrument in read_instruments(vocabulary).items():
            assert instrument.exact or instrument.is_uncertain or not instrument.class_name, name


def test_all_vocabularies_together() -> None:
    everything = read_instruments(ALL_VOCABULARIES)
    for vocabulary in VOCABULARIES:
        assert set(read_instruments(vocabulary)) <= set(everything)
    # Several know a string section; what MoisesDB says counts.
    assert everything["string section"] == read_instruments("moisesdb")["string section"]
    assert everything["gong"].exact == ("gong",)


def test_the_patches_of_slakh() -> None:
    table = patch_table()
    own = own_names("slakh2100")
    named = [name for names in table["patches"].values() for name in names]
    assert {normalised(name) for name in named} == own
    assert {normalised(name) for name in table["programs"].values()} == own
    assert (len(table["patches"]), len(named), len(table["white_noise"])) == (166, 186, 8)
    left_out = {*range(129)} - {int(program) for program in table["programs"]}
    assert left_out == {38, 39, 55, 62, 63, *range(96, 128)}
    shared = {patch: names for patch, names in table["patches"].items() if len(names) > 1}
    assert len(shared) == 10
    assert shared["solo_strings.nkm"] == ["Violin", "Viola", "Cello", "Contrabass"]


@pytest.mark.parametrize("name", ["moisesdb", "slakh2100", "medleydb", "manifest"])
def test_datasets_know_their_instruments(name: str) -> None:
    assert DATASETS[name].instruments == read_instruments(DATASETS[name].vocabulary)
    assert DATASETS["dsd100"].instruments == {}
