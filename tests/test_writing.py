"""Files are written as a whole. If that fails, the user sees one line."""

from pathlib import Path

import pytest

from AST.errors import UsageError
from AST.writing import force_to_disk, write_whole, writing


def test_a_full_disk_gives_one_line() -> None:
    full = open("/dev/full", "wb", buffering=0)  # noqa: SIM115 (closed below)
    message = r"r\.csv: cannot be written \(No space left.*; make room .* path with --output"
    with full, pytest.raises(UsageError, match=message), writing(Path("r.csv"), "--output"):
        force_to_disk(full, b"x")


def test_the_old_file_stays_until_the_new_one_is_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "figures.json"
    write_whole(path, b"old")

    def disk_is_full(file: object, content: bytes = b"") -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("AST.writing.force_to_disk", disk_is_full)
        with pytest.raises(OSError, match="No space left"):
            write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_device_file_is_not_replaced() -> None:
    with pytest.raises(OSError, match="No space left"):
        write_whole(Path("/dev/full"), b"x")
    assert Path("/dev/full").is_char_device()
