"""Which stopped runs may be resumed: those that compute the same, however the folder is spelled."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import AST
from AST import versions
from AST.datasets import DATASETS
from AST.errors import UsageError
from AST.results import SCORE_FIGURES, read_rows
from AST.rules import SpeechRule
from tests.helpers import StopsAfter

DSD100 = DATASETS["dsd100"]
Analyse = Any


@pytest.fixture
def analyse(
    ast_path: Path, no_speech_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Analyse:
    """Runs the small models in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(folder: str | Path, output: str = "r.csv", dataset: Any = DSD100, stop: int = 0) -> Any:
        return AST.analyse(
            dataset,
            folder,
            model=str(ast_path),
            speech_model=str(no_speech_path),
            output=output,
            settings=AST.Settings(device="cpu", workers=0, batch_size=1),
            progress=StopsAfter(stop),
        )

    return run


def test_the_folder_may_be_spelled_otherwise(analyse: Analyse, dsd100: Path) -> None:
    Path("link").symlink_to(dsd100)
    spellings = [os.path.relpath(dsd100), "./link/", f"{dsd100}/Mixtures/..", dsd100]
    whole = analyse(spellings[-1], "whole.csv")
    for spelling in spellings[:-1]:
        with pytest.raises(KeyboardInterrupt):
            analyse(spelling, stop=2)
    rows = read_rows(Path("r.csv.partial"))
    assert [row.path.startswith(f"{spellings[-2]}/Sources/") for row in rows] == [True] * 6
    run = analyse(spellings[-1])
    assert run.record["counts"]["resumed"] == 6
    assert Path("r.csv").read_bytes() == Path("whole.csv").read_bytes()
    assert run.record["songs"] == whole.record["songs"]
    with np.load("r.scores.npz") as resumed, np.load("whole.scores.npz") as expected:
        for name in ("paths", "scores", *SCORE_FIGURES, "run_id"):
            np.testing.assert_array_equal(resumed[name], expected[name])


def test_a_manifest_may_be_spelled_otherwise(analyse: Analyse, dsd100: Path) -> None:
    Path("lists").mkdir()
    paths = [stem.path for stem in DSD100.stems(dsd100)]
    listed = [*(os.path.relpath(path, "lists") for path in paths[1:]), str(paths[0])]
    lines = [f"{path},bass" for path in listed]
    Path("lists/all.csv").write_text("\n".join(["path,label", *lines]))
    with pytest.raises(KeyboardInterrupt):
        analyse("lists/all.csv", dataset="manifest", stop=2)
    run = analyse(Path("lists/all.csv").absolute(), dataset="manifest")
    assert run.record["counts"]["resumed"] == 2
    folder = Path("lists").absolute()
    assert [row.path for row in run.rows] == [str(folder / path) for path in listed]


def test_no_model_is_loaded_if_no_stem_is_left(
    analyse: Analyse, dsd100: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = analyse(dsd100, "whole.csv")
    with pytest.raises(KeyboardInterrupt):
        analyse(dsd100, stop=len(whole.rows))
    monkeypatch.delattr("AST.engines.local.load_models")
    assert analyse(dsd100).record["counts"]["resumed"] == len(whole.rows)
    assert Path("r.csv").read_bytes() == Path("whole.csv").read_bytes()


@pytest.mark.parametrize(
    ("name", "value", "different"),
    [
        ("AST.run.run_record.STUDY_RULE", SpeechRule(ignored_below_percent=9), "speech_rule"),
        ("AST.versions.__version__", "2.0.0", "versions"),
        ("AST.run.run_record.versions", lambda names: dict.fromkeys(names, "9.9"), "versions"),
        ("AST.run.run_record.code_sha256", lambda: "0" * 64, "code_sha256"),
    ],
)
def test_what_decides_the_results_must_be_the_same(
    analyse: Analyse,
    dsd100: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: Any,
    different: str,
) -> None:
    with pytest.raises(KeyboardInterrupt):
        analyse(dsd100, stop=2)
    monkeypatch.setattr(name, value)
    with pytest.raises(UsageError, match=f"started with another {different};"):
        analyse(dsd100)


def test_another_dictionary_or_another_folder_is_refused(analyse: Analyse, dsd100: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        analyse(dsd100, stop=2)
    names = {**DSD100.names_of_class, "bass": ["bass guitar"]}
    with pytest.raises(UsageError, match="started with another label_dictionary;"):
        analyse(dsd100, dataset=replace(DSD100, names_of_class=names))
    with pytest.raises(UsageError, match="another dataset_path, list_of_stems_sha256;"):
        analyse(dsd100 / "Sources")


def test_the_identity_holds_the_versions_that_decide() -> None:
    assert set(versions.versions()) >= {"ast-stems", "torch", "essentia-tensorflow", "av"}


def test_a_change_of_the_code_changes_its_hash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "PACKAGE", tmp_path)
    hashes = set()
    for name, content in (("a.py", "1"), ("a.py", "2"), ("b.py", "1"), ("notes.txt", "1")):
        (tmp_path / name).write_text(content)
        hashes.add(versions.code_sha256())
    assert len(hashes) == 3
