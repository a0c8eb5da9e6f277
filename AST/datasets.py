"""Where a dataset's stems lie: what a dataset is, and a sorted walk over its folder."""

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from AST.errors import UsageError

AUDIO_SUFFIXES = frozenset({".wav", ".mp3", ".flac", ".ogg", ".aif", ".aiff", ".m4a"})
"""File names that count as audio, in lower case; the reference study knew wav and mp3."""


def printable(name: object) -> str:
    r"""A file's name or path as text that UTF-8 can hold; other bytes become ``\udcXX``.

    >>> printable(Path(os.fsdecode(b"caf\xe9.wav")))
    'caf\\udce9.wav'
    """
    return str(name).encode("utf-8", "backslashreplace").decode()


@dataclass(frozen=True)
class Stem:
    """One audio file and its reference label."""

    label: str
    path: Path

    @property
    def path_text(self) -> str:
        """The path as it stands in the results."""
        return printable(self.path)


@dataclass(frozen=True)
class Dataset:
    """The facts of a dataset that the suite needs.

    Attributes:
        name: What people call it.
        layout: Where the stems lie below its folder, for the error message of an empty walk.
        label_of: Reference label of an audio file, by its absolute path, or None to skip it.
        names_of_stem: Label dictionary: AudioSet names (lower case) of each stem.
        results_file: Default name of the results file.
    """

    name: str
    layout: str
    label_of: Callable[[Path], str | None]
    names_of_stem: Mapping[str, Sequence[str]]
    results_file: str

    def stems(self, folder: Path) -> list[Stem]:
        """All stems below a folder, sorted by path.

        Raises:
            UsageError: The folder is none, cannot be read or holds no stem of this dataset.
        """
        files = walk_files(folder)
        audio = [path for path in files if is_audio(path)]
        labelled = ((self.label_of(Path(os.path.abspath(path))), path) for path in audio)
        stems = [Stem(printable(label), path) for label, path in labelled if label is not None]
        if not stems:
            raise UsageError(
                f"{folder}: no stems of {self.name} here; expected {self.layout} "
                f"({', '.join(sorted(AUDIO_SUFFIXES))}); found {_describe(files, audio)}; "
                "pass the dataset's folder"
            )
        return stems


def is_audio(path: Path) -> bool:
    """Whether a file's name is that of an audio file that is not hidden.

    >>> is_audio(Path("a/Bass.WAV")), is_audio(Path("a/._bass.wav")), is_audio(Path("a/data.json"))
    (True, False, False)
    """
    return path.suffix.lower() in AUDIO_SUFFIXES and not path.name.startswith(".")


def walk_files(folder: Path) -> list[Path]:
    """All files below a folder, sorted by the parts of their path.

    Hidden folders are left out. Links to folders are followed, each real folder is visited once: a
    loop of links ends, and no file is counted twice.

    Raises:
        UsageError: The folder is none or cannot be read.
    """
    if not os.path.isdir(folder):
        found = "is a file" if os.path.exists(folder) else "does not exist"
        raise UsageError(f"{folder}: {found}; expected the dataset's folder")
    files: list[Path] = []
    visited: set[str] = set()
    for parent, folders, names in os.walk(folder, onerror=_refuse, followlinks=True):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        real_path = os.path.realpath(parent)
        if real_path in visited:
            folders.clear()
            continue
        visited.add(real_path)
        files += [Path(parent, name) for name in names]
    return sorted(files, key=lambda path: path.parts)


def _refuse(error: OSError) -> None:
    # os.walk passes over unreadable folders by default: their stems would be missing silently.
    raise UsageError(
        f"{error.filename}: cannot be read ({error.strerror}); expected a readable folder"
    ) from error


def _describe(files: Sequence[Path], audio: Sequence[Path]) -> str:
    if audio:
        return f"{len(audio)} audio files, all to be skipped, such as {audio[0]}"
    if not files:
        return "no file at all"
    kinds = Counter(path.suffix.lower() or "no suffix" for path in files)
    listed = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common(3))
    return f"no audio file among {len(files)} files ({listed})"
