"""From the rows of a results file to its accuracy: pure functions.

A row counts as right when its proposed label equals its label. Case, surrounding blanks and the
form of accents do not matter. Rows of files that failed count as wrong. Which rows
count at all says ``AST.truth``.
"""

import functools
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from AST.results import Row
from AST.writing import visible


@dataclass(frozen=True)
class Accuracy:
    """How many proposed labels equal the label, and of how many rows."""

    matches: int
    total: int

    @property
    def percent(self) -> float:
        return 100 * self.matches / self.total


@functools.lru_cache(maxsize=1 << 16)  # the same few labels come again and again
def normalised(label: str) -> str:
    """A label in lower case, without surrounding blanks, each accent in one with its letter (NFC).

    Source: Unicode, section 3.13, canonical caseless matching.

    >>> normalised(" Bass ")
    'bass'
    >>> normalised("Flu\u0308gel") == normalised("fl\u00fcgel")
    True
    """
    decomposed = unicodedata.normalize("NFD", label)
    return unicodedata.normalize("NFC", decomposed.casefold()).strip()


def is_match(row: Row) -> bool:
    """Whether the proposed label equals the label."""
    return normalised(row.label) == normalised(row.proposed_label)


def accuracy(rows: Sequence[Row]) -> Accuracy:
    """The share of rows whose proposed label equals the label, as the study counts.

    Raises:
        ValueError: There are no rows.

    >>> rows = [Row("bass", "a.wav", "bass guitar", "bass"), Row("drums", "b.wav", "tick", "other")]
    >>> accuracy(rows).percent
    50.0
    """
    if not rows:
        raise ValueError("accuracy needs at least one row")
    return Accuracy(sum(map(is_match, rows)), len(rows))


def accuracy_report(rows: Sequence[Row]) -> str:
    """The accuracy and each mismatch, as text.

    Raises:
        ValueError: There are no rows.
    """
    figure = accuracy(rows)
    lines = [f"Accuracy: {figure.percent:.2f}% ({figure.matches}/{figure.total} matches)", ""]
    mismatches = [row for row in rows if not is_match(row)]
    lines.append("Mismatches:" if mismatches else "No mismatches found.")
    for row in mismatches:
        lines += [
            f"- File: {row.path}",
            f"  Expected label: {row.label}",
            f"  Predicted label: {row.prediction}",
            f"  Proposed label: {row.proposed_label}",
        ]
    return "\n".join(map(visible, lines))
