from pathlib import Path

import pytest

from AST.datasets import DATASETS
from AST.datasets.dataset import Dataset
from AST.datasets.walk import walk_folder
from AST.errors import UsageError

DSD100 = DATASETS["dsd100"]
MOISESDB = DATASETS["moisesdb"]


def touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def found(dataset: Dataset, folder: Path) -> list[tuple[str, str]]:
    return [(stem.label, str(stem.path.relative_to(folder))) for stem in dataset.stems(folder)]


@pytest.fixture
def dsd100(tmp_path: Path) -> Path:
    root = tmp_path / "DSD100"
    song = "Sources/Test/001 - A - B"
    touch(root, "Mixtures/Test/001 - A - B/mixture.wav", "dsd100.txt", "dsd100subset.xlsx")
    touch(root, *(f"{song}/{name}.wav" for name in ("vocals", "bass", "other", "drums")))
    touch(root, f"{song}/._bass.wav", f"{song}/01 Mix.wav", f"{song}/OTHER.wav", f"{song}/a.txt")
    touch(root, "Sources/Dev/051 - C - D/bass.MP3")
    return root


def test_dsd100_labels_are_file_names_sorted_by_path(dsd100: Path) -> None:
    assert found(DSD100, dsd100) == [
        ("bass", "Sources/Dev/051 - C - D/bass.MP3"),
        ("bass", "Sources/Test/001 - A - B/bass.wav"),
        ("drums", "Sources/Test/001 - A - B/drums.wav"),
        ("vocals", "Sources/Test/001 - A - B/vocals.wav"),
    ]


@pytest.mark.parametrize(
    "name", ["mix", "mixture", "other", "01 Mix", "other_1", "MIX-final", "2mix"]
)
def test_dsd100_leaves_out_mixtures_and_other_as_words(tmp_path: Path, name: str) -> None:
    touch(tmp_path, f"song/{name}.wav", "song/bass.wav")
    assert found(DSD100, tmp_path) == [("bass", "song/bass.wav")]


@pytest.mark.parametrize("name", ["Mother Voice", "Remixed Bass", "Brothers", "mixer", "othér"])
def test_dsd100_does_not_look_for_letters_within_words(tmp_path: Path, name: str) -> None:
    touch(tmp_path, f"song/{name}.wav")
    assert found(DSD100, tmp_path) == [(name, f"song/{name}.wav")]


def test_what_is_left_out_is_counted_by_reason(dsd100: Path) -> None:
    song = "Sources/Test/001 - A - B"
    touch(dsd100, f"__MACOSX/{song}/bass.wav", f".old/{song}/bass.wav", f"{song}/.git/bass.wav")
    touch(dsd100, f"{song}/vocals.AIFC", f"{song}/drums.aifc", f"{song}/bass.au", f"{song}/._x.caf")
    (dsd100 / "again").symlink_to(dsd100 / "Sources")
    result = DSD100.find(dsd100)
    assert len(result.stems) == 4
    assert result.left_out == {
        ".aifc files (not supported)": 2,
        ".au files (not supported)": 1,
        "folders that links reach again": 1,
        "hidden files": 2,
        "hidden or __MACOSX folders": 3,
        "mixtures and stems 'other'": 4,
    }


def test_a_folder_of_stems_alone_leaves_nothing_out(tmp_path: Path) -> None:
    touch(tmp_path, "song/bass.opus", "song/drums.WV", "song/notes.txt")
    assert DSD100.find(tmp_path).left_out == {}


@pytest.mark.parametrize("inside", ["Sources", "Sources/Test", "Sources/Test/001 - A - B"])
def test_any_folder_inside_the_dataset_will_do(dsd100: Path, inside: str) -> None:
    assert ("drums", "drums.wav") in [
        (label, Path(path).name) for label, path in found(DSD100, dsd100 / inside)
    ]


