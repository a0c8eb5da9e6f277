"""Exit codes, and errors that nobody foresaw."""

import re
import tempfile
from pathlib import Path

import pytest

from AST.command_line import exit_code
from AST.errors import UsageError


def fail(error: BaseException) -> int:
    raise error


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (UsageError("a.csv: gone"), 2, "error: a.csv: gone"),
        (OSError(28, "No space left"), 2, "error: [Errno 28] No space left"),
        (KeyboardInterrupt(), 130, "stopped by Ctrl-C"),
        (ModuleNotFoundError("No module named 'x'"), 2, "error: No module named 'x'; pip install"),
        (KeyError("a\nb"), 70, "error: unforeseen KeyError: 'a\\nb'; the traceback is in"),
    ],
)
def test_each_error_has_its_line_and_code(
    error: BaseException, code: int, line: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert exit_code(lambda: fail(error)) == code
    text = capsys.readouterr().err
    assert text.startswith(line)
    assert text.count("\n") == 1


def test_the_log_of_an_unforeseen_error_holds_what_a_report_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert exit_code(lambda: fail(ValueError("odd é"))) == 70
    [log] = tmp_path.iterdir()
    assert str(log) in capsys.readouterr().err
    text = log.read_text("utf-8")
    assert re.search(r"^command: \[.*\]$", text, re.MULTILINE)
    assert re.search(r"^python: 3\.\d+", text, re.MULTILINE)
    assert re.search(r"^torch: \d", text, re.MULTILINE)
    assert "Traceback (most recent call last)" in text
    assert "ValueError: odd é" in text


def test_without_a_log_the_line_says_where_it_happened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    assert exit_code(lambda: fail(ValueError("odd"))) == 70
    text = capsys.readouterr().err
    assert "ValueError: odd; no log could be written (No such file or directory)" in text
    assert re.search(r"it happened in .*test_command_line\.py, line \d+, in fail$", text.strip())
    assert text.count("\n") == 1
