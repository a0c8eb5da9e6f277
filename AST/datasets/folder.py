"""Any folder of audio files: the class is the name of a file's folder, or of the file itself."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from AST.datasets.dataset import Dataset
from AST.datasets.moisesdb import LABELS

LABEL_FROM_FOLDER, LABEL_FROM_FILE = "folder", "file"


def label_by_folder(path: Path) -> str:
    """``wind/flute.wav`` is of the class ``wind``."""
    return path.parent.name


def song_by_file(path: Path) -> str:
    """Each file counts as a song of its own. (Where songs have folders, use MoisesDB's layout.)"""
    return str(path)


def label_by_file(path: Path) -> str:
    """``song 1/bass.wav`` is of the class ``bass``."""
    return path.stem


def song_by_folder(path: Path) -> str:
    """Files in one folder are of one song."""
    return str(path.parent)


DATASET = Dataset(
    name="your folder",
    layout="<class>/<file>.wav",
    label_of=label_by_folder,
    song_of=song_by_file,
    names_of_class=LABELS,
    results_file="results_folder.csv",
    script="analyze.py folder",
    advice="give --labels with a label dictionary that has your classes",
    size="any",
    licence="yours",
    page="any folder of audio files, with one folder for each class",
    examples={
        "wind/flute.wav": ("wind", "wind/flute.wav"),
        "clips/bass/take 1.FLAC": ("bass", "clips/bass/take 1.FLAC"),
    },
)

LABELLED_BY_FILE = replace(
    DATASET,
    layout="<song>/<class>.wav",
    script=f"analyze.py folder --label-from {LABEL_FROM_FILE}",
    label_of=label_by_file,
    song_of=song_by_folder,
    examples={"song 1/bass.wav": ("bass", "song 1"), "song 2/bass.wav": ("bass", "song 2")},
)


def labelled(
    label_from: str = LABEL_FROM_FOLDER, names_of_class: Mapping[str, Sequence[str]] | None = None
) -> Dataset:
    """A folder whose files are labelled in another way, or with another label dictionary.

    Args:
        label_from: ``folder`` or ``file``.
        names_of_class: AudioSet names of each class; MoisesDB's dictionary if there is none.
    """
    dataset = LABELLED_BY_FILE if label_from == LABEL_FROM_FILE else DATASET
    return dataset if names_of_class is None else replace(dataset, names_of_class=names_of_class)