def test_moisesdb_labels_are_folder_names(tmp_path: Path) -> None:
    root = tmp_path / "moisesdb"
    song = "moisesdb_v0.1/9653a690"
    touch(root, f"{song}/drums/.DS_Store", f"{song}/drums/._x.wav")
    touch(root, f"{song}/drums/b.wav", f"{song}/drums/a.flac", f"{song}/other/x.wav")
    touch(root, f"{song}/other_keys/y.aiff", f"{song}/bass/mix.m4a")
    assert found(MOISESDB, root) == [
        ("bass", f"{song}/bass/mix.m4a"),
        ("drums", f"{song}/drums/a.flac"),
        ("drums", f"{song}/drums/b.wav"),
        ("other_keys", f"{song}/other_keys/y.aiff"),
    ]


def test_walk_sorts_by_the_parts_of_the_path(tmp_path: Path) -> None:
    touch(tmp_path, "a b/x.wav", "a/x.wav", "a/b/x.wav", "B/x.wav", "z.wav")
    names = [str(path.relative_to(tmp_path)) for path in walk_folder(tmp_path).files]
    assert names == ["B/x.wav", "a/b/x.wav", "a/x.wav", "a b/x.wav", "z.wav"]


def test_loops_of_links_end_and_no_file_is_found_twice(tmp_path: Path) -> None:
    touch(tmp_path, "song/bass/x.wav")
    (tmp_path / "song" / "loop").symlink_to(tmp_path)
    (tmp_path / "song" / "bass" / "again").symlink_to(tmp_path / "song")
    assert [stem.path.name for stem in MOISESDB.stems(tmp_path)] == ["x.wav"]


def test_linked_folders_and_files_are_followed(tmp_path: Path) -> None:
    touch(tmp_path, "elsewhere/bass/x.wav", "elsewhere/loose.wav")
    touch(tmp_path, "dataset/readme.txt")
    (tmp_path / "dataset" / "song").symlink_to(tmp_path / "elsewhere")
    assert found(MOISESDB, tmp_path / "dataset") == [
        ("bass", "song/bass/x.wav"),
        ("song", "song/loose.wav"),
    ]


def test_labels_do_not_depend_on_where_the_user_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path, "song/bass/x.wav", "song/other/y.wav", "song/.hidden/z.wav")
    monkeypatch.chdir(tmp_path / "song" / "bass")
    assert [stem.label for stem in MOISESDB.stems(Path())] == ["bass"]
    assert [stem.label for stem in MOISESDB.stems(Path("../../song"))] == ["bass"]
    monkeypatch.chdir(tmp_path / "song" / "other")
    with pytest.raises(UsageError, match="no stems of MoisesDB"):
        MOISESDB.stems(Path())


def test_a_folder_named_like_a_file_is_a_folder(tmp_path: Path) -> None:
    touch(tmp_path, "bass.wav/drums.wav")
    assert found(DSD100, tmp_path) == [("drums", "bass.wav/drums.wav")]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([], "found no file at all"),
        (["a.txt", "b.txt", "c"], r"no file of these kinds among 3 files \(2 .txt, 1 no suffix\)"),
        (["Mixtures/1/mixture.wav"], "1 audio files, none of them a stem, such as .*mixture.wav"),
    ],
)
def test_an_empty_walk_says_what_was_expected_and_found(
    tmp_path: Path, names: list[str], message: str
) -> None:
    touch(tmp_path, *names)
    with pytest.raises(UsageError, match=message) as caught:
        DSD100.stems(tmp_path)
    assert "Sources/{Dev,Test}/" in str(caught.value)


def test_a_wrong_path_says_what_is_there(tmp_path: Path) -> None:
    touch(tmp_path, "a.wav")
    with pytest.raises(UsageError, match="nowhere: does not exist"):
        DSD100.stems(tmp_path / "nowhere")
    with pytest.raises(UsageError, match=r"a\.wav: is a file"):
        DSD100.stems(tmp_path / "a.wav")
