"""Damaged, missing and moved metadata, known errata, bleed."""

import errno
import shutil
from pathlib import Path

import pytest

from AST.datasets import DATASETS, medleydb
from AST.datasets.dataset import Dataset
from AST.datasets.fitting import check_classes
from AST.errors import UsageError
from tests.datasets.trees import (
    MEDLEYDB,
    MOISESDB,
    SLAKH,
    TREES,
    audio,
    medleydb_files,
    medleydb_metadata,
)

METADATA = {
    "slakh2100": "train/Track00001/metadata.yaml",
    "medleydb": "Audio/A_Song/A_Song_METADATA.yaml",
    "moisesdb": "moisesdb_v0.1/96/data.json",
}


def write(root: Path, files: dict[str, str | None]) -> Path:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content or "", "utf-8")
    return root


def errata(dataset: Dataset, root: Path) -> dict[str, str]:
    return {
        str(stem.path.relative_to(root)): stem.erratum
        for stem in dataset.stems(root)
        if stem.erratum
    }


@pytest.mark.parametrize("name", METADATA)
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[1, 2",
        b"{a: b: c",
        b"\xff\xfe\x00broken",
        b"[]",
        b"{}",
        b'{"stems": 3, "has_bleed": "no"}',
        b'{"stems": [3], "has_bleed": "no"}',
        b"[" * 100_000,
        b"a: 2020-99-99\n",
    ],
    ids=lambda content: repr(content[:30]),
)
def test_damaged_metadata_is_named(name: str, content: bytes, tmp_path: Path) -> None:
    TREES[name].write(tmp_path)
    (tmp_path / METADATA[name]).write_bytes(content)
    with pytest.raises(UsageError, match=r"damaged metadata: .*fix the file") as caught:
        DATASETS[name].stems(tmp_path)
    assert str(caught.value).startswith(str(tmp_path / METADATA[name]))
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("name", ["slakh2100", "medleydb"])
def test_metadata_runs_no_code(name: str, tmp_path: Path) -> None:
    TREES[name].write(tmp_path)
    code = f"!!python/object/apply:os.mkdir [{tmp_path / 'made'}]"
    (tmp_path / METADATA[name]).write_text(code)
    with pytest.raises(UsageError, match="damaged metadata: could not determine a constructor"):
        DATASETS[name].stems(tmp_path)
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("name", METADATA)
def test_metadata_that_cannot_be_read_is_named(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    TREES[name].write(tmp_path)

    def refuse(path: Path) -> bytes:
        raise PermissionError(errno.EACCES, "Permission denied", path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(UsageError, match="damaged metadata: Permission denied"):
        DATASETS[name].stems(tmp_path)


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        ("slakh2100", "program_num: 43", "program_num: x", "program_num is 'x'"),
        ("medleydb", "instrument: oboe", "instrument: 3", "instrument of S09 is 3"),
        ("medleydb", "has_bleed: 'no'", "has_bleed: perhaps", "has_bleed is 'perhaps'"),
        ("medleydb", "has_bleed: 'no'", "has_bleed: [no]", r"has_bleed is \[False\]"),
        ("moisesdb", '"trackType": "hi-hat"', '"trackType": 7', "trackType is 7"),
    ],
)
def test_damaged_values_are_named(
    name: str, old: str, new: str, problem: str, tmp_path: Path
) -> None:
    TREES[name].write(tmp_path)
    path = tmp_path / METADATA[name]
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(UsageError, match=problem):
        DATASETS[name].stems(tmp_path)


def test_metadata_of_another_dataset_does_not_hide_the_real_problem(tmp_path: Path) -> None:
    write(tmp_path, {**audio("Track00001/stems/S00.wav"), "Track00001/metadata.yaml": "broken"})
    with pytest.raises(UsageError, match="labels such as 'S00'"):
        check_classes(DATASETS["dsd100"], tmp_path, DATASETS["dsd100"].stems(tmp_path))


@pytest.mark.parametrize("wrong", ["dsd100", "moisesdb", "folder"])
def test_the_right_dataset_is_named(wrong: str, tmp_path: Path) -> None:
    for name in ("slakh2100", "musdb18"):
        root = tmp_path / name
        TREES[name].write(root)
        with pytest.raises(UsageError, match=rf"use analyze\.py {name}$"):
            check_classes(DATASETS[wrong], root, DATASETS[wrong].stems(root))


def test_moisesdb_without_metadata_has_the_same_classes(tmp_path: Path) -> None:
    dataset = DATASETS["moisesdb"]
    MOISESDB.write(tmp_path)
    with_metadata = dataset.stems(tmp_path)
    (tmp_path / METADATA["moisesdb"]).unlink()
    without = dataset.stems(tmp_path)
    assert [(stem.label, stem.path) for stem in without] == [
        (stem.label, stem.path) for stem in with_metadata
    ]
    assert not any(stem.instrument for stem in without)


def test_moisesdb_says_which_stems_have_bleed(tmp_path: Path) -> None:
    MOISESDB.write(tmp_path)
    stems = DATASETS["moisesdb"].stems(tmp_path)
    assert [stem.path.name for stem in stems if stem.has_bleed] == ["3.wav"]


def test_slakh_without_any_metadata_says_so(tmp_path: Path) -> None:
    SLAKH.write(tmp_path)
    for path in tmp_path.rglob("metadata.yaml"):
        path.unlink()
    with pytest.raises(UsageError, match=r"songs without metadata\.yaml: \d+.*must have its met"):
        DATASETS["slakh2100"].stems(tmp_path)


