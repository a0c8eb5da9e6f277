"""The wrong script on a dataset, and folders without any class of it."""

from dataclasses import replace
from pathlib import Path

import pytest

from AST.datasets import DATASETS
from AST.datasets.dataset import Dataset
from AST.datasets.fitting import check_classes
from AST.datasets.folder import labelled
from AST.errors import UsageError

DSD100, MOISESDB, FOLDER = (DATASETS[name] for name in ("dsd100", "moisesdb", "folder"))
FLUTES = replace(FOLDER, names_of_class={"flute": ["flute"]})
IN_DSD100 = ("Sources/Dev/051 - A/bass.wav", "Sources/Dev/051 - A/other.wav", "Mixtures/a/mix.wav")
IN_MOISESDB = ("moisesdb_v0.1/96/bass/1c.wav", "moisesdb_v0.1/96/wind/2d.wav")
OWN = ("kazoo/1.wav", "kazoo/2.wav", "horn/1.wav")


def check(dataset: Dataset, root: Path, names: tuple[str, ...], inside: str = "") -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    check_classes(dataset, root / inside, dataset.stems(root / inside))


@pytest.mark.parametrize(
    ("dataset", "names", "inside", "script"),
    [
        (DSD100, IN_MOISESDB, "", "analyze_moisesdb.py"),
        (DSD100, IN_MOISESDB, "moisesdb_v0.1/96/bass", "analyze_moisesdb.py"),
        (MOISESDB, IN_DSD100, "", "analyze_dsd100.py"),
        (MOISESDB, IN_DSD100, "Sources/Dev/051 - A", "analyze_dsd100.py"),
        (FOLDER, IN_DSD100, "", "analyze_dsd100.py"),
        (FOLDER, ("s/wind.wav", "s/piano.wav"), "", "analyze.py folder --label-from file"),
        (labelled("file"), ("wind/1.wav", "piano/2.wav"), "", "analyze_moisesdb.py"),
    ],
)
def test_the_wrong_dataset_is_refused_and_the_right_script_named(
    tmp_path: Path, dataset: Dataset, names: tuple[str, ...], inside: str, script: str
) -> None:
    with pytest.raises(UsageError, match=rf"no stem here is of a class.*: use {script}$"):
        check(dataset, tmp_path, names, inside)


@pytest.mark.parametrize(
    ("dataset", "message"),
    [
        (FOLDER, "labels such as 'horn'; give --labels with a label dictionary"),
        (FLUTES, "the classes flute; found 3 .* give --labels"),
        (MOISESDB, "expected moisesdb_v0.1/<song>/.* such as 'horn'; pass the dataset's folder"),
    ],
)
def test_a_folder_that_fits_nothing(tmp_path: Path, dataset: Dataset, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        check(dataset, tmp_path, OWN)


def test_another_dictionary_is_not_taken_for_another_layout(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'bass'; give --labels with"):
        check(FLUTES, tmp_path, ("bass/1.wav", "bass/2.wav"))


@pytest.mark.parametrize("known", ["Bass", "speech", "silence"])
def test_one_label_that_can_be_right_is_enough(tmp_path: Path, known: str) -> None:
    check(FOLDER, tmp_path, (*OWN, f"{known}/1.wav"))


def test_a_dataset_of_ones_own_needs_no_script(tmp_path: Path) -> None:
    dataset = replace(DSD100, names_of_class={"horn": ["trumpet"]}, name="mine", script="")
    with pytest.raises(UsageError, match=r"class of mine; .*; pass the dataset's folder$"):
        check(dataset, tmp_path, ("song/kazoo.wav",))
