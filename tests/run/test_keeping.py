"""Earlier results in the way of a new run: both are there afterwards, whatever happens."""

import contextlib
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from AST.engines.stem_result import StemResult
from AST.errors import UsageError
from AST.evaluation.files.saved_run import read_run
from AST.results import Row, read_rows
from AST.run import side_files
from AST.run.journal import Journal
from AST.run.keeping import keep_earlier
from AST.writing import whole_file

OLD = {
    "r.csv": "old rows",
    "r.scores.npz": "old scores",
    "r.run.json": "old record",
    "r.stems.csv": "old table",
}
KEPT = {name.replace("r.", "r.1.", 1): content for name, content in OLD.items()}
ROW = Row("bass", "bass.wav", "bass guitar", "bass")


def write(folder: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        (folder / name).write_text(content)


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("latin-1") for path in folder.iterdir()}


def finish_a_run(output: Path, row: Row = ROW) -> Path | None:
    journal = Journal(output, {"dataset": "x"})
    try:
        if not journal.results:
            journal.append([StemResult(row)])
        return journal.complete({"label_dictionary": {"x": []}, **journal.tie()._asdict()})
    finally:
        journal.close()


@pytest.mark.parametrize("names", [OLD, ["r.csv"], ["r.csv", "r.run.json"]])
def test_all_files_of_the_earlier_run_are_kept(tmp_path: Path, names: list[str]) -> None:
    write(tmp_path, {name: OLD[name] for name in names})
    assert keep_earlier(tmp_path / "r.csv") == tmp_path / "r.1.csv"
    assert contents(tmp_path) == {name.replace("r.", "r.1.", 1): OLD[name] for name in names}


@pytest.mark.parametrize("taken", [*KEPT])
def test_the_first_number_that_overwrites_nothing(tmp_path: Path, taken: str) -> None:
    write(tmp_path, {**OLD, taken: "taken", "r.3.csv": "3"})
    assert keep_earlier(tmp_path / "r.csv") == tmp_path / "r.2.csv"
    expected = {name.replace("r.", "r.2.", 1): content for name, content in OLD.items()}
    assert contents(tmp_path) == {**expected, taken: "taken", "r.3.csv": "3"}


def test_without_results_there_is_nothing_to_keep(tmp_path: Path) -> None:
    assert finish_a_run(tmp_path / "r.csv") is None
    assert sorted(contents(tmp_path)) == sorted(OLD)


def test_a_run_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    assert finish_a_run(tmp_path / "r.csv") == tmp_path / "r.1.csv"
    assert {name: content for name, content in contents(tmp_path).items() if name in KEPT} == KEPT
    assert len(contents(tmp_path)) == 8
    assert read_rows(tmp_path / "r.csv") == [ROW]
    assert finish_a_run(tmp_path / "r.csv") == tmp_path / "r.2.csv"


def check_results(folder: Path) -> None:
    for file in set(folder.glob("*.csv")) - set(folder.glob("*stems.csv")):
        read_run(file, read_rows(file))  # says so if they do not belong together


@contextlib.contextmanager
def crash_at(step: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Stops before the step-th time that a file is renamed or removed."""
    steps = itertools.count()
    for name in ("rename", "replace", "unlink"):
        real = getattr(Path, name)

        def step_or_crash(path: Path, *target: Any, real: Any = real) -> Any:
            if next(steps) == step:
                raise KeyboardInterrupt
            return real(path, *target)

        monkeypatch.setattr(Path, name, step_or_crash)
    with pytest.raises(KeyboardInterrupt):
        yield
    monkeypatch.undo()


@pytest.mark.parametrize("step", range(9))
def test_after_a_crash_no_results_lie_beside_files_of_another_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    finish_a_run(tmp_path / "r.csv", ROW._replace(prediction="tick", proposed_label="other"))
    with crash_at(step, monkeypatch):
        finish_a_run(tmp_path / "r.csv")
    check_results(tmp_path)
    finish_a_run(tmp_path / "r.csv")
    check_results(tmp_path)


@pytest.mark.parametrize("step", range(9))
def test_a_crash_at_any_step_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    write(tmp_path, OLD)
    with crash_at(step, monkeypatch):
        finish_a_run(tmp_path / "r.csv")
    assert set(OLD.values()) <= set(contents(tmp_path).values())
    if step < 8:  # the new run is not in place yet: its rows are there to go on from
        finish_a_run(tmp_path / "r.csv")
        assert {name: text for name, text in contents(tmp_path).items() if name in KEPT} == KEPT
        assert sorted(contents(tmp_path)) == sorted([*OLD, *KEPT])
    assert read_rows(tmp_path / "r.csv") == [ROW]


@pytest.mark.parametrize("written", [0, 1, 2])
def test_a_run_that_cannot_be_written_moves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    write(tmp_path, OLD)
    journal = Journal(tmp_path / "r.csv", {})
    journal.append([StemResult(ROW)])
    left = [written]

    def full_disk(path: Path) -> contextlib.AbstractContextManager[BinaryIO]:
        if left[0] == 0:
            raise OSError(28, "No space left on device")
        left[0] -= 1
        return whole_file(path)

    monkeypatch.setattr(side_files, "whole_file", full_disk)
    with pytest.raises(UsageError, match="No space left"):
        journal.complete({})
    journal.close()
    assert OLD.items() <= contents(tmp_path).items()
    assert "r.csv.partial" in contents(tmp_path)


def test_names_that_differ_by_a_suffix_or_a_dot_have_files_of_their_own(tmp_path: Path) -> None:
    names = ["run.fp32.csv", "run.bf16.csv", "run.fp32", "run.bf16", "run.csv", "run", "run.tsv"]
    for name in names:
        assert finish_a_run(tmp_path / name) is None
    assert len(contents(tmp_path)) == 4 * len(names)
    assert (tmp_path / "run.fp32.scores.npz").exists()
    assert finish_a_run(tmp_path / "run.tsv") == tmp_path / "run.1.tsv"


def test_windows_of_a_run_without_its_results_do_not_stay_beside_a_new_one(tmp_path: Path) -> None:
    (tmp_path / "r.windows.npz").write_text("of a run whose results file was deleted")
    finish_a_run(tmp_path / "r.csv")
    assert sorted(contents(tmp_path)) == sorted(OLD)
