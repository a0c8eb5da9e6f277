"""MUSDB18-HQ: 150 songs as WAV files, 100 of them DSD100's."""

from functools import partial
from pathlib import Path

from AST.datasets.dataset import Dataset
from AST.datasets.dsd100 import LABELS
from AST.datasets.errata import erratum
from AST.datasets.stem import by_path

ERRATA = "musdb18"
"""The key of its errata, which are those of MUSDB18."""
LICENCE = "each song has its own: 102 'restricted', 46 CC BY-NC-SA, 2 CC BY-NC-SA 3.0"


def label_of(path: Path) -> str | None:
    """A stem's class is its file's name.

    >>> label_of(Path("vocals.wav")), label_of(Path("other.wav"))
    ('vocals', None)
    """
    return path.stem if path.stem.lower() in LABELS else None


def song_of(path: Path) -> str:
    """A song is the folder that its stems lie in."""
    return path.parent.name


DATASET = Dataset(
    name="MUSDB18-HQ",
    layout="{train,test}/<Artist - Title>/{bass,drums,vocals}.wav",
    reader=by_path(
        label_of, song_of, "files that are not bass, drums or vocals", partial(erratum, ERRATA)
    ),
    names_of_class=LABELS,
    results_file="results_musdb18hq.csv",
    script="analyze.py musdb18hq",
    stem_count=450,
    song_counts={"": 150},
    size="about 31 GB",
    licence=LICENCE,
    citation="Rafii and others: MUSDB18-HQ, 2019, doi:10.5281/zenodo.3338373",
    page="https://doi.org/10.5281/zenodo.3338373",
    examples={
        "train/Artist - Title/bass.wav": ("bass", "Artist - Title"),
        "test/Artist - Other Title/drums.wav": ("drums", "Artist - Other Title"),
        "test/Artist - Other Title/other.wav": None,
        "test/Artist - Other Title/mixture.wav": None,
    },
)
