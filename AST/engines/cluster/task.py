"""The task that Ray gives to nodes: a whole batch."""

from collections.abc import Mapping

from AST.datasets.stem import Stem
from AST.engines.cluster.answer import Answer
from AST.engines.cluster.assignment import Assignment
from AST.engines.engine import Batch


def analyse(assignment: Assignment, batch: Batch, blamed: Mapping[Stem, str]) -> Answer:
    """Takes a batch through both models, which its process loads once.

    Args:
        blamed: Why a stem fails that must not be read again.
    """
    from AST.engines.cluster.worker import worker_of  # loads torch: not in the driver

    return worker_of(assignment).analyse(batch, blamed)
