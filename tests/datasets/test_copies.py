"""Stems that are in a folder twice."""

from pathlib import Path

import pytest

from AST.datasets import DATASETS
from AST.datasets.copies import CHUNK_BYTES, without_copies
from AST.datasets.dataset import Dataset
from AST.datasets.folder import labelled

DSD100, MOISESDB, FOLDER = (DATASETS[name] for name in ("dsd100", "moisesdb", "folder"))
CONTENT = b"sound" * CHUNK_BYTES  # several chunks


def copies(dataset: Dataset, root: Path, files: dict[str, bytes]) -> list[tuple[str, str]]:
    """The copies that are found, each with its original."""
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    stems = dataset.stems(root)
    kept, pairs = without_copies(stems)
    assert sorted(kept + [copy for copy, _ in pairs], key=lambda stem: stem.path.parts) == stems
    return [
        (str(copy.path.relative_to(root)), str(original.path.relative_to(root)))
        for copy, original in pairs
    ]


@pytest.mark.parametrize(
    ("dataset", "below"),
    [
        (DSD100, "Sources/Dev/051 - A - B/bass.wav"),
        (MOISESDB, "moisesdb_v0.1/9653a690/bass/1c2d.wav"),
        (FOLDER, "wind/flute.wav"),
        (labelled("file"), "song 1/bass.wav"),
    ],
    ids=lambda value: value.layout if isinstance(value, Dataset) else value,
)
def test_a_subset_beside_the_full_dataset(tmp_path: Path, dataset: Dataset, below: str) -> None:
    full, subset, third = f"full/{below}", f"subset/{below}", f"third/{below}"
    assert copies(dataset, tmp_path, dict.fromkeys([full, subset, third], CONTENT)) == [
        (subset, full),
        (third, full),
    ]


@pytest.mark.parametrize(
    "other",
    [
        "b/moisesdb_v0.1/another/bass/1.wav",  # the same drum loop in another song
        "b/moisesdb_v0.1/song/drums/1.wav",
        "b/moisesdb_v0.1/song/bass/2.wav",
    ],
    ids=["song", "label", "file name"],
)
def test_the_same_content_alone_is_no_copy(tmp_path: Path, other: str) -> None:
    files = dict.fromkeys(["a/moisesdb_v0.1/song/bass/1.wav", other], CONTENT)
    assert copies(MOISESDB, tmp_path, files) == []


@pytest.mark.parametrize(
    "content", [CONTENT[:-1] + b"!", CONTENT + b"!"], ids=["last byte", "size"]
)
def test_the_same_names_alone_are_no_copy(tmp_path: Path, content: bytes) -> None:
    files = {"a/song/bass.wav": CONTENT, "b/song/bass.wav": content}
    assert copies(DSD100, tmp_path, files) == []


def test_files_that_cannot_be_read_are_left_to_the_run(tmp_path: Path) -> None:
    for folder in ("a/song", "b/song"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "bass.wav").symlink_to("nowhere.wav")
    assert copies(DSD100, tmp_path, {}) == []


def test_only_files_that_may_be_copies_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(stem: object) -> None:
        raise AssertionError(f"{stem} was read")

    monkeypatch.setattr("AST.datasets.copies._content", refuse)
    files = {"a/song/bass.wav": b"1", "a/song/drums.wav": b"1", "b/song/bass.wav": b"22"}
    assert copies(DSD100, tmp_path, files) == []
