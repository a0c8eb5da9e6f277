"""Single rows of the table of stems, for the parts of a page that need no script."""

import math
import re
from dataclasses import dataclass
from urllib.parse import quote

from AST.evaluation.report.stem_table import StemTable

STATIC_ROW_COUNT = 100
"""How many stems a page shows without scripts and in print. More would be too many pages."""
MISTAKE_COUNT = 10
UUID = re.compile(r"\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.I)


@dataclass(frozen=True)
class StemLine:
    """A row of the page's table of stems.

    Attributes:
        place: Place of the stem in the results file, from 0.
        score: Score of the prediction, 0 to 1; None without scores.
        best: AST's five best instrument names with their scores, 0 to 1.
        song: Name of the song, short enough for a table.
        file: The path from the song's folder on.
        audio: Address of the audio file, relative to the page; None if it was not found.
    """

    place: int
    label: str
    proposed: str
    prediction: str
    is_match: bool
    score: float | None
    speech_score_percent: float | None
    best: list[tuple[str, float]]
    song: str
    file: str
    path: str
    audio: str | None


def stem_line(table: StemTable, place: int) -> StemLine:
    """One row of the table."""
    texts = list(table.texts)
    label, proposed, prediction, song, folder = (
        texts[numbers[place]] for numbers in table.columns.values()
    )
    best = zip(*(numbers[place].tolist() for numbers in table.best), strict=True)
    file, audio = table.files[place], table.audio[place]
    return StemLine(
        place=place,
        label=label,
        proposed=proposed,
        prediction=prediction,
        is_match=bool(table.right[place]),
        score=_known(float(table.score[place])),
        speech_score_percent=_known(float(table.speech_score_percent[place])),
        best=[(texts[number], score) for number, score in best if math.isfinite(score)],
        song=short(song),
        file=short(file),
        path=folder + file,
        audio=None if audio is None else audio + quote(file),
    )


def short(name: str) -> str:
    """A song's name without the folders above it, and the first part of what is only a number.

    >>> short("Sources/Dev/051 - A - B"), short("4c76ea30-901f-5e52-a998-8f2235f4d555")
    ('051 - A - B', '4c76ea30…')
    """
    return UUID.sub(r"\1…", name.rpartition("/")[2])


def static_lines(table: StemTable) -> list[StemLine]:
    """All stems if they are few, otherwise the first wrong ones."""
    places = list(range(len(table.files)))
    if len(places) > STATIC_ROW_COUNT:
        places = [place for place in places if not table.right[place]][:STATIC_ROW_COUNT]
    return [stem_line(table, place) for place in places]


def confident_mistakes(table: StemTable) -> list[StemLine]:
    """The wrong predictions with the highest scores."""
    return [stem_line(table, place) for place in table.most_confident_mistakes[:MISTAKE_COUNT]]


def _known(value: float) -> float | None:
    return None if value != value else value
