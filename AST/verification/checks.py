"""One check: what was expected, what came, and whether that is near enough."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Check:
    """One line of the report.

    Attributes:
        passed: None if nothing was expected: the line only says what came.
    """

    name: str
    came: str
    expected: str = ""
    tolerance: str = ""
    passed: bool | None = None

    @property
    def line(self) -> str:
        """The check for people.

        >>> Check("logits", "1.2", "1.3", "0.001", passed=False).line
        'FAILED  logits: expected 1.3, came 1.2 (tolerance 0.001)'
        """
        mark = {True: "ok", False: "FAILED", None: "note"}[self.passed]
        expected = f"expected {self.expected}, came " if self.expected else ""
        tolerance = f" (tolerance {self.tolerance})" if self.tolerance else ""
        return f"{mark:6}  {self.name}: {expected}{self.came}{tolerance}"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def equal(name: str, came: object, expected: object) -> Check:
    """A check without a tolerance."""
    return Check(name, str(came), str(expected), passed=came == expected)


def near(
    name: str, came: Sequence[float], expected: Sequence[float], tolerance: float, digits: int = 4
) -> Check:
    """A check of numbers. What came ends with the largest difference.

    >>> near("score", [0.51], [0.5], 0.1).line
    'ok      score: expected 0.5000, came 0.5100, largest difference 0.01 (tolerance 0.1)'
    """
    largest = max(abs(a - b) for a, b in zip(came, expected, strict=True))
    shown, wanted = (", ".join(f"{one:.{digits}f}" for one in many) for many in (came, expected))
    return Check(
        name,
        f"{shown}, largest difference {largest:.2g}",
        wanted,
        f"{tolerance:g}",
        passed=all(abs(a - b) <= tolerance for a, b in zip(came, expected, strict=True)),
    )
