"""Several results files as one figure."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from AST.commands.accuracy import main
from AST.errors import UsageError
from AST.evaluation.files.saved_run import SavedRun
from AST.evaluation.files.score_file import StemScores
from AST.evaluation.findings import find
from AST.evaluation.report.page import render
from AST.evaluation.report.stem_table import stem_table
from AST.evaluation.several_runs.figures import compare_runs
from AST.evaluation.several_runs.pooled_figures import pooled_files
from AST.evaluation.several_runs.pooling import pooled
from AST.evaluation.text import describe
from AST.results import Row, format_rows
from synthetic.stems import SAMPLE_RATE_HZ, write_samples
from tests.helpers import DICTIONARY, ROWS, stem_scores, tone, write_scores

LONG_WAIT = "The Long Wait - Back Home To Blue"
DSD100 = [
    Row("bass", f"D/Sources/Test/040 - {LONG_WAIT}/bass.wav", "bass guitar", "bass"),
    Row("drums", f"D/Sources/Test/040 - {LONG_WAIT}/drums.wav", "drum", "drums"),
    Row("bass", "D/Sources/Dev/051 - A - B/bass.wav", "tick", "other"),
]
MUSDB = [
    Row("bass", f"M/test/{LONG_WAIT}/bass.wav", "tick", "other"),
    Row("bass", "M/train/A Classic Education - NightOwl/bass.wav", "bass guitar", "bass"),
]
MEDLEYDB = [Row("wind", "V1/AClassicEducation_NightOwl/X_STEMS/X_STEM_01.wav", "flute", "wind")]


def run_of(
    name: str,
    rows: list[Row],
    dataset: str | None = None,
    songs: list[str] | None = None,
    **more: Any,
) -> SavedRun:
    """A run in the file ``name``. With a dataset it has a record."""
    record = {"label_dictionary": DICTIONARY, "dataset": dataset, **more}
    if songs:
        record["songs"] = dict(zip([row.path for row in rows], songs, strict=True))
    return SavedRun(Path(name), rows, record=record if dataset else None)


def three_runs() -> list[SavedRun]:
    medleydb = run_of("medleydb.csv", MEDLEYDB, "MedleyDB", ["AClassicEducation_NightOwl"])
    return [run_of("dsd100.csv", DSD100, "DSD100"), run_of("m.csv", MUSDB, "MUSDB18-HQ"), medleydb]


def test_a_song_of_several_files_counts_once() -> None:
    run = pooled(three_runs())
    findings = find(run)
    assert (findings.matches, findings.total, findings.songs) == (4, 6, 3)
    assert findings.by_song is not None
    worst = [(one.song.rpartition("/")[2], one.total) for one in findings.by_song.worst]
    assert worst == [("051 - A - B", 1), (f"040 - {LONG_WAIT}", 3)]
    files = pooled_files(run)
    assert files is not None
    assert (files.songs, files.shared_songs) == (3, 2)
    counts = [
        (one.name, one.stems, one.matches, one.songs, one.shared_songs) for one in files.files
    ]
    assert counts == [("dsd100", 3, 2, 2, 1), ("m", 2, 1, 2, 2), ("medleydb", 1, 1, 1, 1)]
    text = describe(findings)
    assert "  m             2      1   50.00 %      2             2" in text
    assert "3 songs in all, 2 of them in more than one file." in text
    assert "over 3 songs (Wilson" in text


def test_a_pool_is_compared_with_a_run_in_another_folder() -> None:
    moved = [row._replace(path=f"/data/{row.path}") for row in MEDLEYDB]
    other = run_of("b.csv", moved, "MedleyDB", ["AClassicEducation_NightOwl"])
    several = compare_runs([pooled(three_runs()), other])
    assert [(run.name, run.total, run.left_out) for run in several.runs] == [
        ("dsd100 + m + medleydb", 1, 5), ("b", 1, 0),
    ]  # fmt: skip


def test_songs_of_the_same_name_in_other_datasets_are_other_songs() -> None:
    one = run_of("a.csv", [Row("bass", "a/1/bass.wav", "tick", "other")], "MoisesDB", ["1"])
    other = run_of("b.csv", [Row("bass", "b/1/bass.wav", "tick", "other")], "Slakh2100", ["1"])
    assert pooled([one, other]).songs == ["1", "Slakh2100: 1"]


def test_files_without_a_record_share_songs_by_name() -> None:
    run = pooled([run_of("a.csv", DSD100), run_of("b.csv", MUSDB)])
    assert len(set(run.songs)) == 3
    assert run.record is None


@pytest.mark.parametrize("dataset", [None, "DSD100"])
def test_the_same_stem_twice_is_no_pool(dataset: str | None) -> None:
    message = r"a\.csv and b\.csv have 1 stems in common, such as D/S.*: a\.csv --compare b\.csv"
    with pytest.raises(UsageError, match=message):
        pooled([run_of("a.csv", DSD100, dataset), run_of("b.csv", DSD100[1:2], "DSD100")])


def test_the_same_dataset_in_another_folder_is_no_pool() -> None:
    moved = [row._replace(path=row.path.replace("D/", "/data/DSD100/", 1)) for row in DSD100]
    with pytest.raises(UsageError, match="have 3 stems in common"):
        pooled([run_of("a.csv", DSD100, "DSD100"), run_of("b.csv", moved, "DSD100")])


def test_two_stems_may_have_the_same_path() -> None:
    """Both runs started in the folder of their recordings."""
    row = Row("bass", "bass/1.wav", "bass guitar", "bass")
    facts = {"instruments": {row.path: "fretless"}}
    one = run_of("x/r.csv", [row], "your folder", ["/x/bass/1.wav"], **facts)
    other = run_of("y/r.csv", [row], "your folder", ["/y/bass/1.wav"])
    run = pooled([one, other])
    assert [row.path for row in run.rows] == ["x/r: bass/1.wav", "y/r: bass/1.wav"]
    assert len(set(run.songs)) == 2
    assert run.record is not None
    assert run.record["instruments"] == {"x/r: bass/1.wav": "fretless"}


def test_manifests_in_two_folders_may_use_the_same_names() -> None:
    row = Row("bass", "a.wav", "bass guitar", "bass")
    one, other = (
        run_of(f"{name}.csv", [row], "manifest", ["a.wav"], dataset_path=f"/{name}")
        for name in ("x", "y")
    )
    assert len(pooled([one, other]).rows) == 2
    with pytest.raises(UsageError, match="1 stems in common"):
        pooled([one, one])


def test_stems_that_do_not_count_are_added_up() -> None:
    runs = [
        SavedRun(Path("a.csv"), DSD100, silent=1),
        SavedRun(Path("b.csv"), MUSDB, silent=2, unlabelled=4),
    ]
    run = pooled(runs)
    assert (run.silent, run.unlabelled) == (3, 4)


def test_records_say_what_is_the_same_and_what_belongs_to_stems() -> None:
    model = {"path": "a.pth", "sha256": "0" * 64, "is_published": True}
    names = {"violin": {"class": "bowed_strings", "exact": ["violin, fiddle"]}, "oboe": {}}
    one = run_of(
        "a.csv", DSD100, "DSD100", models={"ast": model}, device="cpu", precision="fp32",
        instruments={DSD100[0].path: "violin", DSD100[1].path: "oboe"}, instrument_names=names,
        errata={DSD100[0].path: "left channel"}, failures=[{"path": "x", "reason": "y"}],
    )  # fmt: skip
    other = run_of(
        "b.csv", MUSDB, "MUSDB18", models={"ast": {**model, "sha256": "1" * 64}}, device="cpu",
        precision="bf16", instruments={MUSDB[0].path: "violin"},
        instrument_names={"violin": {"class": "bowed_strings", "exact": []}},
    )  # fmt: skip
    record = pooled([one, other]).record
    assert record is not None
    assert (record["dataset"], record["device"]) == ("DSD100, MUSDB18", "cpu")
    assert "precision" not in record
    assert list(record["models"]) == ["ast (a)", "ast (b)"]
    assert record["instruments"] == {
        DSD100[0].path: "violin (DSD100)",
        DSD100[1].path: "oboe",
        MUSDB[0].path: "violin (MUSDB18)",
    }
    assert record["instrument_names"]["violin (MUSDB18)"]["exact"] == []
    assert set(record["instrument_names"]) == {"violin (DSD100)", "violin (MUSDB18)", "oboe"}
    assert record["errata"] == {DSD100[0].path: "left channel"}
    assert record["failures"] == [{"path": "x", "reason": "y"}]
    assert record["label_dictionary"] == DICTIONARY


def with_scores(folder: Path, name: str, prefix: str, dictionary: dict[str, list[str]]) -> Path:
    """The files of a run of ROWS below another folder."""
    rows = [row._replace(path=f"{prefix}{row.path}") for row in ROWS]
    file = folder / f"{name}.csv"
    file.write_text(format_rows([Row._fields, *rows]), newline="")
    write_scores(folder / f"{name}.scores.npz", [row.path for row in rows], stem_scores())
    record = {"label_dictionary": dictionary, "dataset": name}
    (folder / f"{name}.run.json").write_text(json.dumps(record))
    return file


def figures(folder: Path, *arguments: Path | str) -> dict[str, Any]:
    written = folder / "f.json"
    assert main([*map(str, arguments), "--json", str(written)]) == 0
    content: dict[str, Any] = json.loads(written.read_text("utf-8"))
    return content


def test_scores_are_pooled_if_there_is_one_dictionary(tmp_path: Path) -> None:
    one, other = (with_scores(tmp_path, name, f"{name}/", DICTIONARY) for name in "ab")
    single, both = figures(tmp_path, one), figures(tmp_path, one, other)
    assert both["total"] == 2 * single["total"]
    assert both["scores"]["top"] == single["scores"]["top"]
    assert both["scores"]["speech_decisions"] == 2 * single["scores"]["speech_decisions"]
    assert both["songs"] == 4


def test_figures_of_one_dictionary_are_left_out_if_there_are_two(tmp_path: Path) -> None:
    one = with_scores(tmp_path, "a", "a/", DICTIONARY)
    other = with_scores(tmp_path, "b", "b/", {**DICTIONARY, "wind": ["flute"]})
    content = figures(tmp_path, one, other, "--compare", one)
    assert content["scores"] is None
    assert content["scores_missing"] == "the label dictionaries of these files are not the same"
    assert content["several_runs"]["stems"] == len(ROWS)
    other.with_name("b.run.json").unlink()
    assert figures(tmp_path, one, other)["scores_missing"] == (
        "there is no b.run.json beside the results"
    )


def test_what_older_scores_lack_is_not_known(tmp_path: Path) -> None:
    scores = stem_scores()
    levels = scores.speech_score_percent * 0 + np.arange(5)
    newer = StemScores(scores.scores, scores.speech_score_percent, rms_dbfs=levels)
    other = [row._replace(path=f"b/{row.path}") for row in ROWS]
    run = pooled([SavedRun(Path("a.csv"), ROWS, newer), SavedRun(Path("b.csv"), other, scores)])
    assert run.scores is not None
    np.testing.assert_array_equal(run.scores.rms_dbfs, [0, 1, 2, 3, 4, *[np.nan] * 5])
    assert find(run).by_level[0].total == 5
    assert pooled([SavedRun(Path("a.csv"), ROWS, newer), run_of("c.csv", MUSDB)]).scores is None


def test_the_page_finds_the_audio_files_of_all_datasets(tmp_path: Path) -> None:
    stem = tmp_path / "musdb" / "test" / LONG_WAIT / "bass.wav"
    write_samples(stem, tone(440, 1, SAMPLE_RATE_HZ))
    musdb = run_of("m.csv", MUSDB, "MUSDB18-HQ", dataset_path=str(tmp_path / "musdb"))
    run = pooled([run_of("d.csv", DSD100, "DSD100"), musdb])
    found = stem_table(run, tmp_path).audio
    assert [place for place, audio in enumerate(found) if audio] == [3]
    page = render(run, find(run), tmp_path)
    assert "3 songs in all, 1 of them in more than one file" in page


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    found = [tmp_path / f"{name}.csv" for name in "ab"]
    for file, rows in zip(found, (DSD100, MUSDB), strict=True):
        file.write_text(format_rows([Row._fields, *rows]), newline="")
    return found


def test_the_command_pools_and_exports(
    tmp_path: Path, files: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "t"
    assert main([*map(str, files), "--tables", str(folder)]) == 0
    text = capsys.readouterr().out
    assert text.startswith("Accuracy: 60.00% (3/5 matches)\n\nMismatches:\n")
    assert "Pooled from 2 files:" in text
    lines = (folder / "pooled.csv").read_text("utf-8").splitlines()
    assert lines[0] == "file,stems,right,accuracy in percent,songs,shared songs"
    assert lines[2] == "b,2,1,50.0,2,1"
    assert main([*map(str, files), "--summary", "--compare", str(files[1])]) == 0
    summary = capsys.readouterr().out
    assert "over 3 songs of 2 files (1 shared)" in summary
    assert "Same prediction for 2 of 2 stems, same proposed label for 2" in summary


def test_a_pool_needs_all_columns_and_other_stems(
    files: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(files[0]), str(files[0])]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert "3 stems in common" in output.err
    files[1].write_text("label,proposed_label\nbass,Bass\n")
    assert main([*map(str, files)]) == 2
    assert f"error: {files[1]}: lacks paths or predictions" in capsys.readouterr().err
