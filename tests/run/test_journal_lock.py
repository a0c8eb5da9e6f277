"""Two runs do not write one file, if the disk has locks."""

import errno
import fcntl
import subprocess
import sys
from pathlib import Path

import pytest

from AST.errors import UsageError
from AST.results import read_rows
from AST.run.journal import Journal
from tests.helpers import ROOT
from tests.run.test_journal import IDENTITY, RESULTS


def test_two_runs_do_not_write_one_file(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "r.csv", IDENTITY)
    journal.append(RESULTS[:1])
    code = (
        "import pathlib, sys; from AST.run.journal import Journal; "
        "Journal(pathlib.Path(sys.argv[1]), {}, restart=True)"
    )
    second = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "r.csv"], cwd=ROOT, capture_output=True, text=True
    )
    assert "UsageError" in second.stderr
    assert "another run writes it" in second.stderr
    journal.append(RESULTS[1:])
    journal.complete({})
    assert len(read_rows(tmp_path / "r.csv")) == len(RESULTS)


@pytest.mark.parametrize(
    "number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL, errno.EIO]
)
def test_a_disk_without_locks_brings_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: int
) -> None:
    def refuse(*arguments: object) -> None:
        raise OSError(number, "no locks here")

    monkeypatch.setattr(fcntl, "lockf", refuse)
    journal = Journal(tmp_path / "r.csv", IDENTITY)
    journal.append(RESULTS)
    journal.complete({})
    assert len(read_rows(tmp_path / "r.csv")) == len(RESULTS)
    error = capsys.readouterr().err
    assert error.startswith(f"warning: {tmp_path / 'r.csv.partial'}: this disk has no locks")
    assert error.count("\n") == 1


@pytest.mark.parametrize("number", [errno.EAGAIN, errno.EACCES])
def test_a_file_that_is_locked_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*arguments: object) -> None:
        raise OSError(number, "locked")

    monkeypatch.setattr(fcntl, "lockf", refuse)
    with pytest.raises(UsageError, match="another run writes it"):
        Journal(tmp_path / "r.csv", IDENTITY)
