"""Any folder of audio files: the class is the name of a file's folder, or of the file itself."""

from dataclasses import replace
from pathlib import Path

from AST.datasets.dataset import Dataset
from AST.datasets.moisesdb import LABELS
from AST.datasets.stem import by_path

LABEL_FROM_FOLDER, LABEL_FROM_FILE = "folder", "file"
NOT_STEMS = "files that are not stems"


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


def labelled(label_from: str = LABEL_FROM_FOLDER) -> Dataset:
    """A folder whose files are labelled by the name of their ``folder`` or of the ``file``."""
    return LABELLED_BY_FILE if label_from == LABEL_FROM_FILE else DATASET


DATASET = Dataset(
    name="your folder",
    layout="<class>/<file>.wav",
    reader=by_path(label_by_folder, song_by_file, NOT_STEMS),
    names_of_class=LABELS,
    results_file="results_folder.csv",
    script="analyze.py folder",
    advice="give --labels with a label dictionary that has your classes",
    flags={
        "label_from": {
            "choices": (LABEL_FROM_FOLDER, LABEL_FROM_FILE),
            "default": LABEL_FROM_FOLDER,
            "help": "what a file's class is the name of (default: %(default)s)",
        }
    },
    chosen=labelled,
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
    reader=by_path(label_by_file, song_by_folder, NOT_STEMS),
    examples={"song 1/bass.wav": ("bass", "song 1"), "song 2/bass.wav": ("bass", "song 2")},
)
