"""MUSDB18: 150 songs, each a file ``.stem.mp4`` with five audio streams, three of them stems."""

from collections.abc import Sequence
from pathlib import Path

from AST.datasets.dataset import Dataset
from AST.datasets.dsd100 import LABELS
from AST.datasets.errata import erratum
from AST.datasets.musdb18hq import ERRATA, LICENCE
from AST.datasets.stem import Facts, LeftOut

SUFFIX = ".stem.mp4"
STREAMS = ("mixture", "drums", "bass", "other", "vocals")
"""The audio streams of a file, in order. Source: sigsep-mus-db, configs/mus.yaml."""


def read(path: Path) -> Sequence[Facts | LeftOut]:
    """The stems in a file; a song is the file's name.

    >>> [entry.stream for entry in read(Path("A - B.stem.mp4")) if isinstance(entry, Facts)]
    [1, 2, 4]
    """
    if not path.name.lower().endswith(SUFFIX):
        return [LeftOut(f"files that are no {SUFFIX}")]
    song = path.name[: -len(SUFFIX)]
    return [
        Facts(name, song, erratum=erratum(ERRATA, song, name), stream=number)
        if name in LABELS
        else LeftOut("mixtures and stems 'other'")
        for number, name in enumerate(STREAMS)
    ]


DATASET = Dataset(
    name="MUSDB18",
    layout=f"{{train,test}}/<Artist - Title>{SUFFIX}",
    reader=lambda: read,
    names_of_class=LABELS,
    results_file="results_musdb18.csv",
    script="analyze.py musdb18",
    stem_count=450,
    song_counts={"": 150},
    size="4.7 GB",
    licence=LICENCE,
    citation="Rafii and others: The MUSDB18 corpus for music separation, 2017, "
    "doi:10.5281/zenodo.1117372",
    page="https://doi.org/10.5281/zenodo.1117372",
)
