"""The process that talks to Ray, but its tasks make results up. Started by ``bench.ray_scale``."""

from collections.abc import Mapping
from unittest.mock import patch

from AST.datasets.stem import Stem
from AST.engines.cluster import driver
from AST.engines.cluster.answer import Answer, How
from AST.engines.cluster.assignment import Assignment
from AST.engines.engine import Batch
from bench.stand_in import made_up

HOW = How("here", "cpu", "fp32", "torch", "", "cpu")


def analyse(assignment: Assignment, batch: Batch, blamed: Mapping[Stem, str]) -> Answer:
    """A task without models."""
    return Answer(HOW, made_up(batch))


if __name__ == "__main__":
    with patch.object(driver, "analyse", analyse):
        driver.main()
