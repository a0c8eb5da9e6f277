"""A Python that is too old says so in one line."""

import ast
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from AST.supported import check_python
from tests.helpers import ROOT

SCRIPTS = [*sorted(ROOT.glob("*.py")), ROOT / "AST" / "list_labels.py"]
BEFORE_THE_CHECK = [
    ROOT / "AST" / f"{name}.py"
    for name in ("__init__", "process/__init__", "process/environment", "supported")
]


@pytest.mark.parametrize("path", [*SCRIPTS, *BEFORE_THE_CHECK], ids=lambda path: path.name)
def test_python_3_6_can_read_what_runs_before_the_check(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"), feature_version=(3, 6))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert "__future__" not in imported  # annotations came with 3.7


@pytest.mark.parametrize("version", [(3, 6, 15), (3, 9, 18)])
def test_an_old_python_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], version: tuple[int, ...]
) -> None:
    monkeypatch.setattr("sys.version_info", version)
    with pytest.raises(SystemExit) as ended:
        check_python()
    assert ended.value.code == 2
    error = capsys.readouterr().err
    assert error.startswith(f"error: this is Python 3.{version[1]}; use Python 3.10 to 3.14")
    assert error.count("\n") == 1


@pytest.mark.parametrize("version", ["3.6", "3.7", "3.8", "3.9"])
def test_each_script_in_an_old_python(version: str) -> None:
    python = shutil.which(f"python{version}")
    if not python or subprocess.run([python, "-c", ""], stderr=subprocess.DEVNULL).returncode:
        pytest.skip(f"there is no Python {version} here")
    for script in SCRIPTS:
        result = subprocess.run(
            [python, "-B", script],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": ""},
        )
        assert result.returncode == 2, result.stderr
        assert result.stderr.startswith(f"error: this is Python {version}; ")
        assert result.stderr.count("\n") == 1
