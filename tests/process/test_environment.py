"""What a process may lack: a user name, a home, streams, the folder of its script on the path."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from AST.process.environment import supply_user_and_home
from AST.results import read_rows
from tests.helpers import ROOT, ModelFlags, RunScript

STEM = ROOT / "demo/DSD100/Sources/Dev/001 - Demo - First Light/bass.mp3"
NAME_AND_HOME = "import os, getpass, AST; print(getpass.getuser(), os.path.expanduser('~'))"


def test_a_user_without_name_and_home_can_run_the_models(
    run: RunScript, unknown_user: tuple[str, ...], tmp_path: Path
) -> None:
    flags = ("--model", "tiny", "--output", tmp_path / "r.csv")
    result = run("analyze_dsd100.py", ROOT / "demo/DSD100", *flags, prefix=unknown_user)
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr
    assert [row.prediction for row in read_rows(tmp_path / "r.csv")] == [
        row.prediction for row in read_rows(ROOT / "results_dsd100.csv")
    ]
    models = run("AST.weights", prefix=unknown_user)
    assert models.returncode == 1
    assert "Traceback" not in models.stderr


def test_the_home_of_an_unknown_user_is_its_own(
    unknown_user: tuple[str, ...], tmp_path: Path
) -> None:
    command = [*unknown_user, f"TMPDIR={tmp_path}", sys.executable, "-c", NAME_AND_HOME]
    own, taken = tmp_path / "ast-stems-4242", tmp_path / "moved"

    def home() -> str:
        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        name, folder = result.stdout.split()
        assert name == "4242"
        return folder

    assert home() == home() == str(own)
    assert own.stat().st_mode & 0o777 == 0o700
    own.rename(taken)
    own.mkdir()  # as another user, who could put anything there
    assert home() != str(own)


def test_a_known_user_keeps_name_and_home() -> None:
    before = dict(os.environ)
    supply_user_and_home()
    assert dict(os.environ) == before


def test_a_home_that_cannot_be_written_brings_no_advice(
    run: RunScript, unknown_user: tuple[str, ...], tmp_path: Path
) -> None:
    result = run("explain.py", STEM, "--model", "tiny", prefix=(*unknown_user, "HOME=/nowhere"))
    assert result.returncode == 0, result.stderr
    assert list(tmp_path.glob("*.bass.explained.png"))
    assert [line.partition(" model: ")[0] for line in result.stderr.splitlines()] == [
        "ast",
        "speech",
    ]


def closing(redirections: str) -> tuple[str, ...]:
    """What to put before a command to close its streams."""
    return ("sh", "-c", f'exec "$@" {redirections}', "sh")


@pytest.mark.parametrize("redirections", [">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize(
    ("arguments", "code"), [(["nowhere.csv"], 2), (["--nothing"], 2), (["--help"], 0)]
)
def test_closed_streams_change_no_exit_code(
    run: RunScript, redirections: str, arguments: list[str], code: int
) -> None:
    result = run("computeaccuracy.py", *arguments, prefix=closing(redirections))
    assert result.returncode == code
    assert "Traceback" not in result.stderr


def test_no_file_takes_the_number_of_a_closed_stream() -> None:
    code = (
        "import AST.process.environment as e; e.supply_streams(); exit(open(e.__file__).fileno())"
    )
    command = [*closing("<&- >&- 2>&-"), sys.executable, "-c", code]
    assert subprocess.run(command, cwd=ROOT).returncode > 2


def test_a_run_with_closed_streams(
    run: RunScript, dsd100: Path, models: ModelFlags, tmp_path: Path
) -> None:
    flags = (dsd100, *models, "--output", tmp_path / "r.csv")
    assert run("analyze_dsd100.py", *flags, prefix=closing("<&- >&- 2>&-")).returncode == 0
    assert len(read_rows(tmp_path / "r.csv")) == 12  # and nothing that others have printed
    assert json.loads((tmp_path / "r.run.json").read_text("utf-8"))["counts"]["stems"] == 12


@pytest.mark.parametrize(
    "script", sorted([*(path.name for path in ROOT.glob("*.py")), "AST/list_labels.py"])
)
def test_scripts_find_the_package_by_themselves(run: RunScript, script: str) -> None:
    result = run(script, "--help", PYTHONSAFEPATH="1", PYTHONPATH="")
    assert result.returncode == 0, result.stderr
