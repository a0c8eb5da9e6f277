"""The file of ``--json`` and its schema."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import AST.version
from AST.commands.accuracy import main
from AST.results import Row, format_rows
from doc import make_schema
from tests.helpers import DICTIONARY, ROOT, ROWS, stem_scores, write_scores


def written(tmp_path: Path, *arguments: str | Path) -> dict[str, Any]:
    """What the command writes into its JSON file."""
    file = tmp_path / "f.json"
    assert main([*map(str, arguments), "--json", str(file)]) == 0
    content: dict[str, Any] = json.loads(file.read_text("utf-8"), parse_constant=pytest.fail)
    return content


def schema() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(make_schema.FILE.read_text("utf-8"))
    return content


@pytest.fixture
def run_with_scores(tmp_path: Path) -> Path:
    file = tmp_path / "r.csv"
    file.write_text(format_rows([Row._fields, *ROWS]), newline="")
    write_scores(tmp_path / "r.scores.npz", [row.path for row in ROWS], stem_scores())
    (tmp_path / "r.run.json").write_text(json.dumps({"label_dictionary": DICTIONARY}))
    return file


def test_the_schema_fits_the_code() -> None:
    assert make_schema.FILE.read_text("utf-8") == make_schema.text(), (
        "python -m doc.make_schema writes it"
    )


def test_the_demos_figures_are_valid(tmp_path: Path) -> None:
    demo = ROOT / "results_moises.csv"
    content = written(tmp_path, demo, "--compare", demo)
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(content, schema())
    assert content["comparison"] is not None
    assert content["suite"]["version"] == AST.version.__version__


def test_figures_with_scores_are_valid(tmp_path: Path, run_with_scores: Path) -> None:
    content = written(tmp_path, run_with_scores, "--compare", run_with_scores, run_with_scores)
    jsonschema.validate(content, schema())
    assert content["scores"] is not None
    assert len(content["several_runs"]["pairs"]) == 3


def test_a_field_that_the_schema_does_not_know_is_refused(
    tmp_path: Path, run_with_scores: Path
) -> None:
    content = written(tmp_path, run_with_scores)
    content["classes"][0]["new"] = 1
    with pytest.raises(jsonschema.ValidationError, match="'new' was unexpected"):
        jsonschema.validate(content, schema())
    del content["classes"][0]["new"], content["classes"][0]["recall"]
    with pytest.raises(jsonschema.ValidationError, match="'recall' is a required property"):
        jsonschema.validate(content, schema())


def test_fields_are_described() -> None:
    properties = schema()["$defs"]["Pair"]["properties"]
    assert properties["second"]["description"] == "The names of the runs."
    assert "Stems as independent" in properties["mcnemar_p"]["description"]


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git on this machine")
def test_the_commit_is_that_of_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run([*git, "init", "--quiet"], check=True)
    monkeypatch.setattr(AST.version, "CHECKOUT", tmp_path)
    assert AST.version.commit() is None  # there is no commit yet
    subprocess.run([*git, "commit", "--quiet", "--allow-empty", "-m", "a"], check=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
    assert AST.version.commit() == head.stdout.strip()
    (tmp_path / "installed").mkdir()  # such as site-packages in somebody's checkout
    monkeypatch.setattr(AST.version, "CHECKOUT", tmp_path / "installed")
    assert AST.version.commit() is None
    monkeypatch.setattr(AST.version, "CHECKOUT", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert AST.version.commit() is None  # there is no Git
