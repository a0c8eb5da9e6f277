"""Every dataset on a small tree that has what the real one has."""

import os
from pathlib import Path

import pytest

from AST.datasets import DATASETS
from AST.datasets.stem import Stem
from AST.metrics import normalised
from tests.datasets.trees import TREES, Tree

EVERY = pytest.mark.parametrize(("name", "tree"), TREES.items(), ids=TREES)


def facts_of(stem: Stem, root: Path) -> tuple[str, str, str]:
    """Class, instrument and song. A song that is a path starts in the tree's folder."""
    return stem.label, stem.instrument, stem.song.removeprefix(f"{root}/")


@EVERY
def test_stems_and_what_is_left_out(name: str, tree: Tree, tmp_path: Path) -> None:
    found = DATASETS[name].find(tree.write(tmp_path))
    stems = {os.path.relpath(stem.path, tmp_path): facts_of(stem, tmp_path) for stem in found.stems}
    assert stems == tree.stems
    assert list(stems) == list(tree.stems)
    assert found.left_out == tree.left_out


@EVERY
def test_classes_are_those_of_the_dictionary(name: str, tree: Tree) -> None:
    dataset = DATASETS[name]
    labels = {normalised(label) for label, _, _ in tree.stems.values()}
    assert labels <= {*dataset.names_of_class, ""}
    assert len(dataset.names_of_class) in (3, 10)


@pytest.mark.parametrize("name", sorted(set(TREES) - {"manifest"}))
def test_any_folder_inside_the_dataset_will_do(name: str, tmp_path: Path) -> None:
    tree = TREES[name]
    tree.write(tmp_path)
    for path, expected in tree.stems.items():
        folder = (tmp_path / path).parent
        assert expected in [facts_of(stem, tmp_path) for stem in DATASETS[name].stems(folder)]


def test_every_dataset_has_a_tree() -> None:
    assert set(TREES) == set(DATASETS)
