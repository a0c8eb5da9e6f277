"""One stem of a dataset, and what a search for stems finds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from AST.writing import printable


@dataclass(frozen=True)
class Stem:
    """One audio file of a dataset, or one audio stream of a file.

    Attributes:
        label: Its class, such as ``bass``: what the results file calls its label. Empty if nobody
            says what it is.
        path: With ``#N`` at its end it is the audio stream N of that file, from 0.
        song: The song that it belongs to. Stems of one song are not independent.
        instrument: What the dataset calls it more exactly, such as ``bass synthesizer``; or empty.
        erratum: What is known to be wrong with it; or empty.
        has_bleed: Whether the dataset says that other instruments sound in it.
    """

    label: str
    path: Path
    song: str = ""
    instrument: str = ""
    erratum: str = ""
    has_bleed: bool = False

    @property
    def path_text(self) -> str:
        """The path as the results file shows it."""
        return printable(self.path)


class Facts(NamedTuple):
    """What a dataset says about a stem; see ``Stem``.

    Attributes:
        stream: Number of the audio stream, from 0, if the file holds several.
    """

    label: str
    song: str
    instrument: str = ""
    erratum: str = ""
    has_bleed: bool = False
    stream: int | None = None


class LeftOut(NamedTuple):
    """Why an audio file, or a part of it, is no stem."""

    reason: str


Reader = Callable[[Path], Sequence[Facts | LeftOut]]
"""What an audio file holds, by its absolute path."""


def by_path(
    label_of: Callable[[Path], str | None],
    song_of: Callable[[Path], str],
    not_stems: str,
    erratum_of: Callable[[str, str], str] = lambda song, label: "",
) -> Callable[[], Reader]:
    """For a dataset whose paths say everything.

    Args:
        label_of: The class of an audio file; None if it is no stem.
        not_stems: Which audio files are no stems, in words.
        erratum_of: What is known to be wrong with a stem, by its song and its label.
    """

    def read(path: Path) -> list[Facts | LeftOut]:
        label = label_of(path)
        if label is None:
            return [LeftOut(not_stems)]
        song = song_of(path)
        return [Facts(label, song, erratum=erratum_of(song, label))]

    return lambda: read


@dataclass(frozen=True)
class Found:
    """What a search found.

    Attributes:
        stems: In walk order.
        left_out: How many other things are there, by reason.
        missing: What should be there but is not, if the dataset has a list.
    """

    stems: list[Stem]
    left_out: Mapping[str, int]
    missing: Sequence[str] = ()
