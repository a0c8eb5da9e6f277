"""What a run says at its start about the stems that it found."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import analyze_moisesdb
import AST
from AST.datasets import DATASETS
from AST.datasets.dataset import Dataset
from AST.datasets.stem import Found
from AST.published_runs import FILES
from AST.results import read_rows
from AST.run.progress import Progress
from AST.run.selection import select_stems
from synthetic.stems import SAMPLE_RATE_HZ, write_samples
from tests.helpers import RunScript, tone

DSD100 = DATASETS["dsd100"]


class Lines(Progress):
    """Keeps what a run says."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, line: str) -> None:
        self.said.append(line)


def select(
    folder: Path, dataset: Dataset = DSD100, keep_duplicates: bool = False
) -> tuple[Found, list[str]]:
    lines = Lines()
    return select_stems(dataset, folder, lines, keep_duplicates), lines.said


@pytest.fixture
def songs(tmp_path: Path) -> Path:
    for song in ("1", "2"):
        for name in ("bass", "drums", "other"):
            path = tmp_path / "full" / song / f"{name}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name)
    return tmp_path


def test_a_part_of_a_dataset(songs: Path) -> None:
    found, lines = select(songs)
    assert len(found.stems) == 4
    assert lines == [
        "DSD100: 4 stems of 2 songs; left out: mixtures and stems 'other': 2",
        "warning: the whole of DSD100 has 300 stems; the figures are of these 4",
    ]


@pytest.mark.parametrize("stem_count", [None, 4])
def test_a_whole_dataset_gives_no_warning(songs: Path, stem_count: int | None) -> None:
    _, lines = select(songs, replace(DSD100, stem_count=stem_count, song_counts={}))
    assert lines == ["DSD100: 4 stems of 2 songs; left out: mixtures and stems 'other': 2"]


def test_a_part_of_a_dataset_that_counts_songs(songs: Path) -> None:
    dataset = replace(DSD100, stem_count=None, song_counts={"V1": 1500, "small": 3})
    _, lines = select(songs, dataset)
    assert lines[1:] == [
        "warning: the whole of DSD100 has 1,500 songs (V1), 3 songs (small); the figures are of "
        "these 2"
    ]
    assert len(select(songs, replace(dataset, song_counts={"V1": 1500, "small": 2}))[1]) == 1


def found_anyway(found: Found) -> Callable[[Path], Found]:
    return lambda folder: found


def test_missing_stems_are_named(songs: Path) -> None:
    stems = DSD100.find(songs).stems
    for missing, listed in ((["a", "b"], "a, b"), (["a", "b", "c", "d"], "a, b, c, …")):
        found = Found(stems, {}, missing)
        dataset = replace(DSD100, finder=found_anyway(found), stem_count=None, song_counts={})
        _, lines = select(songs, dataset)
        count = 4 + len(missing)
        assert lines[1:] == [f"warning: 4 of {count} stems; missing: {listed}"]


def test_copies_are_counted_once_unless_they_are_kept(songs: Path) -> None:
    shutil.copytree(songs / "full" / "2", songs / "subset" / "2")
    found, lines = select(songs)
    assert [stem.path for stem in found.stems] == sorted((songs / "full").rglob("[bd]*.wav"))
    assert found.left_out["copies of other stems"] == 2
    assert "DSD100: 4 stems of 2 songs" in lines[0]
    assert lines[0].endswith("copies of other stems: 2")
    assert lines[-1] == (
        f"warning: stems that are here twice are counted once: 2, such as {songs}/subset/2/"
        f"bass.wav, a copy of {songs}/full/2/bass.wav; --keep-duplicates counts both"
    )
    found, lines = select(songs, keep_duplicates=True)
    assert len(found.stems) == 6
    assert "copies" not in "".join(lines)


def test_figures_count_a_copy_once(ast_path: Path, no_speech_path: Path, tmp_path: Path) -> None:
    for song in ("full/1", "subset/1"):
        write_samples(tmp_path / song / "bass.wav", tone(440, 1, SAMPLE_RATE_HZ))
    models = {"model": str(ast_path), "speech_model": str(no_speech_path)}
    settings = AST.Settings(workers=0)
    run = AST.analyse("dsd100", tmp_path, **models, settings=settings)  # type: ignore[arg-type]
    assert run.accuracy.total == 1
    assert run.record["left_out"] == {"copies of other stems": 1}
    kept = AST.analyse("dsd100", tmp_path, **models, settings=settings, keep_duplicates=True)  # type: ignore[arg-type]
    assert kept.accuracy.total == 2


@pytest.mark.parametrize(
    ("flags", "rows"), [([], 1), (["--keep-duplicates"], 2)], ids=["once", "twice"]
)
def test_the_flag_of_the_command_line(
    tmp_path: Path, flags: list[str], rows: int, capsys: pytest.CaptureFixture[str]
) -> None:
    for song in ("full/1", "subset/1"):
        write_samples(tmp_path / song / "bass" / "x.wav", tone(440, 1, SAMPLE_RATE_HZ))
    options = ["--model", "tiny", "--workers", "0", "--output", str(tmp_path / "r.csv")]
    assert analyze_moisesdb.main([str(tmp_path), *options, *flags]) == 0
    assert f"/{rows} matches)" in capsys.readouterr().out


def test_the_wrong_script_is_refused_before_any_work(run: RunScript, songs: Path) -> None:
    result = run("analyze_moisesdb.py", songs, "--model", "no such file")
    assert result.returncode == 2
    assert result.stderr.count("\n") == 1
    assert result.stderr.endswith(": use analyze_dsd100.py\n")
    assert list(songs.iterdir()) == [songs / "full"]


def test_missing_stems_do_not_depend_on_what_else_is_left_out(tmp_path: Path) -> None:
    paths = [row.path for row in read_rows(FILES["DSD100"])]
    for path in (*paths[1:], "Sources/Dev/051 - AM Contra - Heart Peripheral/Voice.wav"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    _, lines = select(tmp_path, DATASETS["dsd100"])
    assert lines[1] == f"warning: 299 of 300 stems; missing: {paths[0]}"


def test_instruments_that_nobody_knows_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.wav").touch()
    listed = "path,label,instrument\na.wav,wind,kazoo\n"
    (tmp_path / "list.csv").write_text(listed)
    _, lines = select(tmp_path / "list.csv", DATASETS["manifest"])
    assert lines[1:] == [
        "warning: no AudioSet names are known for the instruments kazoo: such stems are in no "
        "figure of instruments"
    ]
