"""A sorted walk over a folder, and which of its files are audio."""

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from AST.errors import UsageError

AUDIO_SUFFIXES = frozenset({".wav", ".mp3", ".flac", ".ogg", ".aif", ".aiff", ".m4a"})
"""Suffixes of audio files, in lower case. The study knew wav and mp3 only."""


def is_audio(path: Path) -> bool:
    """Whether a file has the suffix of an audio file and is not hidden.

    >>> is_audio(Path("a/bass.WAV")), is_audio(Path("a/._bass.wav")), is_audio(Path("a/b.txt"))
    (True, False, False)
    """
    return path.suffix.lower() in AUDIO_SUFFIXES and not path.name.startswith(".")


def walk_files(folder: Path) -> list[Path]:
    """All files below a folder, sorted by the parts of their path.

    Hidden folders are left out. Links to folders are followed, but each real folder is visited
    once: a loop of links ends, and no file is counted twice.

    Raises:
        UsageError: The folder does not exist, is a file, or cannot be read.
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
    # By default os.walk skips a folder that it cannot read: its stems would be missing silently.
    raise UsageError(
        f"{error.filename}: cannot be read ({error.strerror}); expected a readable folder"
    ) from error


def describe(files: Sequence[Path], audio: Sequence[Path]) -> str:
    """What a walk found, for an error message. ``audio`` are the audio files among the files."""
    if audio:
        return f"{len(audio)} audio files, none of them a stem, such as {audio[0]}"
    if not files:
        return "no file at all"
    kinds = Counter(path.suffix.lower() or "no suffix" for path in files)
    listed = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common(3))
    return f"no audio file among {len(files)} files ({listed})"
