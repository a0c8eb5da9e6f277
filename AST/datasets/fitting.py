"""Whether a folder holds the dataset that the user named, and if not, which one it may hold."""

from collections.abc import Sequence
from pathlib import Path

from AST.datasets import DATASETS
from AST.datasets.dataset import Dataset, read_stems
from AST.datasets.folder import LABELLED_BY_FILE
from AST.datasets.stem import Stem
from AST.errors import UsageError


def check_classes(dataset: Dataset, folder: Path, stems: Sequence[Stem]) -> None:
    """Checks that at least one stem has a label that can be right.

    Raises:
        UsageError: None has. The message names the script that fits the folder.
    """
    if _known_share(dataset, stems):
        return
    fitting = _fitting(stems)
    advice = dataset.advice
    if fitting:
        advice = f"the files fit {fitting.name} ({fitting.layout}): use {fitting.script}"
    raise UsageError(
        f"{folder}: no stem here is of a class of {dataset.name}; expected {dataset.layout} with "
        f"the classes {', '.join(dataset.names_of_class)}; found {len(stems)} stems with labels "
        f"such as {stems[0].label!r}; {advice}"
    )


def _fitting(stems: Sequence[Stem]) -> Dataset | None:
    """The dataset that takes other labels from the same files, and knows most of them."""
    labels = {stem.label for stem in stems}
    best, best_share = None, 0.5
    for dataset in (*DATASETS.values(), LABELLED_BY_FILE):
        try:
            seen, _ = read_stems([one.path for one in stems], dataset.reader())
        except UsageError:  # damaged metadata; it is not this dataset that the user asked for
            continue
        share = _known_share(dataset, seen)
        if share > best_share and labels.isdisjoint(stem.label for stem in seen):
            best, best_share = dataset, share
    return best


def _known_share(dataset: Dataset, stems: Sequence[Stem]) -> float:
    """How many of the labels can be right, 0 to 1."""
    unknown = set(dataset.unknown_labels(stems))
    return sum(stem.label not in unknown for stem in stems) / len(stems) if stems else 0
