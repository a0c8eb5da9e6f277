"""What a dataset is: facts as data, and two functions that read a path."""

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from AST.datasets.walk import AUDIO_SUFFIXES, describe, is_audio, walk_folder, why_left_out
from AST.errors import UsageError
from AST.labels import NO_CLASS
from AST.metrics import normalised
from AST.writing import printable


@dataclass(frozen=True)
class Stem:
    """One audio file of a dataset.

    Attributes:
        label: Its class, such as ``bass``: what the results file calls its label.
        song: The song that it belongs to. Stems of one song are not independent.
    """

    label: str
    path: Path
    song: str = ""

    @property
    def path_text(self) -> str:
        """The path as the results file shows it."""
        return printable(self.path)


@dataclass(frozen=True)
class Found:
    """The stems in a folder, sorted by path, and how many other things are there, by reason."""

    stems: list[Stem]
    left_out: Mapping[str, int]


@dataclass(frozen=True)
class Dataset:
    """Everything that the suite knows about a dataset.

    Attributes:
        name: What people call it.
        layout: Where its stems are below its folder, in words.
        label_of: The class of an audio file, by its absolute path; None if it is not a stem.
        song_of: The song of a stem, by its absolute path.
        names_of_class: The label dictionary: AudioSet names (lower case) of each class.
        results_file: The default name of the results file.
        script: The script that analyses it, with its arguments.
        not_stems: Which audio files of the dataset are not stems, in words.
        advice: What to do if a folder has none of its classes.
        stem_count: Number of stems in the whole dataset; None if there is no such number.
        size: Disk space that it needs, in words.
        page: Where to get it.
        examples: Class and song of some paths; None for a file that is not a stem. They explain
            the layout, and a test compares them with ``label_of`` and ``song_of``.
    """

    name: str
    layout: str
    label_of: Callable[[Path], str | None]
    song_of: Callable[[Path], str]
    names_of_class: Mapping[str, Sequence[str]]
    results_file: str
    examples: Mapping[str, tuple[str, str] | None]
    script: str = ""
    not_stems: str = "files that are not stems"
    advice: str = "pass the dataset's folder"
    stem_count: int | None = None
    size: str = ""
    licence: str = ""
    citation: str = ""
    page: str = ""

    def stems(self, folder: Path) -> list[Stem]:
        """All stems below a folder; see ``find``."""
        return self.find(folder).stems

    def find(self, folder: Path) -> Found:
        """Looks for stems in a folder and all folders inside it.

        Raises:
            UsageError: The folder cannot be read, or holds no stem of this dataset.
        """
        walk = walk_folder(folder)
        audio = [path for path in walk.files if is_audio(path)]
        stems = [stem for path in audio if (stem := self.stem_at(path))]
        if not stems:
            raise UsageError(
                f"{folder}: no stems of {self.name} here; expected {self.layout} "
                f"({', '.join(sorted(AUDIO_SUFFIXES))}); found {describe(walk.files, audio)}; "
                "pass the dataset's folder"
            )
        left_out = Counter({self.not_stems: len(audio) - len(stems)})
        left_out += walk.left_out + Counter(filter(None, map(why_left_out, walk.files)))
        return Found(stems, dict(sorted(left_out.items())))

    def stem_at(self, path: Path) -> Stem | None:
        """The stem that an audio file is, or None."""
        # The absolute path, so that the user may also name a folder inside the dataset.
        absolute = Path(os.path.abspath(path))
        label = self.label_of(absolute)
        if label is None:
            return None
        return Stem(printable(label), path, printable(self.song_of(absolute)))

    def unknown_labels(self, stems: Sequence[Stem]) -> list[str]:
        """The sorted labels of stems that can never be right."""
        known = {normalised(name) for name in (*self.names_of_class, *NO_CLASS)}
        return sorted({stem.label for stem in stems if normalised(stem.label) not in known})
