"""What a dataset is: facts as data, and two functions that read a path."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from AST.datasets.walk import AUDIO_SUFFIXES, describe, is_audio, walk_files
from AST.errors import UsageError
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
class Dataset:
    """Everything that the suite knows about a dataset.

    Attributes:
        name: What people call it.
        layout: Where its stems are below its folder, in words.
        label_of: The class of an audio file, by its absolute path; None if it is not a stem.
        song_of: The song of a stem, by its absolute path.
        names_of_class: The label dictionary: AudioSet names (lower case) of each class.
        results_file: The default name of the results file.
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
    stem_count: int | None = None
    size: str = ""
    licence: str = ""
    citation: str = ""
    page: str = ""

    def stems(self, folder: Path) -> list[Stem]:
        """All stems below a folder, sorted by path.

        Raises:
            UsageError: The folder cannot be read, or holds no stem of this dataset.
        """
        files = walk_files(folder)
        audio = [path for path in files if is_audio(path)]
        stems = [stem for path in audio if (stem := self._stem_at(path))]
        if not stems:
            raise UsageError(
                f"{folder}: no stems of {self.name} here; expected {self.layout} "
                f"({', '.join(sorted(AUDIO_SUFFIXES))}); found {describe(files, audio)}; "
                "pass the dataset's folder"
            )
        return stems

    def _stem_at(self, path: Path) -> Stem | None:
        # The absolute path, so that the user may also name a folder inside the dataset.
        absolute = Path(os.path.abspath(path))
        label = self.label_of(absolute)
        if label is None:
            return None
        return Stem(printable(label), path, printable(self.song_of(absolute)))
