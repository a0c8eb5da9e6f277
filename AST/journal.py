"""A run's results on disk, from the first row on: kept through Ctrl-C, kill -9 and power cuts.

While a run goes on there are two files: ``<output>.partial``, the rows for people to watch, and
``<output>.partial.jsonl``, everything about each row for a later start to resume from. The second
is written first, and each is forced to disk, so a row that can be seen is never lost. At the end
come ``<stem>.scores.npz`` and ``<stem>.run.json``, and the partial file becomes the output.
"""

import base64
import contextlib
import fcntl
import io
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from AST.errors import UsageError
from AST.labels import AUDIOSET_CLASS_COUNT
from AST.results import OUTPUT_FLAG, RUN_RECORD, SCORES, Row, beside, format_rows
from AST.writing import force_to_disk, write_whole, writing


@dataclass(frozen=True)
class StemResult:
    """What a run knows of one stem; NaN and None stand for what a failed or silent one has not.

    Attributes:
        scores: Sigmoid scores, shape (527,), float32.
        failure: Why the stem could not be analysed.
        warning: What is odd about its file.
    """

    row: Row
    scores: npt.NDArray[np.float32] | None = None
    speech_score_percent: float = float("nan")
    rms_dbfs: float = float("nan")
    failure: str | None = None
    warning: str | None = None


class Journal:
    """The results so far of one run, on disk and in memory.

    Args:
        output: The results file to be.
        identity: What must be the same for a stopped run to be resumed.
        restart: Whether to discard the rows of a stopped run.

    Raises:
        UsageError: Another run writes here, the files cannot be written, or a stopped run is there
            that was begun with another identity.
    """

    def __init__(self, output: Path, identity: Mapping[str, Any], restart: bool = False) -> None:
        self.output = output
        self.results: list[StemResult] = []
        self._identity: dict[str, Any] = json.loads(json.dumps(identity))
        self._partial_path = output.with_name(output.name + ".partial")
        self._log_path = output.with_name(output.name + ".partial.jsonl")
        self._partial: BinaryIO | None = None
        with writing(output, OUTPUT_FLAG):
            self._log = open(self._log_path, "a+b")  # noqa: SIM115 (closed by close())
            self._lock()
            if self._partial_path.exists() and not restart:
                self._resume()

    def check_paths(self, paths: Sequence[str]) -> None:
        """Compares the rows so far with the first paths of the walk.

        Raises:
            UsageError: They differ.
        """
        if [result.row.path for result in self.results] != list(paths[: len(self.results)]):
            raise self._damaged()

    def append(self, results: Sequence[StemResult]) -> None:
        """Adds finished stems, in walk order; when this returns, they are on the disk.

        Raises:
            UsageError: They cannot be written.
        """
        with writing(self._partial_path, OUTPUT_FLAG):
            if self._partial is None:
                self._partial = self._begin()
            self.results += results
            _append(self._log, "".join(_to_line(result) for result in results))
            _append(self._partial, format_rows(result.row for result in results))

    def complete(self, record: Mapping[str, Any]) -> None:
        """Writes scores and run record, and turns the partial file into the output.

        Raises:
            UsageError: They cannot be written.
        """
        scores = io.BytesIO()
        np.savez_compressed(scores, allow_pickle=False, **self._arrays())
        text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
        with writing(self.output, OUTPUT_FLAG):
            write_whole(beside(self.output, SCORES), scores.getvalue())
            write_whole(beside(self.output, RUN_RECORD), text.encode())
            self._partial_path.replace(self.output)
            self._log_path.unlink()

    def close(self) -> None:
        """Leaves a stopped run's files as they are."""
        with contextlib.suppress(OSError):  # of a full disk append() has told already
            if self._partial:
                self._partial.close()
            if not os.fstat(self._log.fileno()).st_size:
                self._log_path.unlink(missing_ok=True)
            self._log.close()

    def _lock(self) -> None:
        # Not flock: the forked workers would inherit that lock, and could outlive a killed run.
        try:
            fcntl.lockf(self._log, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not os.path.samestat(os.fstat(self._log.fileno()), os.stat(self._log_path)):
                raise BlockingIOError  # a run that ended just now has removed this file
        except (BlockingIOError, PermissionError, FileNotFoundError) as error:
            raise UsageError(
                f"{self._partial_path}: another run writes it; wait for that or choose --output"
            ) from error

    def _begin(self) -> BinaryIO:
        """Makes both files hold what the journal holds; until then they are as they were found."""
        if not self.results:
            self._log.truncate(0)
            _append(self._log, json.dumps(self._identity) + "\n")
        rows = format_rows([Row._fields, *(result.row for result in self.results)])
        write_whole(self._partial_path, rows.encode())
        return open(self._partial_path, "ab")

    def _resume(self) -> None:
        self._log.seek(0)
        entries, size = self._whole_entries()
        if len(entries) < 2:  # no row yet: nothing to resume
            if self._partial_path.read_bytes().count(b"\n") > 1:
                raise self._damaged()
            return
        begun_with = entries[0]
        if begun_with != self._identity:
            different = sorted(
                key
                for key in begun_with.keys() | self._identity.keys()
                if begun_with.get(key) != self._identity.get(key)
            )
            raise UsageError(
                f"{self._partial_path}: a run that was stopped, begun with another "
                f"{', '.join(different)}; start it as it was begun, or give --restart to discard "
                "its rows, or another --output"
            )
        try:
            self.results = [_from_fields(fields) for fields in entries[1:]]
        except (KeyError, TypeError, ValueError) as error:
            raise self._damaged() from error
        self._log.truncate(size)
        self._partial = self._begin()

    def _whole_entries(self) -> tuple[list[dict[str, Any]], int]:
        """The entries of the log and their size in bytes, without a last one that was cut off."""
        entries: list[dict[str, Any]] = []
        size = 0
        lines = self._log.readlines()
        for number, line in enumerate(lines, 1):
            try:
                entry = json.loads(line.decode())
            except ValueError:
                entry = None
            if isinstance(entry, dict) and line.endswith(b"\n"):
                entries.append(entry)
                size += len(line)
            elif number < len(lines):
                raise self._damaged()
        return entries, size

    def _damaged(self) -> UsageError:
        return UsageError(
            f"{self._log_path}: damaged or missing, the rows of the stopped run cannot be resumed; "
            "give --restart to begin anew, or another --output"
        )

    def _arrays(self) -> dict[str, npt.NDArray[Any]]:
        no_scores = np.full(AUDIOSET_CLASS_COUNT, np.nan, np.float32)
        return {
            "paths": np.array([result.row.path for result in self.results]),
            "scores": np.stack(
                [no_scores if result.scores is None else result.scores for result in self.results]
            ),
            "speech_score_percent": np.array(
                [result.speech_score_percent for result in self.results]
            ),
            "rms_dbfs": np.array([result.rms_dbfs for result in self.results]),
        }


def _append(file: BinaryIO, text: str) -> None:
    force_to_disk(file, text.encode())


def _to_line(result: StemResult) -> str:
    fields = asdict(replace(result, scores=None))
    if result.scores is not None:
        fields["scores"] = base64.b64encode(result.scores.astype("<f4").tobytes()).decode()
    return json.dumps(fields) + "\n"


def _from_fields(fields: dict[str, Any]) -> StemResult:
    if fields["scores"] is not None:
        scores = np.frombuffer(base64.b64decode(fields["scores"]), "<f4")
        fields["scores"] = scores.reshape(AUDIOSET_CLASS_COUNT)
    return StemResult(**{**fields, "row": Row(*fields["row"])})
