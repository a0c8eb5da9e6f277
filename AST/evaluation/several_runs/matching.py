"""Finds the stems that several runs have, also if they read the dataset from other folders."""

from collections import Counter
from collections.abc import Mapping, Sequence

from AST.errors import UsageError
from AST.evaluation.files.paths import comparable
from AST.evaluation.files.saved_run import SavedRun
from AST.metrics import normalised
from AST.results import Row


def common_stems(runs: Sequence[SavedRun]) -> list[tuple[Row, ...]]:
    """Each stem's rows, one of each run, in the order of the runs. Only stems that all runs have.

    Stems are matched by path, or else by path from the song's folder on.

    Raises:
        UsageError: The runs have no stem in common, or a stem has two classes.
    """
    first, *others = runs
    counterparts = [_counterparts(first, other) for other in others]
    paths = [row.path for row in first.rows if all(row.path in found for found in counterparts)]
    own = {row.path: row for row in first.rows}
    if not paths:
        names = ", ".join(str(run.file) for run in runs[:-1])
        seen = " and ".join(run.rows[0].path for run in runs)
        raise UsageError(
            f"{names} and {runs[-1].file} have no stem in common: found {seen}; expected runs over "
            "the same dataset"
        )
    return [(own[path], *(found[path] for found in counterparts)) for path in paths]


def may_have_common_stems(run: SavedRun, other_run: SavedRun) -> bool:
    """A quick look, without any checks: ``common_stems`` finds stems of other runs only."""
    own, other = (
        {comparable(row.path) for row in one.rows} | set(one.paths_from_song)
        for one in (run, other_run)
    )
    return not own.isdisjoint(other)


def _counterparts(run: SavedRun, other_run: SavedRun) -> dict[str, Row]:
    """The other run's row of each stem that both runs have, by this run's path."""
    own, other = _by_path(run), _by_path(other_run)
    pairs = [(own.pop(path), other.pop(path)) for path in list(own) if path in other]
    if own and other:  # one run may have read the dataset from another folder
        pairs += _elsewhere(run, own, other_run, other, is_sure=not pairs)
    for row, counterpart in pairs:
        if normalised(row.label) != normalised(counterpart.label):
            raise UsageError(
                f"{row.path}: its class is {row.label} in {run.file} and {counterpart.label} in "
                f"{other_run.file}; expected runs over the same dataset"
            )
    return {row.path: counterpart for row, counterpart in pairs}


def _elsewhere(
    run: SavedRun,
    own: Mapping[str, Row],
    other_run: SavedRun,
    other: Mapping[str, Row],
    is_sure: bool,
) -> list[tuple[Row, Row]]:
    """The rows with the same path from the song's folder on.

    Args:
        own, other: The rows that were not found by their path.
        is_sure: Whether these rows are of the same stems, because no path was found at all. If
            not, rows that cannot be are left out: of two classes, or with a path that comes twice.
    """
    by_key, other_by_key = (
        _by_key(one, _from_song(one, rows), is_sure)
        for one, rows in ((run, own), (other_run, other))
    )
    pairs = [(row, other_by_key[key]) for key, row in by_key.items() if key in other_by_key]
    return [(a, b) for a, b in pairs if is_sure or normalised(a.label) == normalised(b.label)]


def _by_path(run: SavedRun) -> dict[str, Row]:
    return _by_key(run, [(comparable(row.path), row) for row in run.rows], is_sure=True)


def _from_song(run: SavedRun, unmatched: Mapping[str, Row]) -> list[tuple[str, Row]]:
    pairs = zip(run.paths_from_song, run.rows, strict=True)
    return [(key, row) for key, row in pairs if comparable(row.path) in unmatched]


def _by_key(run: SavedRun, pairs: Sequence[tuple[str, Row]], is_sure: bool) -> dict[str, Row]:
    counts = Counter(key for key, _ in pairs)
    if is_sure and len(counts) < len(pairs):
        [(key, count)] = counts.most_common(1)
        raise UsageError(
            f"{run.file}: {count} rows have the path {key}; expected each path once, to match the "
            "stems of all runs"
        )
    return {key: row for key, row in pairs if counts[key] == 1}
