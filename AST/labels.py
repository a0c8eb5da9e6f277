"""What AST's outputs are called, which of them name an instrument, and the map to a class."""

import csv
import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from AST.metrics import normalised

DATA_FOLDER = Path(__file__).parent / "data"

SPEECH = "speech"
"""Prediction and proposed label of a stem that the speech model takes for spoken words."""
SILENCE = "silence"
"""Prediction and proposed label of a stem in which nothing sounds."""
ERROR = "error"
"""Prediction and proposed label of a stem that could not be analysed."""
OTHER = "other"
"""Proposed label of a prediction that the label dictionary does not hold."""
NO_CLASS = (OTHER, SPEECH, SILENCE, ERROR)
"""Proposed labels that are not a class of a dataset."""

AUDIOSET_CLASS_COUNT = 527
AUDIOSET_SPEECH_INDEX = 0
"""Index of AudioSet's name "Speech" among the 527 outputs."""


@functools.cache
def audioset_labels() -> tuple[str, ...]:
    """AudioSet's 527 display names, in the order of AST's outputs.

    Source: AudioSet's list of classes (Google, CC BY 4.0).

    >>> len(audioset_labels()), audioset_labels()[137]
    (527, 'Music')
    """
    with open(DATA_FOLDER / "class_labels_indices.csv", newline="", encoding="utf-8") as file:
        return tuple(row["display_name"] for row in csv.DictReader(file))


@functools.cache
def instrument_labels() -> tuple[str, ...]:
    """The 91 AudioSet names that a prediction is chosen from, as in the study.

    >>> len(instrument_labels()), instrument_labels()[:3]
    (91, ('Speech', 'Guitar', 'Electric guitar'))
    """
    return tuple((DATA_FOLDER / "instrument_labels.txt").read_text("utf-8").splitlines())


@functools.cache
def instrument_indices() -> tuple[int, ...]:
    """Indices of the instrument names among AST's 527 outputs, ascending."""
    wanted = set(instrument_labels())
    return tuple(index for index, name in enumerate(audioset_labels()) if name in wanted)


@dataclass(frozen=True)
class OutputNames:
    """What the outputs of an AST are called, and which of them a prediction is chosen from.

    Attributes:
        names: In the order of the outputs.
        candidates: Indices of the names that may be a prediction, ascending.
        speech: Index of AudioSet's name "Speech", which the study's rule ignores where the speech
            score is low. None in other heads: the rule is about AudioSet's names.
    """

    names: tuple[str, ...]
    candidates: tuple[int, ...]
    speech: int | None

    @property
    def candidate_names(self) -> list[str]:
        """The names that may be a prediction, in the order of the outputs."""
        return [self.names[index] for index in self.candidates]

    @property
    def are_audioset(self) -> bool:
        return self.speech is not None


@functools.cache
def audioset_outputs() -> OutputNames:
    """Those of an AST that was trained on AudioSet: the study chooses from 91 of 527."""
    return OutputNames(audioset_labels(), instrument_indices(), AUDIOSET_SPEECH_INDEX)


def output_names(names: Sequence[str]) -> OutputNames:
    """Those of a checkpoint that says what its outputs are called.

    They are AudioSet's if all 91 instrument names stand at their places, or if 527 outputs have no
    names (``LABEL_0``, ...: what transformers writes then). In other heads every name may be a
    prediction, because the head was trained to choose between all of them.

    >>> output_names(audioset_labels()) == output_names([f"LABEL_{i}" for i in range(527)])
    True
    >>> output_names(["guitar", "piano"]).candidates
    (0, 1)
    """
    known = audioset_labels()
    if len(names) == len(known) and (
        all(re.fullmatch(r"LABEL_\d+", name) for name in names)
        or all(normalised(names[i]) == normalised(known[i]) for i in instrument_indices())
    ):
        return audioset_outputs()
    return OutputNames(tuple(names), tuple(range(len(names))), None)


class LabelMap:
    """From an AudioSet name to a dataset's class, by a dictionary ``{class: [names]}``.

    Names are compared as labels are. A name that the dictionary does not hold becomes ``other``.

    Raises:
        ValueError: A name stands under two classes.

    >>> label_map = LabelMap({"drums": ["drum kit", "snare drum"], "bass": ["bass guitar"]})
    >>> label_map("Drum kit"), label_map("Flute")
    ('drums', 'other')
    """

    def __init__(self, names_of_class: Mapping[str, Iterable[str]]) -> None:
        self._class_of_name: dict[str, str] = {}
        for class_name, names in names_of_class.items():
            for name in map(normalised, names):
                first = self._class_of_name.setdefault(name, class_name)
                if first != class_name:
                    raise ValueError(f"{name!r} stands under {first!r} and under {class_name!r}")

    def __call__(self, name: str) -> str:
        return self._class_of_name.get(normalised(name), OTHER)
