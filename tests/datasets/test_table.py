"""One test for all datasets of the table."""

from dataclasses import replace
from pathlib import Path

import pytest

from AST.datasets import DATASETS
from AST.datasets.dataset import Dataset
from AST.datasets.folder import LABELLED_BY_FILE, labelled
from AST.datasets.stem import LeftOut
from AST.labels import LabelMap, instrument_labels
from tests.helpers import ROOT

ALL = [*DATASETS.values(), LABELLED_BY_FILE]
WITH_EXAMPLES = [dataset for dataset in ALL if dataset.examples]


@pytest.mark.parametrize("dataset", WITH_EXAMPLES, ids=lambda dataset: dataset.layout)
def test_examples_are_what_the_functions_give(dataset: Dataset) -> None:
    for example, expected in dataset.examples.items():
        [entry] = dataset.reader()(Path(example))
        given = None if isinstance(entry, LeftOut) else (entry.label, entry.song)
        assert given == expected, example


@pytest.mark.parametrize("dataset", WITH_EXAMPLES, ids=lambda dataset: dataset.layout)
def test_examples_on_disk_are_found(dataset: Dataset, tmp_path: Path) -> None:
    for example in dataset.examples:
        path = tmp_path / example
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    stems = {str(stem.path.relative_to(tmp_path)): stem for stem in dataset.stems(tmp_path)}
    expected = {path: facts for path, facts in dataset.examples.items() if facts}
    assert {path: stem.label for path, stem in stems.items()} == {
        path: label for path, (label, _) in expected.items()
    }
    for name, (_, song) in expected.items():
        assert stems[name].song.removeprefix(f"{tmp_path}/") == song


@pytest.mark.parametrize("dataset", ALL, ids=lambda dataset: dataset.layout)
def test_the_label_dictionary_holds_names_that_can_be_predictions(dataset: Dataset) -> None:
    LabelMap(dataset.names_of_class)  # refuses a name under two classes
    names = {name for names in dataset.names_of_class.values() for name in names}
    assert names <= {name.lower() for name in instrument_labels()}


@pytest.mark.parametrize("dataset", ALL, ids=lambda dataset: dataset.layout)
def test_the_script_of_each_dataset_is_there(dataset: Dataset) -> None:
    script, *arguments = dataset.script.split()
    assert (ROOT / script).is_file()
    assert arguments or dataset is DATASETS[script.removesuffix(".py").removeprefix("analyze_")]


@pytest.mark.parametrize("name", sorted(set(DATASETS) - {"folder", "manifest"}))
def test_published_datasets_have_their_facts(name: str) -> None:
    dataset = DATASETS[name]
    assert all((dataset.songs_text, dataset.size, dataset.licence, dataset.citation))
    assert dataset.page.startswith("https://")


def test_a_folder_may_have_a_dictionary_of_its_own() -> None:
    dataset = replace(labelled("file"), names_of_class={"horns": ["trumpet"]})
    assert [entry[0] for entry in dataset.reader()(Path("song/horns.wav"))] == ["horns"]
    assert dataset.names_of_class == {"horns": ["trumpet"]}
