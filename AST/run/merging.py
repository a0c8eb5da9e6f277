"""Joins the results of all shards of a run: the files are those that one run writes.

The identity of each shard has a hash of the list of all stems, and its tie one of its own rows. So
shards with the same identity, each there once, have every stem once.
"""

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from AST.labels import audioset_outputs, output_names
from AST.results import (
    OUTPUT_NAMES,
    SCORES,
    SIDE_FILES,
    WINDOWS,
    Row,
    beside,
    check_distinct,
    check_output,
    format_rows,
)
from AST.run.finished import read_finished
from AST.run.keeping import take_the_place
from AST.run.merged_record import merged_record
from AST.run.shard_files import in_order
from AST.run.shards import SHARD
from AST.run.side_files import tie_of_run, write_side_files
from AST.truth import Truth, truth_of
from AST.writing import write_whole, writing

OUTPUT = "OUT.csv"
"""What the command line calls the file that it writes."""
PATHS = "paths"
Arrays = dict[str, dict[str, npt.NDArray[Any]]]


def merge(
    output: Path, files: Sequence[Path], say: Callable[[str], None] = lambda line: None
) -> tuple[Truth, int]:
    """Writes the results of a whole run from those of its shards.

    Args:
        files: The results file of each shard, in any order.
        say: Takes what was done, in words.

    Returns:
        The rows that can be right or wrong, and how many stems failed.

    Raises:
        UsageError: These are not all shards of one run, one was edited, or the results cannot be
            written.
    """
    check_output(output, OUTPUT)
    check_distinct(itertools.chain(*map(_files_of, files)), _files_of(output))
    shards = in_order([read_finished(file) for file in files])
    rows = [row for shard in shards for row in shard.rows]
    record = merged_record([shard.record for shard in shards], rows)
    identity = {key: value for key, value in shards[0].identity.items() if key != SHARD}
    arrays = _joined([shard.arrays for shard in shards])
    names = arrays[SCORES].get(OUTPUT_NAMES)
    outputs = audioset_outputs() if names is None else output_names(names.tolist())
    tie = tie_of_run(identity, rows, arrays)
    record |= tie._asdict()
    temporary = output.with_name(output.name + ".merging")
    with writing(output, OUTPUT):
        try:
            written = write_side_files(temporary, rows, arrays, record, outputs, tie)
            write_whole(temporary, format_rows([Row._fields, *rows]).encode())
            kept = take_the_place(temporary, output, written)
        finally:  # only a failure leaves some behind
            for path in _files_of(temporary):
                path.unlink(missing_ok=True)
    if kept:
        say(f"the earlier {output} and its side files are kept: {kept}")
    say(f"merged {len(shards)} shards, {len(rows)} stems: {output}")
    return truth_of(rows, record), len(record["failures"])


def _files_of(results: Path) -> list[Path]:
    return [results, *(beside(results, kind) for kind in SIDE_FILES)]


def _joined(parts: Sequence[Arrays]) -> Arrays:
    """The arrays of each file of the whole run. Takes those of the parts away, to save memory.

    Args:
        parts: The arrays of each shard, in order.
    """
    if WINDOWS in parts[0]:
        counts = [len(part[WINDOWS][PATHS]) for part in parts]
        for part, before in zip(parts, itertools.accumulate(counts, initial=0), strict=False):
            part[WINDOWS]["stem"] += np.int32(before)
    joined: Arrays = {}
    for kind, arrays in parts[0].items():
        joined[kind] = {}
        for name in list(arrays):
            of_parts = [part[kind].pop(name) for part in parts]
            joined[kind][name] = of_parts[0] if name == OUTPUT_NAMES else np.concatenate(of_parts)
    return joined
