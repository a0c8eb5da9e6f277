"""What stands in a JSON file beside the findings: how to read it, and what wrote it."""

from dataclasses import dataclass

from AST.evaluation.definitions import DEFINITIONS
from AST.evaluation.statistics.uncertainty import SETTINGS
from AST.version import __version__, commit

SCHEMA_VERSION = 1
"""Grows when a field goes or changes its meaning, not when one is added."""


@dataclass(frozen=True)
class Suite:
    """The program that wrote the file.

    Attributes:
        commit: The Git commit, if the suite runs from a checkout.
    """

    version: str
    commit: str | None


@dataclass(frozen=True)
class JsonHead:
    """How to read the file, and what wrote it.

    Attributes:
        schema_version: Grows when a field goes or changes its meaning, not when one is added.
        intervals: Confidence, number of bootstrap resamples, and their seed.
        definitions: What each figure means, by its name.
    """

    schema_version: int
    suite: Suite
    intervals: dict[str, float]
    definitions: dict[str, str]


def json_head() -> JsonHead:
    return JsonHead(SCHEMA_VERSION, Suite(__version__, commit()), dict(SETTINGS), DEFINITIONS)
