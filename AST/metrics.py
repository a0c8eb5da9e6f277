"""From the rows of a results file to figures: pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass

from AST.results import Row


@dataclass(frozen=True)
class Accuracy:
    """How many proposed labels match the reference, of how many."""

    matches: int
    total: int

    @property
    def percent(self) -> float:
        return 100 * self.matches / self.total


def normalised(label: str) -> str:
    """A label without what does not count: case and blanks around.

    >>> normalised(" Bass ")
    'bass'
    """
    return label.strip().casefold()


def is_match(row: Row) -> bool:
    """Whether the proposed label is the reference label."""
    return normalised(row.label) == normalised(row.proposed_label)


def accuracy(rows: Sequence[Row]) -> Accuracy:
    """Share of rows whose proposed label is the reference label, as the reference study counts.

    Rows of files that failed count as misses.

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
    """The accuracy and each mismatch, as text for people.

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
    return "\n".join(lines)
