"""``ast-stems``: one console command for all of them."""

import pytest

import AST
from AST.commands.main import COMMANDS, main
from tests.helpers import RunScript


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_its_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: ast-stems {name} ")


def test_the_help_lists_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    assert all(f"    {name} " in text for name in COMMANDS)


def test_a_command_of_a_module_calls_itself_so(run: RunScript) -> None:
    assert run("AST.weights", "--help").stdout.startswith("usage: python -m AST.weights ")


@pytest.mark.parametrize("arguments", [["--version"], ["accuracy", "--version"]])
def test_the_version(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"ast-stems {AST.__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["sing"]])
def test_an_unknown_command(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "COMMAND" in capsys.readouterr().err


def test_commands_return_their_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["labels", "nowhere.csv"]) == 2
    assert capsys.readouterr().err.startswith("error: nowhere.csv: ")
