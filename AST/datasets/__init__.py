"""The datasets that the suite knows, one module each. A new one gets a line in the table."""

from collections.abc import Mapping

from AST.datasets import dsd100, folder, manifest, medleydb, moisesdb, musdb18, musdb18hq, slakh2100
from AST.datasets.dataset import Dataset

DATASETS: Mapping[str, Dataset] = {
    "dsd100": dsd100.DATASET,
    "moisesdb": moisesdb.DATASET,
    "musdb18hq": musdb18hq.DATASET,
    "musdb18": musdb18.DATASET,
    "slakh2100": slakh2100.DATASET,
    "medleydb": medleydb.DATASET,
    "folder": folder.DATASET,
    "manifest": manifest.DATASET,
}
"""By the names that the command line uses."""
