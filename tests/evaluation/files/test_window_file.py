"""The file of windows beside a results file."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from AST.commands.relabel import main as relabel
from AST.errors import UsageError
from AST.evaluation.files.saved_run import read_run
from AST.evaluation.windows.figures import window_figures
from AST.results import RUN_RECORD, SCORES, WINDOWS, beside, read_rows
from tests.evaluation.windows.window_runs import window_run, written

RUN = window_run()
assert RUN.windows is not None
STEM, SCORES_OF_WINDOWS = RUN.windows.stem, RUN.windows.scores


@pytest.fixture
def results(tmp_path: Path) -> Path:
    return written(RUN, tmp_path / "r.csv")


def test_windows_are_read_as_they_were_written(results: Path) -> None:
    read = read_run(results, read_rows(results))
    assert read.windows is not None
    assert read.windows.stem.tolist() == STEM.tolist()
    assert read.windows.scores.dtype == np.float16
    assert np.array_equal(read.windows.scores, SCORES_OF_WINDOWS)
    assert window_figures(read) == window_figures(RUN)


def test_windows_are_read_in_the_order_of_the_rows(tmp_path: Path) -> None:
    order = np.array([5, 0, 9, 2, 4, 3, 1, 6, 8, 7])  # the windows of a stem keep their order
    paths = [row.path.replace("/", "\\") for row in RUN.rows]
    arrays = {
        "paths": np.array([paths[3], paths[2], paths[1], paths[0]]),
        "stem": (3 - STEM[order]).astype(np.int32),
        "start_s": order * 5.12,
        "scores": SCORES_OF_WINDOWS[order],
    }
    results = written(RUN, tmp_path / "r.csv", **arrays)
    windows = read_run(results, read_rows(results)).windows
    assert windows is not None
    assert windows.stem.tolist() == STEM.tolist()
    assert (windows.start_s / 5.12).tolist() == pytest.approx([0, 2, 3, 1, 4, 5, 6, 7, 9, 8])
    assert np.array_equal(windows.scores, SCORES_OF_WINDOWS[[0, 2, 3, 1, 4, 5, 6, 7, 9, 8]])


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"stem": STEM[1:]}, r"ValueError: shapes \(9,\), \(10,\) and \(10, 527\)"),
        ({"stem": STEM.astype(float)}, "TypeError: stem of type float64"),
        ({"stem": STEM + 1}, "ValueError: windows of stems outside 0 to 3"),
        ({"start_s": np.full(10, -1.0)}, "ValueError: windows that start before the file"),
        ({"start_s": np.full(10, np.nan)}, "ValueError: windows that start before the file"),
        ({"scores": SCORES_OF_WINDOWS[:, 1:]}, r"scores of shape \(10, 526\), expected \(10, 527"),
        ({"scores": SCORES_OF_WINDOWS * np.float16(2)}, "ValueError: scores outside 0 to 1"),
        ({"scores": SCORES_OF_WINDOWS + np.float16(np.nan)}, "ValueError: scores outside 0 to 1"),
        ({"scores": SCORES_OF_WINDOWS.astype(float)}, "scores of type float64"),
    ],
)
def test_arrays_that_are_not_windows_are_refused(
    tmp_path: Path, arrays: dict[str, Any], message: str
) -> None:
    results = written(RUN, tmp_path / "r.csv", **arrays)
    with pytest.raises(
        UsageError, match=rf"r\.windows\.npz: not the windows of a run \(.*{message}"
    ):
        read_run(results, RUN.rows)


def test_a_file_that_is_cut_off_is_refused(results: Path) -> None:
    path = beside(results, WINDOWS)
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(UsageError, match=r"r\.windows\.npz: not the windows of a run"):
        read_run(results, RUN.rows)


def test_windows_of_other_stems_are_refused(tmp_path: Path) -> None:
    paths = [row.path for row in RUN.rows]
    message = r"r\.windows\.npz: D/0/1/1 drums\.wav and 0 more rows have windows but no scores in "
    results = written(RUN, tmp_path / "r.csv", paths=np.array([paths[0], "x", *paths[2:]]))
    with pytest.raises(UsageError, match=message):
        read_run(results, RUN.rows)


def test_windows_of_another_run_are_refused(tmp_path: Path) -> None:
    results = written(RUN, tmp_path / "r.csv", run_id="another")
    with pytest.raises(UsageError, match=r"r\.windows\.npz and r\.run\.json beside it are of two"):
        read_run(results, RUN.rows)


def test_windows_without_scores_are_not_read(results: Path) -> None:
    beside(results, SCORES).unlink()
    beside(results, WINDOWS).write_bytes(b"whatever")
    assert read_run(results, RUN.rows).windows is None


@pytest.mark.parametrize(
    "settings", [{"pool": "sum", "hop_s": 1}, {"pool": "max"}, {"pool": "max", "hop_s": "1"}, "all"]
)
def test_a_record_with_odd_windows_is_refused(results: Path, settings: object) -> None:
    path = beside(results, RUN_RECORD)
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "windows": settings}))
    with pytest.raises(UsageError, match=r"r\.run\.json: not the record of a run"):
        read_run(results, RUN.rows)


def test_another_dictionary_changes_the_figures_of_windows(results: Path, tmp_path: Path) -> None:
    labels = tmp_path / "l.json"
    labels.write_text(json.dumps({"bass": ["drum"], "vocals": ["piano"], "drums": ["drum kit"]}))
    assert relabel([str(results), "--labels", str(labels)]) == 0
    again = tmp_path / "r.relabelled.csv"
    found = window_figures(read_run(again, read_rows(again)))
    assert found is not None
    assert [one.matches for one in found.heard] == [2, 1, 2]  # drum kit stays; singing is other
