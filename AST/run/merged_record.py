"""The record of a run whose shards several machines have analysed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from AST.results import Row
from AST.run.run_record import counts, times
from AST.run.shards import SHARD

JOINED = ("failures", "warnings", "songs", "instruments", "instrument_names", "errata", "bleed")
"""What a record says stem by stem."""
OF_MACHINES = ("settings", "versions")
"""What may differ between shards and changes no result."""


def merged_record(records: Sequence[Mapping[str, Any]], rows: Sequence[Row]) -> dict[str, Any]:
    """The record that one run writes, without its tie.

    Args:
        records: Of all shards, in their order.
        rows: Of all shards.
    """
    record = {**records[0]}
    del record[SHARD]
    for key in JOINED:
        record[key] = _joined([one[key] for one in records])
    record["instrument_names"] = dict(sorted(record["instrument_names"].items()))
    for key in OF_MACHINES:
        names = dict.fromkeys(name for one in records for name in one[key])
        record[key] = {name: _common([one[key] for one in records], name) for name in names}
    started, finished = (
        [datetime.fromisoformat(one[key]) for one in records] for key in ("started", "finished")
    )
    resumed = sum(one["counts"]["resumed"] for one in records)
    return {**record, **times(min(started), max(finished)), "counts": counts(rows, record, resumed)}


def _joined(parts: Sequence[Any]) -> Any:
    """Lists become one list, dicts one dict."""
    if isinstance(parts[0], dict):
        return {key: value for part in parts for key, value in part.items()}
    return [entry for part in parts for entry in part]


def _common(parts: Sequence[Mapping[str, Any]], name: str) -> Any:
    """The value that all shards have that know it, or the list of the different ones."""
    values: list[Any] = []
    for part in parts:
        if name in part and part[name] not in values:
            values.append(part[name])
    return values[0] if len(values) == 1 else values
