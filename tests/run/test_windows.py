"""Runs that hear more than the study's window: predictions, the file of windows, stops, retries."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch

import AST
from AST.audio import preparation
from AST.commands import relabel
from AST.commands.analyze import build_dataset_parser, main_for
from AST.errors import UsageError
from AST.run_id import Tie
from AST.settings import ALL, MAX, REPEAT, VOTE, Windows
from AST.tagger.tagger import Tagger
from tests.helpers import INDEX, RATE_HZ, StopsAfter, tone, write

BASS, FLUTE = INDEX["Bass guitar"], INDEX["Flute"]
LOW = {BASS: 0.75, FLUTE: 0.125}
HIGH = {BASS: 0.25, FLUTE: 0.625}
"""What the stub says of a low and of a high tone. float16 holds these numbers exactly."""
BATCH_SIZE = 2


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """AST knows two tones. How many windows it took together is noted."""

    def by_band(_tagger: Tagger, spectrograms: torch.Tensor) -> npt.NDArray[np.float32]:
        counts.append(len(spectrograms))
        scores = np.zeros((len(spectrograms), 527), np.float32)
        for row, one in zip(scores, spectrograms, strict=True):
            is_low = one[:, :64].sum() > one[:, 64:].sum()
            answer = LOW if is_low else HIGH
            row[list(answer)] = list(answer.values())
        return scores

    counts: list[int] = []
    monkeypatch.setattr(Tagger, "scores", by_band)
    return counts


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A low tone and then a high one; a silent stem; a short high tone."""
    song = tmp_path / "song"
    song.mkdir()
    low, high = tone(100, 10.24, RATE_HZ), tone(3000, 20.48, RATE_HZ)
    write(song / "bass.wav", np.concatenate([np.zeros(2 * RATE_HZ), low, high]))
    write(song / "drums.wav", np.zeros(RATE_HZ))
    write(song / "vocals.wav", tone(3000, 3, RATE_HZ))
    return song


@pytest.fixture
def analyse(ast_path: Path, no_speech_path: Path, folder: Path, tmp_path: Path) -> Any:
    def run(windows: Windows, output: str = "r.csv", stop: int = 0, **options: Any) -> Any:
        return AST.analyse(
            "dsd100",
            folder,
            model=str(ast_path),
            speech_model=str(no_speech_path),
            output=tmp_path / output,
            settings=AST.Settings("cpu", workers=1, batch_size=BATCH_SIZE, windows=windows),
            progress=StopsAfter(stop),
            **options,
        )

    return run


def arrays(path: Path) -> dict[str, npt.NDArray[Any]]:
    with np.load(path) as file:
        return dict(file)


@pytest.mark.parametrize(
    ("windows", "prediction", "scores"),
    [
        (Windows(), "bass guitar", LOW),
        (Windows(1), "bass guitar", LOW),
        (Windows(2), "bass guitar", {BASS: 0.5, FLUTE: 0.375}),
        (Windows(ALL), "flute", {BASS: 1.25 / 3, FLUTE: 1.375 / 3}),
        (Windows(9), "flute", {BASS: 1.25 / 3, FLUTE: 1.375 / 3}),
        (Windows(ALL, pool=MAX), "bass guitar", {BASS: 0.75, FLUTE: 0.625}),
        (Windows(ALL, pool=VOTE), "flute", {BASS: 1 / 3, FLUTE: 2 / 3}),
        (Windows(ALL, hop_s=20.48), "bass guitar", {BASS: 0.5, FLUTE: 0.375}),
    ],
)
def test_the_prediction_is_that_of_the_windows(
    analyse: Any, taken: list[int], windows: Windows, prediction: str, scores: dict[int, float]
) -> None:
    run = analyse(windows)
    assert [row.prediction for row in run.rows] == [prediction, "silence", "flute"]
    found = {index: run.scores[0, index] for index in scores}
    assert found == pytest.approx(scores, abs=1e-4)
    assert np.isnan(run.scores[1]).all()
    assert max(taken) <= BATCH_SIZE


def test_the_windows_are_kept_beside_the_results(
    analyse: Any, taken: list[int], tmp_path: Path
) -> None:
    run = analyse(Windows(ALL))
    windows, scores = arrays(tmp_path / "r.windows.npz"), arrays(tmp_path / "r.scores.npz")
    assert windows["paths"].tolist() == scores["paths"].tolist()
    assert windows["stem"].tolist() == [0, 0, 0, 2]
    assert windows["stem"].dtype == np.int32
    # The file starts with 2 s of silence, of which trimming keeps 0.2 s.
    np.testing.assert_allclose(windows["start_s"], [1.8, 12.04, 22.28, 0])
    assert windows["scores"].dtype == np.float16
    assert windows["scores"][:, [BASS, FLUTE]].tolist() == [
        *([one[BASS], one[FLUTE]] for one in (LOW, HIGH, HIGH, HIGH))
    ]
    for name in ("run_id", "results_sha256"):
        assert windows[name] == scores[name] == run.record[name]
    assert run.record["windows"] == {
        "windows": "all", "hop_s": 10.24, "pool": "mean", "pad": "zero"
    }  # fmt: skip


def test_the_studys_way_keeps_no_windows(analyse: Any, taken: list[int], tmp_path: Path) -> None:
    analyse(Windows(ALL))
    run = analyse(Windows())
    assert run.record["windows"] == {"windows": "study", "pad": "zero"}
    assert not (tmp_path / "r.windows.npz").exists()
    assert (tmp_path / "r.1.windows.npz").exists()  # of the earlier run


