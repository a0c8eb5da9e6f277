"""A run's results on disk from the first row on. They survive Ctrl-C, kill -9 and power cuts.

During a run there are two files. ``results.csv.partial`` holds the rows, for people to watch.
``results.csv.partial.jsonl`` holds everything about each row, for a later start to resume from. It
is written first, and both are forced to disk, so a row that can be seen is never lost. At the end
scores and record are written. Only then the files of an earlier run are renamed, and the new ones
take their places.
"""

import contextlib
import fcntl
import json
import os
import sys
from collections.abc import Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO

from AST.engines.stem_result import StemResult, from_fields, to_line
from AST.errors import UsageError
from AST.labels import OutputNames, audioset_outputs
from AST.results import OUTPUT_FLAG, Row, format_rows
from AST.run.journal_entries import whole_entries
from AST.run.keeping import take_the_place
from AST.run.run_results import RunResults
from AST.run.side_files import tie_of_run, write_side_files
from AST.run_id import Tie
from AST.writing import force_to_disk, write_whole, writing


class Journal:
    """The results of one run so far, on disk and in memory.

    Args:
        output: The results file that the run will end with.
        identity: What must be the same so that a stopped run can be resumed.
        restart: Whether to discard the rows of a stopped run.
        outputs: What AST's scores are of; None: AudioSet's names.
        has_windows: Whether the scores of the stems' windows are kept.

    Raises:
        UsageError: Another run writes here, the files cannot be written, or there is a stopped run
            that started with another identity.
    """

    def __init__(
        self,
        output: Path,
        identity: Mapping[str, Any],
        restart: bool = False,
        outputs: OutputNames | None = None,
        has_windows: bool = False,
    ) -> None:
        self.output = output
        self._outputs = outputs or audioset_outputs()
        self._has_windows = has_windows
        self.results = RunResults(self._outputs)
        self._identity: dict[str, Any] = json.loads(json.dumps(identity))
        self._partial_path = output.with_name(output.name + ".partial")
        self._log_path = output.with_name(output.name + ".partial.jsonl")
        self._partial: BinaryIO | None = None
        with writing(output, OUTPUT_FLAG):
            self._log = open(self._log_path, "a+b")  # noqa: SIM115 (closed by close())
            self._lock()
            if self._partial_path.exists() and not restart:
                self._resume()

    def take_paths(self, paths: Sequence[str], paths_below: Sequence[str]) -> None:
        """Gives the rows so far the first paths of the walk. Its folder may be spelled otherwise.

        Args:
            paths: As this run's rows show them.
            paths_below: The same from the dataset's folder on.

        Raises:
            UsageError: The rows are of other files.
        """
        done = [row.path for row in self.results.rows]
        pairs = zip(done, paths_below, strict=False)
        same = [path for path, below in pairs if f"/{path}".endswith(f"/{below}")]
        if same != done:
            raise self._damaged()
        rows = zip(self.results.rows, paths, strict=False)
        self.results.rows = [row._replace(path=path) for row, path in rows]
        if done != list(paths[: len(done)]):
            with writing(self._partial_path, OUTPUT_FLAG):
                if self._partial:
                    self._partial.close()
                self._partial = self._begin()

    def append(self, results: Sequence[StemResult]) -> None:
        """Adds finished stems, in walk order. They are on disk when this returns.

        Raises:
            UsageError: They cannot be written.
        """
        with writing(self._partial_path, OUTPUT_FLAG):
            if self._partial is None:
                self._partial = self._begin()
            force_to_disk(self._log, "".join(map(to_line, results)).encode())
            force_to_disk(self._partial, format_rows(one.row for one in results).encode())
            self.results.add(results)

    def complete(self, record: Mapping[str, Any]) -> Path | None:
        """Writes the files beside the output, and turns the partial file into the output.

        Returns:
            Where the results file of an earlier run is now, if there was one.

        Raises:
            UsageError: They cannot be written.
        """
        arrays = self.results.arrays_of_files(self._has_windows)
        rows, tie = self.results.rows, self.tie()
        with writing(self.output, OUTPUT_FLAG):
            written = write_side_files(self._partial_path, rows, arrays, record, self._outputs, tie)
            kept = take_the_place(self._partial_path, self.output, written)
            self._log_path.unlink()
        return kept

    def tie(self) -> Tie:
        """What ties scores and record to the results file. It belongs into the record."""
        arrays = self.results.arrays_of_files(self._has_windows)
        return tie_of_run(self._identity, self.results.rows, arrays)

    def close(self) -> None:
        """Closes the files. Those of a stopped run stay as they are."""
        with contextlib.suppress(OSError):  # append() has already reported a full disk
            if self._partial:
                self._partial.close()
            if not os.fstat(self._log.fileno()).st_size:
                self._log_path.unlink(missing_ok=True)
            self._log.close()

    def _lock(self) -> None:
        # Not flock: forked workers would inherit that lock, and can live longer than a killed run.
        try:
            fcntl.lockf(self._log, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not os.path.samestat(os.fstat(self._log.fileno()), os.stat(self._log_path)):
                raise BlockingIOError  # a run that has just ended removed this file
        except (BlockingIOError, PermissionError, FileNotFoundError) as error:
            raise UsageError(
                f"{self._partial_path}: another run writes it; wait, or choose another --output"
            ) from error
        except OSError as error:  # Lustre, NFS and CIFS may have no locks
            text = f"this disk has no locks ({error.strerror}); give no second run this --output"
            print(f"warning: {self._partial_path}: {text}", file=sys.stderr)

    def _begin(self) -> BinaryIO:
        """Writes to both files what the journal holds. Until then they are as they were."""
        if not self.results:
            self._log.truncate(0)
            force_to_disk(self._log, f"{json.dumps(self._identity)}\n".encode())
        rows = format_rows([Row._fields, *self.results.rows])
        write_whole(self._partial_path, rows.encode())
        return open(self._partial_path, "ab")

    def _resume(self) -> None:
        entries = whole_entries(self._log)
        size = 0
        try:
            first = list(islice(entries, 2))
            if len(first) < 2:  # no row yet: nothing to resume
                if self._partial_path.read_bytes().count(b"\n") > 1:
                    raise self._damaged()
                return
            self._check_identity(first[0][0])
            for fields, end in chain(first[1:], entries):
                self.results.add([from_fields(fields, len(self._outputs.names))])
                size = end
        except (KeyError, TypeError, ValueError) as error:
            raise self._damaged() from error
        self._log.truncate(size)
        self._partial = self._begin()

    def _check_identity(self, started_with: Mapping[str, Any]) -> None:
        keys = sorted(started_with.keys() | self._identity.keys())
        different = [key for key in keys if started_with.get(key) != self._identity.get(key)]
        if different:
            raise UsageError(
                f"{self._partial_path}: a stopped run that started with another "
                f"{', '.join(different)}; start it with the same, or give --restart to discard "
                "its rows, or another --output"
            )

    def _damaged(self) -> UsageError:
        return UsageError(
            f"{self._log_path}: damaged or missing: the stopped run cannot be resumed; "
            "give --restart to start again from the first stem, or another --output"
        )
