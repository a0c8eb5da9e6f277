"""Ties the three files of a run together, so that files of two runs are never taken for one.

The results file keeps the study's four columns, so nothing more can stand in it. Scores and record
hold the run's id and the sha256 of the results file.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from AST.errors import UsageError
from AST.results import Row, format_rows, say_once
from AST.writing import printable

if TYPE_CHECKING:
    import numpy.typing as npt

RUN_ID_DIGITS = 16
"""Hexadecimal: 64 bits tell more runs apart than anybody will ever make."""
SHOWN_DIGITS = 12
BLOCK_ROWS = 1024
"""So many rows are made into text at a time."""


class Tie(NamedTuple):
    """What scores and record say about their run. The fields are named as they are there.

    Attributes:
        run_id: Follows from all that the run computed: the same results have the same id.
        results_sha256: Of the results file, as the run wrote it.
    """

    run_id: str
    results_sha256: str


def tie_of(rows: Sequence[Row], *others: "bytes | npt.NDArray[Any]") -> Tie:
    """The tie of a run.

    Args:
        others: What else the run computed, and from what: the bytes of arrays count.

    >>> row = Row("bass", "bass.wav", "bass guitar", "bass")
    >>> tie_of([row], b"scores") == tie_of([row], b"scores"), tie_of([row]) == tie_of([row], b"")
    (True, False)
    """
    # In one dimension the bytes of an array can be read without a copy.
    contents = [other if isinstance(other, bytes) else other.ravel().data for other in others]
    parts = [results_sha256(rows), *(hashlib.sha256(content).hexdigest() for content in contents)]
    run_id = hashlib.sha256(" ".join(parts).encode()).hexdigest()[:RUN_ID_DIGITS]
    return Tie(run_id, parts[0])


def results_sha256(rows: Sequence[Row]) -> str:
    """The sha256 of a results file with these rows, as a run writes it.

    It stays the same if a spreadsheet saved the file in another form.
    """
    content = hashlib.sha256(format_rows([Row._fields]).encode())
    for start in range(0, len(rows), BLOCK_ROWS):  # they may be many
        content.update(format_rows(rows[start : start + BLOCK_ROWS]).encode())
    return content.hexdigest()


def write_tied(file: BinaryIO, arrays: Mapping[str, "npt.ArrayLike"], tie: Tie) -> None:
    """Writes arrays as a compressed .npz file with the tie of their run, not one that they hold."""
    import numpy as np  # takes time

    np.savez_compressed(file, **{**arrays, **tie._asdict()})


def tie_in(source: Mapping[str, Any]) -> Tie | None:
    """What a run record or the arrays of a scores file say; None if an older version wrote them."""
    if not set(Tie._fields) <= source.keys():
        return None
    return Tie(*(str(source[field]) for field in Tie._fields))


def check_ties(results: Path, rows: Sequence[Row], ties: Mapping[Path, Tie | None]) -> None:
    """Checks that a results file and the files beside it are of one run.

    Args:
        ties: What each file beside it says.

    Raises:
        UsageError: They are of different runs, or the results file was edited.
    """
    names = " and ".join(printable(path.name) for path in ties)
    known = set(ties.values())
    if known <= {None}:
        if ties:
            say_once(
                f"note: {results}: no run id in {names} beside it, as in older versions: nothing "
                "says whether all are of one run"
            )
        return
    if len(known) > 1:
        ids = " and ".join(tie.run_id if tie else "none" for tie in ties.values())
        raise UsageError(
            f"{results}: {names} beside it are of two runs (run ids {ids}); put there what belongs "
            "to it, or remove them"
        )
    [tie] = filter(None, known)
    if tie.results_sha256 != (found := results_sha256(rows)):
        raise UsageError(
            f"{results}: not as the run wrote it that {names} beside it came from (sha256 "
            f"{found[:SHOWN_DIGITS]}, expected {tie.results_sha256[:SHOWN_DIGITS]}): edited, or of "
            "another run; restore it (relabel.py applies another dictionary), or remove what is "
            "beside it"
        )