def test_a_stop_changes_no_byte(
    analyse: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparation, "WINDOWS_IN_MEMORY", 2)  # then bass.wav's are in a file
    windows = Windows(ALL, hop_s=5.12)
    analyse(windows, "whole.csv")
    with pytest.raises(KeyboardInterrupt):
        analyse(windows, stop=1)
    assert not (tmp_path / "r.windows.npz").exists()
    with pytest.raises(UsageError, match="started with another windows;"):
        analyse(Windows(ALL))
    run = analyse(windows)
    assert run.record["counts"]["resumed"] == 2
    for kind in ("csv", "scores.npz", "windows.npz", "stems.csv"):
        one, other = tmp_path / f"r.{kind}", tmp_path / f"whole.{kind}"
        assert one.read_bytes() == other.read_bytes(), kind


def test_a_retry_takes_the_windows_over(
    analyse: Any, folder: Path, taken: list[int], tmp_path: Path
) -> None:
    whole = folder / "bass.wav"
    whole.rename(tmp_path / "bass.wav")
    whole.write_bytes(b"no audio")
    analyse(Windows(ALL))
    (tmp_path / "bass.wav").rename(whole)
    expected = analyse(Windows(ALL), "whole.csv")
    (folder / "vocals.wav").write_bytes(b"nobody reads this again")
    with pytest.raises(UsageError, match="a run with another windows; --retry-failed needs the s"):
        analyse(Windows(), retry_failed=True)
    retried = analyse(Windows(ALL), retry_failed=True)
    assert retried.record["run_id"] == expected.record["run_id"]
    one, other = arrays(tmp_path / "r.windows.npz"), arrays(tmp_path / "whole.windows.npz")
    assert one["stem"].tolist() == [0, 0, 0, 2]
    for name, array in other.items():
        np.testing.assert_array_equal(one[name], array)


def test_a_retry_needs_the_windows(analyse: Any, folder: Path, tmp_path: Path) -> None:
    (folder / "bass.wav").write_bytes(b"no audio")
    analyse(Windows(ALL))
    (tmp_path / "r.windows.npz").unlink()
    with pytest.raises(UsageError, match=r"cannot be read \(.*r\.windows\.npz"):
        analyse(Windows(ALL), retry_failed=True)


def test_a_short_file_may_be_repeated(analyse: Any, tmp_path: Path) -> None:
    padded, repeated = analyse(Windows()), analyse(Windows(pad=REPEAT))
    assert repeated.record["windows"] == {"windows": "study", "pad": "repeat"}
    np.testing.assert_array_equal(padded.scores[0], repeated.scores[0])
    assert np.abs(padded.scores[2] - repeated.scores[2]).max() > 1e-4


def test_relabelled_results_have_the_windows_too(
    analyse: Any, taken: list[int], tmp_path: Path
) -> None:
    analyse(Windows(ALL))
    before = arrays(tmp_path / "r.windows.npz")
    command = [str(tmp_path / "r.csv"), "--dataset", "moisesdb"]
    assert relabel.main(command) == 0
    windows = arrays(tmp_path / "r.relabelled.windows.npz")
    scores = arrays(tmp_path / "r.relabelled.scores.npz")
    for name in ("paths", "stem", "start_s", "scores"):
        np.testing.assert_array_equal(windows[name], before[name])
    for name in Tie._fields:
        assert windows[name] == scores[name] != before[name]
    (tmp_path / "r.windows.npz").unlink()
    assert relabel.main(command) == 0
    assert not (tmp_path / "r.relabelled.windows.npz").exists()


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--windows", "0"], "'0': expected 'study', 'all' or a whole number, 1 or more"),
        (["--windows", "some"], "'some': expected 'study', 'all' or a whole number, 1 or more"),
        (["--windows", "all", "--hop-s", "0"], "'0': expected seconds, 0.01 or more"),
        (["--windows", "all", "--hop-s", "nan"], "'nan': expected seconds, 0.01 or more"),
        (["--windows", "all", "--hop-s", "x"], "'x': expected seconds, 0.01 or more"),
        (["--windows", "all", "--pool", "sum"], "invalid choice: 'sum'"),
        (["--pad", "no"], "invalid choice: 'no'"),
    ],
)
def test_wrong_values_of_a_flag(
    flags: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        build_dataset_parser("dsd100").parse_args(["folder", *flags])
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("flags", [["--hop-s", "5"], ["--pool", "max"]])
def test_the_study_has_nothing_to_pool(
    flags: list[str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main_for("dsd100", [str(folder), "--model", "tiny", *flags]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "the study's way has one window; choose more of them, such as windows all" in line


@pytest.mark.parametrize(
    "values",
    [
        {"windows": 0}, {"windows": True}, {"windows": "3"}, {"windows": 2.0},
        {"windows": ALL, "hop_s": 0.0}, {"windows": ALL, "hop_s": float("nan")},
        {"windows": ALL, "pool": "sum"}, {"pad": "no"},
    ],
)  # fmt: skip
def test_wrong_values_from_python(values: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=f"{list(values)[-1]} .*: expected"):
        AST.Windows(**values)


def test_the_flags_reach_the_record(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    flags = ["--windows", "2", "--hop-s", "5.12", "--pool", "vote", "--pad", "repeat"]
    assert main_for("dsd100", [str(folder), "--model", "tiny", "--output", "r.csv", *flags]) == 0
    record = json.loads(Path("r.run.json").read_text("utf-8"))
    assert record["windows"] == {"windows": 2, "hop_s": 5.12, "pool": "vote", "pad": "repeat"}
