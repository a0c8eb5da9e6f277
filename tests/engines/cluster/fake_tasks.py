"""Tasks that need no model and no torch, so that a process that dies is soon replaced."""

import os
import signal
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from AST.datasets.stem import Stem
from AST.engines.stem_result import StemResult
from AST.results import Row

DEADLY = "deadly"
"""The label of a stem whose file ends each process."""


class FakeAnswer(NamedTuple):
    """What the dispatcher takes of an answer."""

    results: list[StemResult]


def analyse(stems: Sequence[Stem], blamed: Mapping[Stem, str]) -> FakeAnswer:
    """Dies of a stem that is not blamed yet."""
    results = []
    for stem in stems:
        if stem.label == DEADLY and stem not in blamed:
            os.kill(os.getpid(), signal.SIGKILL)
        row = Row(stem.label, stem.path_text, stem.label, stem.label)
        results.append(StemResult(row, failure=blamed.get(stem)))
    return FakeAnswer(results)
