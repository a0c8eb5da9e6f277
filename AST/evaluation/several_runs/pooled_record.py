"""What the records of several runs say together."""

from collections.abc import Mapping, Sequence
from typing import Any

from AST.evaluation.files.paths import values_of
from AST.evaluation.files.saved_run import SavedRun
from AST.evaluation.several_runs.figures import run_names
from AST.results import Row

LISTS = ("failures", "warnings", "bleed")
"""Facts of a record about single stems, each with its path inside it."""


def dataset_of(run: SavedRun) -> str | None:
    """The name of a run's dataset, if its record says it."""
    dataset = (run.record or {}).get("dataset")
    return None if dataset is None else str(dataset)


def pooled_record(
    runs: Sequence[SavedRun], rows_of_run: Sequence[Sequence[Row]]
) -> dict[str, Any] | None:
    """A record of what is the same in all records, and of what belongs to single stems.

    Args:
        rows_of_run: The rows of each run, with the paths that they have in the pooled run.

    Returns:
        None if no run has a record. Label dictionaries that differ are left out.
    """
    records = [run.record or {} for run in runs]
    if not any(records):
        return None
    same = {
        name: value
        for name, value in records[0].items()
        if all(record.get(name) == value for record in records)
    }
    datasets = list(dict.fromkeys(filter(None, map(dataset_of, runs))))
    return {
        **same,
        **({"dataset": ", ".join(datasets)} if datasets else {}),
        **{name: [one for record in records for one in record.get(name, [])] for name in LISTS},
        **_instruments(runs, rows_of_run),
        "errata": _by_new_path(runs, rows_of_run, [one.get("errata", {}) for one in records]),
        "models": _models(runs),
    }


def _instruments(
    runs: Sequence[SavedRun], rows_of_run: Sequence[Sequence[Row]]
) -> dict[str, dict[str, Any]]:
    """The stems' instruments. One that two datasets describe in two ways is two instruments."""
    described = [(run.record or {}).get("instrument_names", {}) for run in runs]
    ambiguous = {
        name
        for one in described
        for name, facts in one.items()
        if any(other.get(name, facts) != facts for other in described)
    }
    name_in = [
        {name: f"{name} ({dataset_of(run)})" if name in ambiguous else name for name in names}
        for run, names in zip(runs, described, strict=True)
    ]
    instruments = [
        {
            path: new.get(name, name)
            for path, name in (run.record or {}).get("instruments", {}).items()
        }
        for run, new in zip(runs, name_in, strict=True)
    ]
    return {
        "instruments": _by_new_path(runs, rows_of_run, instruments),
        "instrument_names": {
            new[name]: facts
            for new, names in zip(name_in, described, strict=True)
            for name, facts in names.items()
        },
    }


def _by_new_path(
    runs: Sequence[SavedRun],
    rows_of_run: Sequence[Sequence[Row]],
    values: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """What each run knows of its stems, by the paths that these have in the pooled run."""
    return {
        row.path: value
        for run, rows, own in zip(runs, rows_of_run, values, strict=True)
        for row, value in zip(rows, values_of([old.path for old in run.rows], own), strict=True)
        if value is not None
    }


def _models(runs: Sequence[SavedRun]) -> dict[str, Any]:
    """The runs' models; with the name of their file if they are not the same in all."""
    known = [(run.record or {}).get("models", {}) for run in runs]
    return {
        kind if all(other.get(kind) == model for other in known) else f"{kind} ({name})": model
        for name, models in zip(run_names([run.file for run in runs]), known, strict=True)
        for kind, model in models.items()
    }
