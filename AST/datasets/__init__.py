"""The datasets that the suite knows, one module each. A new one gets a line in the table."""

from collections.abc import Mapping

from AST.datasets import dsd100, folder, moisesdb
from AST.datasets.dataset import Dataset

DATASETS: Mapping[str, Dataset] = {
    "dsd100": dsd100.DATASET,
    "moisesdb": moisesdb.DATASET,
    "folder": folder.DATASET,
}
"""By the names that the command line uses."""
