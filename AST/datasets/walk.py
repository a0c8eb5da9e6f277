"""A sorted walk over a folder, and which of its files are audio."""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from AST.errors import UsageError

AUDIO_SUFFIXES = frozenset(
    {".wav", ".mp3", ".flac", ".ogg", ".opus", ".aif", ".aiff", ".wv"}
    | {".m4a", ".mp4", ".aac", ".webm", ".mka", ".wma"}
)
"""Suffixes of audio files, in lower case. The study knew wav and mp3 only."""
OTHER_AUDIO_SUFFIXES = frozenset(
    {".aifc", ".au", ".snd", ".caf", ".w64", ".rf64", ".bwf", ".voc", ".sd2", ".oga", ".spx"}
    | {".mogg", ".m4b", ".mp2", ".mpc", ".ape", ".tta", ".ac3", ".eac3", ".dts", ".amr", ".ra"}
    | {".dsf", ".dff", ".3gp"}
)
"""Suffixes of audio files that the suite does not analyse. It says how many there are."""
ARCHIVE_FOLDER = "__MACOSX"
"""The folder of macOS's archives. It holds one small file for each real file, not audio."""

HIDDEN_FILES = "hidden files"
HIDDEN_FOLDERS = f"hidden or {ARCHIVE_FOLDER} folders"
FOLDERS_AGAIN = "folders that links reach again"
"""Reasons to leave something out."""


@dataclass
class Walk:
    """What a walk found.

    Attributes:
        files: All files, sorted by the parts of their path.
        left_out: How many folders were not entered, by reason.
    """

    files: list[Path] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def is_audio(path: Path) -> bool:
    """Whether a file has the suffix of an audio file and is not hidden.

    >>> is_audio(Path("a/bass.WAV")), is_audio(Path("a/._bass.wav")), is_audio(Path("a/b.txt"))
    (True, False, False)
    """
    return path.suffix.lower() in AUDIO_SUFFIXES and not path.name.startswith(".")


def why_left_out(path: Path) -> str | None:
    """Why the suite does not read a file that seems to hold audio; None for all other files.

    >>> why_left_out(Path("a/._bass.wav")), why_left_out(Path("a/bass.CAF"))
    ('hidden files', '.caf files (not supported)')
    """
    suffix = path.suffix.lower()
    if suffix not in AUDIO_SUFFIXES | OTHER_AUDIO_SUFFIXES:
        return None
    if path.name.startswith("."):
        return HIDDEN_FILES
    return None if suffix in AUDIO_SUFFIXES else f"{suffix} files (not supported)"


def walk_folder(folder: Path) -> Walk:
    """All files below a folder.

    Hidden folders and those of macOS's archives are left out. Links to folders are followed, but
    each real folder is visited once: a loop of links ends, and no file is counted twice.

    Raises:
        UsageError: The folder does not exist, is a file, or cannot be read.
    """
    if not os.path.isdir(folder):
        found = "is a file" if os.path.exists(folder) else "does not exist"
        raise UsageError(f"{folder}: {found}; expected the dataset's folder")
    result = Walk()
    visited: set[str] = set()
    for parent, folders, names in os.walk(folder, onerror=_refuse, followlinks=True):
        real_path = os.path.realpath(parent)
        if real_path in visited:
            result.left_out[FOLDERS_AGAIN] += 1
            folders.clear()
            continue
        visited.add(real_path)
        shown = [name for name in folders if not name.startswith(".") and name != ARCHIVE_FOLDER]
        result.left_out[HIDDEN_FOLDERS] += len(folders) - len(shown)
        folders[:] = sorted(shown)
        result.files += [Path(parent, name) for name in names]
    result.files.sort(key=lambda path: path.parts)
    return result


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
    return f"no file of these kinds among {len(files)} files ({listed})"
