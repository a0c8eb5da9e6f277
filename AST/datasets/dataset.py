"""What a dataset is: facts as data, and a function that reads what a file holds."""

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from AST.datasets.stem import Facts, Found, LeftOut, Reader, Stem
from AST.datasets.walk import AUDIO_SUFFIXES, describe, is_audio, walk_folder, why_left_out
from AST.errors import UsageError
from AST.instruments import Instrument, read_instruments
from AST.labels import NO_CLASS
from AST.metrics import normalised
from AST.writing import printable


@dataclass(frozen=True)
class Dataset:
    """Everything that the suite knows about a dataset.

    Attributes:
        name: What people call it.
        layout: Where its stems are below its folder, in words.
        reader: Makes the function that says what an audio file holds. Each search makes a new one,
            so that it may keep the metadata that it has read.
        names_of_class: The label dictionary: AudioSet names (lower case) of each class.
        results_file: The default name of the results file.
        examples: Class and song of some paths; None for a file that is not a stem. They explain
            the layout, and a test compares them with ``reader``. Empty if paths do not say it.
        script: The script that analyses it, with its arguments.
        advice: What to do if a folder has none of its classes.
        vocabulary: Its instruments, for ``read_instruments``; empty if it knows classes only.
        silence_is_a_miss: Whether a stem in which nothing sounds counts as wrong, as in the study.
            Otherwise it counts nowhere: such a stem has no truth.
        options: What the user chose about the dataset, for the run's record.
        flags: What the command line offers for it: argparse's arguments, by the name of each value.
        chosen: Makes the dataset from these values, by their names.
        finder: Finds the stems, if they are not in a folder; None walks through a folder.
        stem_count: Number of stems in the whole dataset; None if there is no such number.
        song_counts: The same for songs, for each version of the dataset by name. The name is empty
            if there is one version only.
        size: Disk space that it needs, in words.
        page: Where to get it.
    """

    name: str
    layout: str
    reader: Callable[[], Reader]
    names_of_class: Mapping[str, Sequence[str]]
    results_file: str
    examples: Mapping[str, tuple[str, str] | None] = field(default_factory=dict)
    script: str = ""
    advice: str = "pass the dataset's folder"
    vocabulary: str = ""
    silence_is_a_miss: bool = False
    options: Mapping[str, str] = field(default_factory=dict)
    flags: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    chosen: Callable[..., "Dataset"] | None = None
    finder: Callable[[Path], Found] | None = None
    stem_count: int | None = None
    song_counts: Mapping[str, int] = field(default_factory=dict)
    size: str = ""
    licence: str = ""
    citation: str = ""
    page: str = ""

    @property
    def instruments(self) -> Mapping[str, Instrument]:
        """The dataset's instruments, by their normalised names."""
        return read_instruments(self.vocabulary) if self.vocabulary else {}

    @property
    def songs_text(self) -> str:
        """How many songs the whole dataset has, in words; empty if there is no such number."""
        return ", ".join(
            f"{count:,} songs" + (f" ({version})" if version else "")
            for version, count in self.song_counts.items()
        )

    def stems(self, folder: Path) -> list[Stem]:
        """All stems below a folder; see ``find``."""
        return self.find(folder).stems

    def find(self, folder: Path) -> Found:
        """Looks for stems in a folder and all folders inside it.

        Raises:
            UsageError: The folder cannot be read, or holds no stem of this dataset.
        """
        if self.finder:
            return self.finder(folder)
        walk = walk_folder(folder)
        audio = [path for path in walk.files if is_audio(path)]
        stems, reasons = read_stems(audio, self.reader())
        if not stems:
            raise UsageError(
                f"{folder}: no stems of {self.name} here; expected {self.layout} "
                f"({', '.join(sorted(AUDIO_SUFFIXES))}); found {describe(walk.files, audio)}"
                f"{_listed(reasons)}; {self.advice}"
            )
        left_out = reasons + walk.left_out + Counter(filter(None, map(why_left_out, walk.files)))
        return Found(stems, dict(sorted(left_out.items())))

    def unknown_labels(self, stems: Sequence[Stem]) -> list[str]:
        """The sorted labels of stems that can never be right."""
        known = {normalised(name) for name in (*self.names_of_class, *NO_CLASS, "")}
        return sorted({stem.label for stem in stems if normalised(stem.label) not in known})

    def unknown_instruments(self, stems: Sequence[Stem]) -> list[str]:
        """The sorted instruments of stems that the vocabulary does not hold."""
        named = {stem.instrument for stem in stems if stem.instrument}
        return sorted(name for name in named if normalised(name) not in self.instruments)


def read_stems(audio: Sequence[Path], reader: Reader) -> tuple[list[Stem], Counter[str]]:
    """The stems in audio files, and why other things are no stems, with their number."""
    stems: list[Stem] = []
    reasons: Counter[str] = Counter()
    for path in audio:
        # The absolute path, so that the user may also name a folder inside the dataset.
        for entry in reader(Path(os.path.abspath(path))):
            if isinstance(entry, LeftOut):
                reasons[entry.reason] += 1
            else:
                stems.append(_stem(path, entry))
    return stems, reasons


def _stem(path: Path, facts: Facts) -> Stem:
    return Stem(
        printable(facts.label),
        path if facts.stream is None else path.with_name(f"{path.name}#{facts.stream}"),
        printable(facts.song),
        printable(facts.instrument),
        facts.erratum,
        facts.has_bleed,
    )


def _listed(reasons: Mapping[str, int]) -> str:
    return "".join(f", {reason}: {count}" for reason, count in sorted(reasons.items()))
