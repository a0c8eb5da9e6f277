"""The study's own results in the package, and runs that are compared with them."""

import json
import shutil
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

from AST.commands.accuracy import main
from AST.datasets import dsd100, moisesdb
from AST.datasets.dataset import Dataset
from AST.evaluation.files.songs import guessed_songs
from AST.labels import LabelMap
from AST.metrics import accuracy
from AST.published_runs import FILES
from AST.results import Row, format_rows, read_rows
from tests.helpers import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def rows_of(name: str) -> list[Row]:
    return read_rows(FILES[name])


def saved(file: Path, rows: list[Row], folder: str = "") -> Path:
    """A results file, as of a dataset in some folder."""
    moved = [row._replace(path=f"{folder}{row.path}") for row in rows]
    file.write_text(format_rows([Row._fields, *moved]), newline="")
    return file


@pytest.mark.parametrize(
    ("dataset", "matches", "stems", "songs"),
    [(dsd100.DATASET, 276, 300, 100), (moisesdb.DATASET, 2219, 2542, 240)],
    ids=lambda value: value.name if isinstance(value, Dataset) else str(value),
)
def test_the_published_figures_follow(
    tmp_path: Path, dataset: Dataset, matches: int, stems: int, songs: int
) -> None:
    rows = rows_of(dataset.name)
    figure = accuracy(rows)
    assert (figure.matches, figure.total, len(set(guessed_songs(rows)))) == (matches, stems, songs)
    label_map = LabelMap(dataset.names_of_class)
    assert [label_map(row.prediction) for row in rows] == [row.proposed_label for row in rows]
    for row in reversed(rows):
        file = tmp_path / row.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    found = dataset.find(tmp_path).stems
    assert [stem.path.relative_to(tmp_path).as_posix() for stem in found] == [r.path for r in rows]
    assert [stem.label for stem in found] == [row.label for row in rows]
    assert len({stem.song for stem in found}) == songs


@pytest.mark.parametrize(
    ("package", "file"),
    [("AST", "data/published/dsd100.csv"), ("AST.evaluation.report", "templates/report.html")],
)
def test_a_wheel_holds_all_data(package: str, file: str) -> None:
    setup = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    patterns = setup["tool"]["setuptools"]["package-data"][package]
    room = ROOT / package.replace(".", "/")
    files = sorted((room / Path(file).parts[0]).rglob("*"))
    names = [str(path.relative_to(room)) for path in files if path.is_file()]
    assert file in names
    assert [name for name in names if not any(fnmatch(name, one) for one in patterns)] == []


@pytest.mark.parametrize("name", FILES)
def test_the_published_run_is_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    file = tmp_path / "mine.csv"
    shutil.copy(FILES[name], file)
    assert main([str(file), "--against", "published"]) == 0
    text = capsys.readouterr().out
    count = len(rows_of(name))
    [line] = [line for line in text.splitlines() if line.endswith("0") and "(100.00 %)" in line]
    same = f"{count} (100.00 %)  {count} (100.00 %)"
    assert " ".join(line.split()) == f"mine - published {' '.join(same.split())} 0"
    assert text.endswith("All runs propose the same labels.\n")


def test_changes_are_counted(tmp_path: Path) -> None:
    """Of 100 stems of a dataset elsewhere, three change: prediction, both, and proposed label."""
    rows = rows_of("DSD100")[:100]
    assert (rows[1].prediction, rows[1].proposed_label) == ("drum", "drums")
    rows[1] = rows[1]._replace(prediction="Drum kit")
    rows[4] = rows[4]._replace(prediction="tick", proposed_label="other")
    rows[7] = rows[7]._replace(proposed_label="other")
    stranger = Row("bass", "Sources/Dev/new/bass.wav", "bass guitar", "bass")
    file = saved(tmp_path / "r.csv", [*rows, stranger], "/data/DSD100/")
    written = tmp_path / "f.json"
    assert main([str(file), "--compare", "published", "--json", str(written)]) == 0
    several = json.loads(written.read_text())["several_runs"]
    assert [(run["name"], run["total"], run["left_out"]) for run in several["runs"]] == [
        ("r", 100, 1), ("published", 100, 200),
    ]  # fmt: skip
    [pair] = several["pairs"]
    assert (pair["stems"], pair["same_prediction"], pair["only_prediction_differs"]) == (100, 98, 1)
    assert (pair["difference_percent"], pair["only_second"]) == (-2, {"drums": 2})
    changed = [one["path"] for one in several["disagreements"]]
    assert changed == [f"/data/DSD100/{rows[place].path}" for place in (4, 7)]


def test_files_of_both_datasets_are_compared_with_both(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = saved(tmp_path / "a.csv", rows_of("DSD100"), "D/")
    other = saved(tmp_path / "b.csv", rows_of("MoisesDB")[:10], "M/")
    assert main([str(one), str(other), "--against", "published"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "310 of 310 published" in text
    assert "310 of 2842" in text


def test_a_word_and_a_file_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    saved(Path("mine.csv"), rows_of("DSD100"))
    saved(Path("published"), rows_of("DSD100")[:7])
    for other, stems in (("published", 300), ("./published", 7)):
        assert main(["mine.csv", "--against", other]) == 0
        assert f"Compared on the {stems} stems" in capsys.readouterr().out
    assert main(["mine.csv", "--against", "published", "--json", "published"]) == 0


def test_a_run_over_other_stems_is_told_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(ROOT / "results_dsd100.csv"), "--against", "published"]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "results_dsd100.csv: no stem in common with the published runs of DSD100 (300" in line
    assert "found demo/DSD100/Sources/Dev/001 - Demo - First Light/bass.mp3; expected" in line
