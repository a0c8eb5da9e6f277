"""AudioSet's classes, the ones that name an instrument, and dictionaries from those to stems."""

import csv
import functools
from collections.abc import Iterable, Mapping
from pathlib import Path

DATA_FOLDER = Path(__file__).parent / "data"

SPEECH = "speech"
"""Prediction and proposed label of a stem that the speech model takes for spoken word."""
SILENCE = "silence"
"""Prediction and proposed label of a stem with no sound left after silence trimming."""
ERROR = "error"
"""Prediction and proposed label of a stem that could not be analysed."""
OTHER = "other"
"""Proposed label of a prediction that the label dictionary does not name."""

AUDIOSET_CLASS_COUNT = 527
AUDIOSET_SPEECH_INDEX = 0
"""Place of AudioSet's class "Speech" among the 527 outputs."""


@functools.cache
def audioset_labels() -> tuple[str, ...]:
    """Display names of AudioSet's 527 classes, in the order of AST's outputs.

    Source: AudioSet's class list (Google, CC BY 4.0).

    >>> len(audioset_labels()), audioset_labels()[137]
    (527, 'Music')
    """
    with open(DATA_FOLDER / "class_labels_indices.csv", newline="", encoding="utf-8") as file:
        return tuple(row["display_name"] for row in csv.DictReader(file))


@functools.cache
def instrument_labels() -> tuple[str, ...]:
    """The 91 AudioSet names among which the prediction is chosen, as in the reference study.

    >>> len(instrument_labels()), instrument_labels()[:3]
    (91, ('Speech', 'Guitar', 'Electric guitar'))
    """
    return tuple((DATA_FOLDER / "instrument_labels.txt").read_text("utf-8").splitlines())


@functools.cache
def instrument_indices() -> tuple[int, ...]:
    """Places of the instrument labels among AST's 527 outputs, ascending."""
    wanted = set(instrument_labels())
    return tuple(index for index, name in enumerate(audioset_labels()) if name in wanted)


class LabelMap:
    """From an AudioSet name to a dataset's stem, by a dictionary ``{stem: [names]}``.

    Case does not matter; a name that the dictionary does not hold becomes ``other``.

    Raises:
        ValueError: A name stands under two stems.

    >>> proposed = LabelMap({"drums": ["drum kit", "snare drum"], "bass": ["bass guitar"]})
    >>> proposed("Drum kit"), proposed("Flute")
    ('drums', 'other')
    """

    def __init__(self, names_of_stem: Mapping[str, Iterable[str]]) -> None:
        self._stem_of_name: dict[str, str] = {}
        for stem, names in names_of_stem.items():
            for name in map(str.lower, names):
                first = self._stem_of_name.setdefault(name, stem)
                if first != stem:
                    raise ValueError(f"{name!r} stands under {first!r} and under {stem!r}")

    def __call__(self, name: str) -> str:
        return self._stem_of_name.get(name.lower(), OTHER)
