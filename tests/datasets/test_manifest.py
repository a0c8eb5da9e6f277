"""A CSV file that lists the stems."""

from pathlib import Path

import pytest

from AST.datasets import DATASETS
from AST.errors import UsageError

MANIFEST = DATASETS["manifest"]


def write(root: Path, text: str, encoding: str = "utf-8") -> Path:
    for name in ("a.wav", "b.wav", "'-b.wav", "-take.wav"):
        (root / name).touch()
    (root / "m.csv").write_text(text, encoding)
    return root / "m.csv"


def test_label_and_path_are_enough(tmp_path: Path) -> None:
    found = MANIFEST.find(write(tmp_path, "path,label\nb.wav,bass\na.wav,\n"))
    assert [(stem.label, stem.path.name, stem.song) for stem in found.stems] == [
        ("bass", "b.wav", "b.wav"),
        ("", "a.wav", "a.wav"),
    ]
    assert not found.left_out
    assert not found.missing


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("path;label\r\na.wav;bass\r\n", "utf-8-sig"),
        ("PATH\tLabel\r\na.wav\tbass\r\n", "utf-16"),
        ("note,label,path\nx,bass,a.wav\n", "utf-8"),
    ],
)
def test_manifests_as_excel_saves_them(tmp_path: Path, text: str, encoding: str) -> None:
    [stem] = MANIFEST.stems(write(tmp_path, text, encoding))
    assert (stem.label, stem.path) == ("bass", tmp_path / "a.wav")


def test_paths_as_a_results_file_shows_them(tmp_path: Path) -> None:
    [stem] = MANIFEST.stems(write(tmp_path, "path,label\n'-take.wav,bass\n"))
    assert stem.path == tmp_path / "-take.wav"


def test_absolute_paths(tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    write(tmp_path, "")
    manifest = tmp_path / "lists" / "m.csv"
    manifest.write_text(f"path,label\n{tmp_path / 'a.wav'},bass\n")
    assert [stem.path for stem in MANIFEST.stems(manifest)] == [tmp_path / "a.wav"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("path,label\na.wav,bass\n ,drums\n", r"m\.csv, row 2 \(line 3\): no path"),
        ("path,label\na.wav,bass\n./a.wav,drums\n", r"row 2 .*: '\./a\.wav' stands in row 1 too"),
        ("path,label\na.wav\n", r"row 1 \(line 2\): 1 fields, expected 2"),
        ("path\na.wav\n", "no column label in the header"),
        ("path,lable\na.wav,bass\n", "no column label in the header"),
        ("", "empty file"),
        ("path,label\n", r"m\.csv: no row; expected a CSV file with the columns path,label"),
        ("path,label\nx.wav,bass\ny.wav,\n", "none of its files exists, such as x.wav; .*start at"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        MANIFEST.find(write(tmp_path, text))


def test_a_folder_or_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not a file; expected a CSV file"):
        MANIFEST.find(tmp_path)
    with pytest.raises(UsageError, match=r"no\.csv: does not exist; expected a CSV file"):
        MANIFEST.find(tmp_path / "no.csv")


def test_missing_files_are_listed(tmp_path: Path) -> None:
    found = MANIFEST.find(write(tmp_path, "path,label\na.wav,bass\nx.wav,bass\ny.mp4#2,\n"))
    assert len(found.stems) == 1
    assert found.left_out == {"files that do not exist": 2}
    assert found.missing == ["x.wav", "y.mp4#2"]
