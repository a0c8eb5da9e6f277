"""What an engine is: whoever takes batches of stems through both models, in the same order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from AST.datasets.stem import Stem
from AST.engines.computation import Computation
from AST.engines.stem_result import StemResult
from AST.weights.local_model import LocalModel


class Batch(NamedTuple):
    """Stems that go through the models together, whoever does it.

    Attributes:
        stems: One after the other in the walk.
    """

    stems: tuple[Stem, ...]


def cut(stems: Sequence[Stem], batch_size: int) -> list[Batch]:
    """Batches of the same size; the last one may be smaller.

    >>> from pathlib import Path
    >>> [len(batch.stems) for batch in cut([Stem("bass", Path("bass.wav"))] * 5, 2)]
    [2, 2, 1]
    """
    starts = range(0, len(stems), batch_size)
    return [Batch(tuple(stems[start : start + batch_size])) for start in starts]


@dataclass(frozen=True)
class Work:
    """What all batches of a run have in common.

    Attributes:
        files: Both models, ``ast`` and ``speech``.
        names_of_class: The label dictionary.
    """

    files: Mapping[str, LocalModel]
    names_of_class: Mapping[str, Sequence[str]]
    computation: Computation


class Engine(Protocol):
    """Takes batches through both models. It writes no file.

    Attributes:
        computation: How it computes.
    """

    computation: Computation

    def results(self, work: Work, batches: Sequence[Batch]) -> Iterator[list[StemResult]]:
        """The results of whole batches, in the order of the batches. When this returns, it has
        loaded the models, or found somebody who does.

        Raises:
            UsageError: The models or the device cannot be used.
        """

    def facts(self) -> dict[str, Any]:
        """How the results came about, for the record."""

    def close(self) -> None:
        """Ends everything that it has started, at once. It may be called again."""
