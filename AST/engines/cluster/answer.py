"""What a task of Ray returns. The process that talks to Ray reads it without loading torch."""

from typing import NamedTuple

from AST.engines.stem_result import StemResult


class How(NamedTuple):
    """What a process computed with.

    Attributes:
        device: Its kind: ``cpu`` or ``cuda``.
        device_name: ``cpu``, or the name of the GPU.
        warning: What is odd about it, or empty.
    """

    node: str
    device: str
    precision: str
    speech_backend: str
    warning: str
    device_name: str


class Answer(NamedTuple):
    """What a task returns."""

    how: How
    results: list[StemResult]
