"""Tests of a second try: only the files that failed are analysed again."""

import shutil
from pathlib import Path

import numpy as np
import pytest

import AST
from AST.errors import UsageError
from AST.results import SCORE_FIGURES
from AST.run.analysis import Run
from tests.helpers import tone, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three stems; the second one is damaged."""
    for name in ("bass", "drums", "vocals"):
        (tmp_path / "song").mkdir(exist_ok=True)
        write(tmp_path / "song" / f"{name}.wav", tone(440, 1, 44_100))
    shutil.copy(tmp_path / "song" / "drums.wav", tmp_path / "good")
    (tmp_path / "song" / "drums.wav").write_bytes(b"no audio")
    return tmp_path / "song"


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "r.csv"


def run(folder: Path, output: Path, retry_failed: bool = False, model: str = "tiny") -> Run:
    settings = AST.Settings(device="cpu", workers=1)
    return AST.analyse(
        "dsd100",
        folder,
        model=model,
        speech_model="tiny",
        output=output,
        settings=settings,
        retry_failed=retry_failed,
    )


def test_only_failed_files_are_analysed_again(folder: Path, output: Path) -> None:
    first = run(folder, output)
    assert list(first.failures) == [str(folder / "drums.wav")]
    shutil.copy(folder.parent / "good", folder / "drums.wav")
    expected = run(folder, folder.parent / "all.csv")

    for name in ("bass", "vocals"):
        (folder / f"{name}.wav").write_bytes(b"nobody reads this again")
    second = run(folder, output, retry_failed=True)
    assert second.rows == expected.rows
    assert second.failures == {}
    np.testing.assert_array_equal(second.scores, expected.scores)
    assert output.read_bytes() == (folder.parent / "all.csv").read_bytes()
    with (
        np.load(output.with_name("r.scores.npz")) as taken_over,
        np.load(output.with_name("all.scores.npz")) as whole,
    ):
        for name in SCORE_FIGURES:
            np.testing.assert_array_equal(taken_over[name], whole[name])
        assert whole["duration_s"].tolist() == [1.0] * 3
        assert taken_over["run_id"] == whole["run_id"] == second.record["run_id"]
    assert output.with_name("r.1.csv").exists()


def test_a_file_that_a_spreadsheet_saved_is_taken_over(folder: Path, output: Path) -> None:
    first = run(folder, output)
    output.write_bytes(output.read_text().replace(",", ";").encode("utf-16"))
    assert run(folder, output, retry_failed=True).rows == first.rows


def test_what_fails_again_keeps_its_row(folder: Path, output: Path) -> None:
    first = run(folder, output)
    second = run(folder, output, retry_failed=True)
    assert second.rows == first.rows
    assert second.failures == first.failures


def test_without_a_run_or_a_failure_there_is_nothing_to_try(folder: Path, output: Path) -> None:
    with pytest.raises(UsageError, match=r"r\.csv: No such file"):
        run(folder, output, retry_failed=True)
    (folder / "drums.wav").unlink()
    run(folder, output)
    with pytest.raises(UsageError, match="no stem failed, so there is nothing for --retry-failed"):
        run(folder, output, retry_failed=True)


def test_another_run_is_not_continued(folder: Path, output: Path, ast_path: Path) -> None:
    run(folder, output)
    with pytest.raises(UsageError, match="a run with another models; --retry-failed needs the sam"):
        run(folder, output, retry_failed=True, model=str(ast_path))
    output.with_name("r.scores.npz").write_bytes(b"damaged")
    with pytest.raises(UsageError, match="its scores or its record cannot be read"):
        run(folder, output, retry_failed=True)


def test_rows_that_were_changed_are_refused(folder: Path, output: Path) -> None:
    run(folder, output)
    header, *rows = output.read_bytes().splitlines(keepends=True)
    for changed in (
        rows[::-1],
        rows[:-1],
        [row.replace(b"bass,", b"drums,") for row in rows],
        [*rows[:-1], rows[-1].rpartition(b",")[0] + b",bass\r\n"],  # its proposed label
    ):
        output.write_bytes(b"".join([header, *changed]))
        with pytest.raises(
            UsageError, match=r"r\.csv: not as the run wrote it that r\.scores\.npz and"
        ):
            run(folder, output, retry_failed=True)
