import pytest

from AST.datasets.moisesdb import LABELS
from AST.dictionary import CORRECTED, dictionary_path, doubtful_names, read_dictionary
from AST.labels import (
    AUDIOSET_SPEECH_INDEX,
    LabelMap,
    audioset_labels,
    instrument_indices,
    instrument_labels,
)


def test_audioset_has_527_names_in_output_order() -> None:
    labels = audioset_labels()
    assert len(labels) == len(set(labels)) == 527
    assert labels[AUDIOSET_SPEECH_INDEX] == "Speech"
    assert (labels[137], labels[500], labels[526]) == ("Music", "Silence", "Field recording")


def test_each_instrument_name_is_an_audioset_name() -> None:
    assert len(set(instrument_labels())) == 91
    assert {audioset_labels()[index] for index in instrument_indices()} == set(instrument_labels())


def test_names_are_compared_as_labels_are() -> None:
    label_map = LabelMap({"flute": ["Flo\u0308te "]})
    assert (label_map("FLO\u0308TE"), label_map("flote")) == ("flute", "other")


def test_a_name_under_two_classes_is_refused() -> None:
    with pytest.raises(ValueError, match="'organ' stands under 'piano' and under 'keys'"):
        LabelMap({"piano": ["organ"], "keys": ["Organ"]})


def test_the_corrected_dictionary_only_adds_names() -> None:
    corrected = read_dictionary(dictionary_path(CORRECTED))
    assert list(corrected) == list(LABELS)
    added = {name for label, names in corrected.items() for name in set(names) - set(LABELS[label])}
    assert all(set(names) <= set(corrected[label]) for label, names in LABELS.items())
    assert doubtful_names(corrected) == []
    of_study = {name for names in LABELS.values() for name in names}
    left_out = {name.lower() for name in instrument_labels()} - of_study
    assert len(left_out) == 18
    assert left_out - added == {"speech", "scratching (performance technique)"}
    assert len(added) == 16
