"""The analyze scripts from the command line: good datasets, and every kind of bad file."""

import json
import os
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

import analyze_dsd100
import analyze_moisesdb
from AST import analysis
from AST.journal import StemResult
from AST.metrics import accuracy_report
from AST.results import read_rows
from bench.synthetic_stems import write_dsd100, write_moisesdb, write_samples
from tests.conftest import ROOT, Run, tone

RATE_HZ = 44_100
Models = list[str]


@pytest.fixture
def models(ast_path: Path, no_speech_path: Path) -> Models:
    return ["--model", str(ast_path), "--speech-model", str(no_speech_path)]


@pytest.fixture(scope="module")
def dsd100(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "DSD100"
    write_dsd100(folder, songs=4, duration_s=2)
    return folder


def loud(duration_s: float = 2, rate_hz: int = RATE_HZ) -> np.ndarray:
    return tone(440, duration_s, rate_hz)


def test_a_run_from_the_command_line(
    run: Run, dsd100: Path, models: Models, tmp_path: Path
) -> None:
    result = run("analyze_dsd100.py", dsd100, *models, "--workers", 2, "--verbose")
    assert result.returncode == 0, result.stderr
    rows = read_rows(tmp_path / "results_dsd100.csv")
    assert [row.label for row in rows] == ["bass", "drums", "vocals"] * 4
    assert [row.path for row in rows] == sorted(row.path for row in rows)
    assert all(row.prediction == row.prediction.lower() for row in rows)
    assert result.stdout == accuracy_report(rows) + "\n"
    assert "12/12" in result.stderr
    assert "file/s" in result.stderr
    for row in rows:
        line = next(line for line in result.stderr.splitlines() if f"{row.path}: speech" in line)
        assert f"speech score 0.0 %, {row.prediction} (AST: {row.prediction} 0." in line
    assert "Essentia" not in result.stderr
    assert "INFO" not in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "results_dsd100.csv",
        "results_dsd100.run.json",
        "results_dsd100.scores.npz",
    ]


def test_the_run_record_says_what_the_figures_rest_on(
    dsd100: Path, models: Models, tmp_path: Path
) -> None:
    output = tmp_path / "r.csv"
    assert analyze_dsd100.main([str(dsd100), *models, "--output", str(output)]) == 0
    record = json.loads((tmp_path / "r.run.json").read_text("utf-8"))
    assert record["dataset"] == "DSD100"
    assert record["dataset_path"] == str(dsd100)
    assert record["device"] in ("cpu", "cuda", "mps")
    assert [model["is_published"] for model in record["models"].values()] == [False, False]
    assert all(len(model["sha256"]) == 64 for model in record["models"].values())
    assert record["counts"]["stems"] == 12
    assert record["counts"]["error"] == 0
    assert record["versions"]["torch"]
    assert record["failures"] == []


