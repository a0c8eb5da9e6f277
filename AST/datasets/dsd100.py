"""DSD100: 100 songs of four stems each; the fourth stem, ``other``, has no class."""

import re
from pathlib import Path

from AST.datasets.dataset import Dataset
from AST.datasets.errata import erratum
from AST.datasets.stem import by_path
from AST.shared_songs import DSD100_NUMBER

LABELS = {
    "vocals": [
        "singing", "mantra", "male singing", "female singing", "child singing", "synthetic singing",
        "choir", "yodeling", "chant", "humming", "rapping", "a capella", "vocal music",
    ],
    "drums": [
        "drum kit", "percussion", "drum machine", "drum", "snare drum", "rimshot", "drum roll",
        "bass drum", "timpani", "tabla", "cymbal", "hi-hat", "tambourine", "wood block",
    ],
    "bass": ["bass guitar", "double bass", "synthesizer", "sampler"],
}  # fmt: skip
"""The study's dictionary: AudioSet names (lower case) that count as each class."""


NOT_STEMS = frozenset({"mix", "mixture", "other"})
"""Words. A file with one of them in its name has no class."""
WORD = re.compile(r"[^\W\d_]+")
"""Letters without a break."""


def label_of(path: Path) -> str | None:
    """A stem's class is its file's name. Mixtures and the stem ``other`` have none.

    >>> label_of(Path("01 mix.wav")), label_of(Path("Mother Voice.wav"))
    (None, 'Mother Voice')
    """
    words = WORD.findall(path.stem.lower())
    return path.stem if NOT_STEMS.isdisjoint(words) else None


def song_of(path: Path) -> str:
    """A song is the folder that its stems lie in."""
    return path.parent.name


def erratum_of(song: str, label: str) -> str:
    """The errata are MUSDB18's, which holds all songs of DSD100 under the same names.

    >>> erratum_of("051 - Chris Durban - Celebrate", "vocals")
    'other instruments are in it'
    """
    return erratum("musdb18", DSD100_NUMBER.sub("", song), label)


DATASET = Dataset(
    name="DSD100",
    layout="Sources/{Dev,Test}/NNN - Artist - Title/{bass,drums,vocals}.wav",
    reader=by_path(label_of, song_of, "mixtures and stems 'other'", erratum_of),
    names_of_class=LABELS,
    results_file="results_dsd100.csv",
    script="analyze_dsd100.py",
    silence_is_a_miss=True,
    stem_count=300,
    song_counts={"": 100},
    size="14 GB",
    licence="for education and research only, not for commercial use",
    citation="Liutkus and others: The 2016 Signal Separation Evaluation Campaign, LVA/ICA 2017",
    page="https://sigsep.github.io/datasets/dsd100.html",
    examples={
        "Sources/Dev/051 - Artist - Title/bass.wav": ("bass", "051 - Artist - Title"),
        "Sources/Test/001 - Artist - Title/Vocals.MP3": ("Vocals", "001 - Artist - Title"),
        "Sources/Test/001 - Artist - Title/other.wav": None,
        "Sources/Test/001 - Artist - Title/other_1.wav": None,
        "Sources/Test/001 - Artist - Title/Remixed Bass.wav": (
            "Remixed Bass",
            "001 - Artist - Title",
        ),
        "Mixtures/Test/001 - Artist - Title/mixture.wav": None,
    },
)
