"""MoisesDB: 240 songs, their tracks sorted into ten classes and ``other``."""

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from AST.datasets.dataset import Dataset
from AST.datasets.metadata import member, read_metadata
from AST.datasets.stem import Facts, LeftOut, Reader
from AST.metrics import normalised

LABELS = {
    "vocals": [
        "a capella", "chant", "child singing", "choir", "female singing", "humming", "male singing",
        "mantra", "rapping", "singing", "synthetic singing", "vocal music", "yodeling",
    ],
    "drums": [
        "bass drum", "cymbal", "drum", "drum kit", "drum machine", "drum roll", "hi-hat", "rimshot",
        "snare drum", "tabla", "timpani",
    ],
    "bass": ["bass guitar", "double bass"],
    "piano": ["electric piano", "harpsichord", "keyboard (musical)", "piano"],
    "guitar": [
        "acoustic guitar", "electric guitar", "guitar", "plucked string instrument",
        "steel guitar, slide guitar", "tapping (guitar technique)",
    ],
    "wind": [
        "brass instrument", "clarinet", "flute", "french horn", "harmonica", "saxophone",
        "trombone", "trumpet", "wind instrument, woodwind instrument",
    ],
    "bowed_strings": ["bowed string instrument", "cello", "orchestra", "violin, fiddle"],
    "other_keys": [
        "accordion", "electronic organ", "hammond organ", "organ", "sampler", "synthesizer",
        "theremin",
    ],
    "other_plucked": ["banjo", "harp", "mandolin", "sitar", "ukulele", "zither"],
    "percussion": [
        "glockenspiel", "gong", "maraca", "marimba, xylophone", "percussion", "steelpan",
        "tambourine", "tick", "tubular bells", "vibraphone", "wood block",
    ],
}  # fmt: skip
"""The study's dictionary: AudioSet names (lower case) that count as each class."""


def label_of(path: Path) -> str | None:
    """A stem's class is its folder's name. The class ``other`` is left out."""
    name = path.parent.name
    return None if name.lower() == "other" else name


def song_of(path: Path) -> str:
    """A song is the folder above its classes' folders."""
    return path.parent.parent.name


class Track(NamedTuple):
    """What a song's ``data.json`` says about a stem."""

    instrument: str = ""
    has_bleed: bool = False


def read_tracks(song: Path) -> Mapping[tuple[str, str], Track]:
    """The tracks of a song, by class and name of the file; empty if there is no ``data.json``.

    Raises:
        UsageError: The file is damaged.
    """
    path = song / "data.json"
    content = read_metadata(path)
    tracks = {}
    for stem in member(content, "stems", list, path) if content is not None else []:
        class_name = member(stem, "stemName", str, path)
        for track in member(stem, "tracks", list, path):
            key = class_name, member(track, "id", str, path)
            track_type = member({"trackType": track.get("trackType") or ""}, "trackType", str, path)
            instrument = normalised(" ".join(track_type.replace("_", " ").split()))
            tracks[key] = Track(instrument, track.get("has_bleed") is True)
    return tracks


def new_reader() -> Reader:
    """Reads each song's ``data.json`` once. A stem that it does not name has a class only."""
    tracks_of = functools.cache(read_tracks)

    def read(path: Path) -> Sequence[Facts | LeftOut]:
        label = label_of(path)
        if label is None:
            return [LeftOut("stems of the class 'other'")]
        track = tracks_of(path.parent.parent).get((label, path.stem), Track())
        return [Facts(label, song_of(path), track.instrument, has_bleed=track.has_bleed)]

    return read


DATASET = Dataset(
    name="MoisesDB",
    layout="moisesdb_v0.1/<song>/<class>/<track>.wav",
    reader=new_reader,
    names_of_class=LABELS,
    results_file="results_moises.csv",
    script="analyze_moisesdb.py",
    vocabulary="moisesdb",
    silence_is_a_miss=True,
    stem_count=2542,
    song_counts={"": 240},
    size="83 GB, unpacked about 149 GB",
    licence="CC BY-NC-SA 4.0",
    citation="Pereira and others: MoisesDB: A dataset for source separation beyond 4-stems, "
    "ISMIR 2023",
    page="https://github.com/moises-ai/moises-db",
    examples={
        "moisesdb_v0.1/9653a690/bass/1c2d.wav": ("bass", "9653a690"),
        "moisesdb_v0.1/9653a690/other_keys/3e4f.wav": ("other_keys", "9653a690"),
        "moisesdb_v0.1/9653a690/other/5a6b.wav": None,
    },
)