@pytest.mark.parametrize(
    ("bleed", "songs"), [("without", {"A_Song"}), ("with", {"A_Song", "B_Live"})]
)
def test_songs_with_bleed(bleed: str, songs: set[str], tmp_path: Path) -> None:
    dataset = medleydb.chosen(bleed)
    stems = dataset.stems(MEDLEYDB.write(tmp_path))
    assert {stem.song for stem in stems} == songs
    assert all(stem.has_bleed == (stem.song == "B_Live") for stem in stems)
    assert dataset.options == {"bleed": bleed}


@pytest.mark.parametrize("text", ["yes", "'yes'", "'Yes '", "true"])
def test_yes_is_yes_however_it_is_written(text: str, tmp_path: Path) -> None:
    metadata = {"Audio/A/A_METADATA.yaml": medleydb_metadata(text, "piano")}
    write(tmp_path, {**medleydb_files("A", 1), **metadata})
    with pytest.raises(UsageError, match=r"stems of songs with bleed: 1.*--bleed with"):
        DATASETS["medleydb"].stems(tmp_path)


def test_medleydb_without_metadata_says_where_to_get_it(tmp_path: Path) -> None:
    write(tmp_path, medleydb_files("A", 2))
    with pytest.raises(
        UsageError,
        match=r"songs without metadata: 2; .* in the downloads .* give --metadata with the folder "
        "medleydb/data/Metadata of https://github.com/marl/medleydb",
    ):
        DATASETS["medleydb"].stems(tmp_path)


@pytest.mark.parametrize("named", ["Metadata", "."], ids=["folder", "folder above"])
def test_metadata_elsewhere(named: str, tmp_path: Path) -> None:
    MEDLEYDB.write(tmp_path / "data")
    elsewhere = tmp_path / "repository" / "Metadata"
    elsewhere.mkdir(parents=True)
    for path in (tmp_path / "data").rglob("*_METADATA.yaml"):
        shutil.move(path, elsewhere)
    dataset = medleydb.chosen(metadata=tmp_path / "repository" / named)
    assert len(dataset.stems(tmp_path / "data")) == len(MEDLEYDB.stems)


@pytest.mark.parametrize("folder", ["nowhere", "data"])
def test_a_wrong_metadata_folder_is_named(folder: str, tmp_path: Path) -> None:
    write(tmp_path / "data", medleydb_files("A", 1))
    dataset = medleydb.chosen(metadata=tmp_path / folder)
    with pytest.raises(UsageError, match=rf"{folder}: no \*_METADATA.yaml here; expected the fo"):
        dataset.stems(tmp_path / "data")


def test_errata_of_musdb18_in_all_that_hold_its_songs(tmp_path: Path) -> None:
    song, wrong = "Leaf - Wicked", ("drums", "vocals")
    files = [f"{song}/{name}.wav" for name in ("bass", "drums", "vocals")]
    write(tmp_path / "hq" / "train", audio(*files))
    write(tmp_path / "mp4" / "train", audio(f"{song}.stem.mp4"))
    write(tmp_path / "dsd" / "Sources" / "Dev", audio(*(f"051 - {file}" for file in files)))
    hq = errata(DATASETS["musdb18hq"], tmp_path / "hq")
    assert hq == {
        f"train/{song}/drums.wav": "a guitar is in it at 2:20 and 3:02",
        f"train/{song}/vocals.wav": "a guitar is in it from 3:02 to 3:08",
    }
    dsd = errata(DATASETS["dsd100"], tmp_path / "dsd")
    assert set(dsd) == {f"Sources/Dev/051 - {song}/{name}.wav" for name in wrong}
    mp4 = errata(DATASETS["musdb18"], tmp_path / "mp4")
    assert set(mp4) == {f"train/{song}.stem.mp4#{number}" for number in (1, 4)}


def test_errata_of_medleydb(tmp_path: Path) -> None:
    songs = {
        "HopsNVinyl_HoneyBrown": ("vibraphone", "piano"),
        "TheSoSoGlos_Emergency": ("piano", *["synthesizer"] * 8),
        "Another_Song": ("vibraphone",),
    }
    for song, instruments in songs.items():
        metadata = medleydb_metadata("'no'", *instruments)
        files = {**medleydb_files(song, len(instruments))}
        write(tmp_path, {**files, f"Audio/{song}/{song}_METADATA.yaml": metadata})
    notes = errata(DATASETS["medleydb"], tmp_path)
    assert {Path(path).name: note for path, note in notes.items()} == {
        "HopsNVinyl_HoneyBrown_STEM_01.wav": "the whole mix is in it",
        "TheSoSoGlos_Emergency_STEM_08.wav": "a synthesizer bass",
    }


def test_a_track_type_that_is_null_is_a_missing_one(tmp_path: Path) -> None:
    TREES["moisesdb"].write(tmp_path)
    path = tmp_path / METADATA["moisesdb"]
    before = DATASETS["moisesdb"].stems(tmp_path)
    path.write_text(path.read_text().replace('"trackType": "hi-hat"', '"trackType": null'))
    after = DATASETS["moisesdb"].stems(tmp_path)
    changed = [(a.instrument, b.instrument) for a, b in zip(before, after, strict=True) if a != b]
    assert changed == [("hi-hat", "")]
