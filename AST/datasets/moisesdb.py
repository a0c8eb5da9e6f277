"""MoisesDB: 240 songs, their tracks sorted into ten classes and ``other``."""

from pathlib import Path

from AST.datasets.dataset import Dataset
from AST.datasets.stem import by_path

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


DATASET = Dataset(
    name="MoisesDB",
    layout="moisesdb_v0.1/<song>/<class>/<track>.wav",
    reader=by_path(label_of, song_of, "stems of the class 'other'"),
    names_of_class=LABELS,
    results_file="results_moises.csv",
    script="analyze_moisesdb.py",
    silence_is_a_miss=True,
    stem_count=2542,
    size="83 GB",
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