def test_moisesdb(models: Models, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_moisesdb(tmp_path / "moisesdb", songs=1, duration_s=2)
    output = tmp_path / "r.csv"
    arguments = [str(tmp_path / "moisesdb"), *models, "--output", str(output)]
    assert analyze_moisesdb.main([*arguments, "--workers", "0"]) == 0
    rows = read_rows(output)
    assert [row.label for row in rows] == ["bass", "drums", "guitar", "guitar", "vocals"]
    assert capsys.readouterr().out == accuracy_report(rows) + "\n"


def test_workers_and_batch_size_change_nothing(
    dsd100: Path, ast_path: Path, speech_path: Path, tmp_path: Path
) -> None:
    contents, scores = [], []
    for name, options in (
        ("a", ["--workers", "0", "--batch-size", "1"]),
        ("b", ["--workers", "2"]),
    ):
        output = tmp_path / f"{name}.csv"
        models = ["--model", str(ast_path), "--speech-model", str(speech_path)]
        assert analyze_dsd100.main([str(dsd100), *models, *options, "--output", str(output)]) == 0
        contents.append(output.read_bytes())
        with np.load(tmp_path / f"{name}.scores.npz") as arrays:
            scores.append(np.column_stack([arrays["scores"], arrays["speech_score_percent"]]))
    assert contents[0] == contents[1]
    assert np.isfinite(scores[0]).all()
    np.testing.assert_allclose(scores[0], scores[1], atol=1e-5)


def test_speech_is_speech_and_keeps_asts_scores(
    dsd100: Path, ast_path: Path, always_speech_path: Path, tmp_path: Path
) -> None:
    models = ["--model", str(ast_path), "--speech-model", str(always_speech_path)]
    output = tmp_path / "r.csv"
    assert analyze_dsd100.main([str(dsd100), *models, "--output", str(output)]) == 0
    assert {row[2:] for row in read_rows(output)} == {("speech", "speech")}
    with np.load(tmp_path / "r.scores.npz") as arrays:
        assert np.isfinite(arrays["scores"]).all()
        assert (arrays["speech_score_percent"] > 99).all()


def with_bytes(path: Path, change: dict[int, bytes]) -> None:
    data = bytearray(path.read_bytes())
    for offset, content in change.items():
        data[offset : offset + len(content)] = content
    path.write_bytes(data)


def write_odd_files(folder: Path) -> None:
    """One stem of each kind of trouble, named after it."""
    soundfile.write(folder / "8-bit.wav", loud(), RATE_HZ, subtype="PCM_U8")
    soundfile.write(folder / "24-bit.wav", loud(), RATE_HZ, subtype="PCM_24")
    soundfile.write(folder / "float.wav", loud(), RATE_HZ, subtype="FLOAT")
    soundfile.write(folder / "6-channels.wav", np.tile(loud()[:, None], 6), RATE_HZ)
    soundfile.write(folder / "8-khz.wav", loud(2, 8_000), 8_000)
    soundfile.write(folder / "192-khz.wav", loud(2, 192_000), 192_000)
    soundfile.write(folder / "zeros.wav", np.zeros(2 * RATE_HZ), RATE_HZ)
    soundfile.write(folder / "10-ms.wav", loud(0.01), RATE_HZ)
    soundfile.write(folder / "30-ms.wav", loud(0.03), RATE_HZ)
    not_finite = loud()
    not_finite[7] = np.nan
    soundfile.write(folder / "nan.wav", not_finite, RATE_HZ, subtype="FLOAT")
    soundfile.write(folder / "truncated.wav", loud(5), RATE_HZ)
    os.truncate(folder / "truncated.wav", 300_001)
    soundfile.write(folder / "lying.wav", loud(), RATE_HZ)
    with_bytes(folder / "lying.wav", {40: struct.pack("<I", 0x7FFFFFFF)})
    (folder / "empty.wav").touch()
    (folder / "text.wav").write_text("no audio, whatever the name says")
    (folder / "gone.wav").symlink_to("deleted-between-walk-and-read.wav")
    soundfile.write(folder / "cafe.wav", loud(), RATE_HZ)
    (folder / "cafe.wav").rename(folder / os.fsdecode(b"caf\xe9.wav"))
    soundfile.write(folder / ("x" * 250 + ".wav"), loud(), RATE_HZ)
    (folder / "folder.wav").mkdir()
    soundfile.write(folder / "folder.wav" / "in-folder.wav", loud(), RATE_HZ)


FAILURES = {
    "10-ms.wav": "holds 10.1 ms of sound; AST needs at least 25 ms",
    "empty.wav": "is an empty file (0 bytes); expected audio, copy it anew",
    "gone.wav": "cannot be opened: No such file or directory",
    "nan.wav": "holds samples that are no finite numbers (NaN or infinity); export it anew",
    "text.wav": "cannot be decoded as audio (Invalid data found when processing input); "
    "is it whole?",
}
WARNINGS = {
    "lying.wav": "damaged or cut short: its header gives no valid length, 2.0 s were decoded",
    "truncated.wav": "damaged or cut short: its header gives no valid length, 3.4 s were decoded",
}
TAGGED = (
    *("192-khz.wav", "24-bit.wav", "30-ms.wav", "6-channels.wav", "8-bit.wav", "8-khz.wav"),
    *("float.wav", "in-folder.wav", "lying.wav", "truncated.wav", "x" * 250 + ".wav"),
    "caf\\udce9.wav",
)


def test_odd_files_give_each_its_row_and_message(run: Run, models: Models, tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    write_odd_files(folder)
    result = run("analyze_dsd100.py", folder, *models, "--output", tmp_path / "r.csv")
    assert result.returncode == 1
    assert "Traceback" not in result.stderr

    rows = {row.path.rpartition("/")[2]: row for row in read_rows(tmp_path / "r.csv")}
    assert len(rows) == len(FAILURES) + len(TAGGED) + 1
    for name, reason in FAILURES.items():
        assert rows[name][2:] == ("error", "error")
        assert f"error: {folder / name}: {reason}\n" in result.stderr
    for name, reason in WARNINGS.items():
        assert f"warning: {folder / name}: {reason}\n" in result.stderr
    assert rows["zeros.wav"][2:] == ("silence", "silence")
    for name in TAGGED:
        assert rows[name].prediction not in ("error", "silence", "speech")
    assert rows["8-bit.wav"].prediction == rows["24-bit.wav"].prediction

    record = json.loads((tmp_path / "r.run.json").read_text("utf-8"))
    assert {entry["path"].rpartition("/")[2]: entry["reason"] for entry in record["failures"]} == (
        FAILURES
    )
    assert record["counts"]["error"] == len(FAILURES)
    with np.load(tmp_path / "r.scores.npz") as arrays:
        scored = {
            path.rpartition("/")[2]
            for path, scores in zip(arrays["paths"], arrays["scores"], strict=True)
            if np.isfinite(scores).all()
        }
    assert scored == set(TAGGED)


def test_a_file_that_may_not_be_read(
    run: Run, models: Models, tmp_path: Path, unprivileged: tuple[str, ...]
) -> None:
    write_samples(tmp_path / "data" / "bass.wav", loud())
    write_samples(tmp_path / "data" / "drums.wav", loud())
    (tmp_path / "data" / "bass.wav").chmod(0)
    result = run("analyze_dsd100.py", tmp_path / "data", *models, prefix=unprivileged)
    assert result.returncode == 1
    assert "bass.wav: cannot be opened: Permission denied\n" in result.stderr
    rows = read_rows(tmp_path / "results_dsd100.csv")
    assert [row.prediction == "error" for row in rows] == [True, False]


def test_a_folder_that_may_not_be_read(
    run: Run, tmp_path: Path, unprivileged: tuple[str, ...]
) -> None:
    write_samples(tmp_path / "data" / "locked" / "bass.wav", loud())
    (tmp_path / "data" / "locked").chmod(0)
    result = run("analyze_dsd100.py", tmp_path / "data", prefix=unprivileged)
    (tmp_path / "data" / "locked").chmod(0o700)
    assert result.returncode == 2
    assert "locked: cannot be read (Permission denied)" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "error: nowhere: does not exist; expected the dataset's folder\n"),
        (["."], "no stems of DSD100 here; expected Sources/{Dev,Test}"),
        (["DATA", "--model", "no.pth"], "error: no.pth: No such file or directory"),
        (["DATA", "--batch-size", "0"], "'0': expected a whole number, 1 or more"),
        (["DATA", "--workers", "many"], "'many': expected a whole number, 0 or more"),
        (["DATA", "--device", "tpu"], "invalid choice: 'tpu'"),
        ([], "the following arguments are required: folder"),
    ],
)
def test_usage_errors_take_one_line_and_no_time(
    run: Run, dsd100: Path, arguments: list[str], message: str
) -> None:
    result = run("analyze_dsd100.py", *(dsd100 if a == "DATA" else a for a in arguments))
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_usage_errors_come_before_torch_is_loaded() -> None:
    code = (
        "import sys, analyze_dsd100\n"
        "analyze_dsd100.main(['nowhere'])\n"
        "print(sorted({'torch', 'timm', 'essentia', 'numpy'} & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert result.stdout == "[]\n"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--output", "nowhere/r.csv"], "cannot be written (No such file or directory)"),
        (["--speech-model", __file__], "test_analysis.py: no speech model (Error importing graph"),
        (["--model", __file__], "test_analysis.py: no readable weights"),
    ],
)
def test_what_cannot_run_says_why(
    dsd100: Path,
    models: Models,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert analyze_dsd100.main([str(dsd100), *models, *options]) == 2
    errors = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert message in errors[0]


def start(dsd100: Path, models: Models, output: Path) -> "subprocess.Popen[str]":
    options = ["--output", str(output), "--batch-size", "3", "--workers", "1"]
    return subprocess.Popen(
        [sys.executable, ROOT / "analyze_dsd100.py", dsd100, *models, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_for_rows(process: "subprocess.Popen[str]", partial: Path, count: int) -> None:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        if partial.exists() and partial.read_bytes().count(b"\n") > count:
            return
        time.sleep(0.002)
    raise AssertionError(f"ended too early: {process.communicate()}")


@pytest.fixture(scope="module")
def many_stems(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "DSD100"
    write_dsd100(folder, songs=30, duration_s=3)
    return folder


def test_a_run_killed_at_random_moments_ends_as_if_undisturbed(
    many_stems: Path, ast_path: Path, speech_path: Path, tmp_path: Path
) -> None:
    models = ["--model", str(ast_path), "--speech-model", str(speech_path)]
    undisturbed, killed = tmp_path / "whole" / "r.csv", tmp_path / "killed" / "r.csv"
    undisturbed.parent.mkdir()
    killed.parent.mkdir()
    options = ["--batch-size", "3", "--workers", "1", "--output", str(undisturbed)]
    assert analyze_dsd100.main([str(many_stems), *models, *options]) == 0

    generator = np.random.default_rng()
    partial = killed.with_name("r.csv.partial")
    rows_before = 0
    for count in sorted(generator.integers(1, 80, 3)):
        process = start(many_stems, models, killed)
        wait_for_rows(process, partial, max(count, rows_before))
        time.sleep(generator.uniform(0, 0.02))
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        rows = read_rows(partial)
        assert len(rows) >= rows_before
        rows_before = len(rows)
        assert rows == read_rows(undisturbed)[: len(rows)]
        assert not killed.exists()

    process = start(many_stems, models, killed)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 0, stderr
    assert f"resuming: {rows_before} of 90 stems were done before" in stderr
    for name in ("r.csv", "r.scores.npz"):
        assert (killed.parent / name).read_bytes() == (undisturbed.parent / name).read_bytes()
    assert len(list(killed.parent.iterdir())) == 3


def test_ctrl_c_stops_at_once_and_the_next_start_goes_on(
    many_stems: Path, models: Models, tmp_path: Path
) -> None:
    output = tmp_path / "r.csv"
    process = start(many_stems, models, output)
    wait_for_rows(process, tmp_path / "r.csv.partial", 3)
    os.killpg(process.pid, signal.SIGINT)
    _, stderr = process.communicate(timeout=10)
    assert process.returncode == 130
    assert "Traceback" not in stderr
    *_, hint, stopped = stderr.splitlines()
    assert hint.endswith("of 90 stems are done; start the same command again to go on")
    assert stopped == "stopped by Ctrl-C"
    assert not output.exists()

    other = [models[0], models[1], models[2], str(ROOT / "LICENSE")]
    process = start(many_stems, other, output)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "begun with another models" in stderr

    process = start(many_stems, models, output)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "resuming: " in stderr
    assert len(read_rows(output)) == 90


def test_failures_of_a_stopped_run_are_remembered(
    models: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "data"
    for name in ("a", "b", "c"):
        write_samples(folder / f"{name}.wav", loud())
    (folder / "a.wav").write_bytes(b"")
    output = tmp_path / "r.csv"
    arguments = [str(folder), *models, "--output", str(output), "--batch-size", "1"]

    announce = analysis._announce
    announced = []

    def interrupted(result: StemResult, verbose: bool) -> None:
        announce(result, verbose)
        announced.append(result)
        if len(announced) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(analysis, "_announce", interrupted)
    assert analyze_dsd100.main([*arguments, "--workers", "0"]) == 130
    assert len(read_rows(tmp_path / "r.csv.partial")) == 2
    monkeypatch.undo()
    assert analyze_dsd100.main(arguments) == 1
    record = json.loads((tmp_path / "r.run.json").read_text("utf-8"))
    assert record["counts"]["resumed"] == 2
    assert [failure["path"] for failure in record["failures"]] == [str(folder / "a.wav")]


def test_names_in_results_are_the_users(
    models: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_samples(tmp_path / "DSD100" / "Sources" / "bass.wav", loud())
    monkeypatch.chdir(tmp_path)
    assert analyze_dsd100.main(["./DSD100/", *models, "--workers", "0"]) == 0
    assert read_rows(Path("results_dsd100.csv"))[0].path == "DSD100/Sources/bass.wav"
