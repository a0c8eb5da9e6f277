"""Runs that are killed or interrupted, and resumed."""

import json
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import analyze_dsd100
from AST.engines.stem_result import StemResult
from AST.results import SCORE_FIGURES, read_rows
from AST.run.progress import ConsoleProgress
from synthetic.stems import SAMPLE_RATE_HZ, write_dsd100, write_samples
from tests.helpers import ROOT, ModelFlags, tone


def heed_interrupts() -> None:
    """For a process under test: shells start background jobs, such as CI's, that ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start(dsd100: Path, models: ModelFlags, output: Path) -> "subprocess.Popen[str]":
    options = ["--output", str(output), "--batch-size", "3", "--workers", "1"]
    return subprocess.Popen(
        [sys.executable, ROOT / "analyze_dsd100.py", dsd100, *models, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=heed_interrupts,
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

    seed = secrets.randbits(32)
    print(f"seed {seed}")  # shown if the test fails
    generator = np.random.default_rng(seed)
    partial = killed.with_name("r.csv.partial")
    rows_before = 0
    for count in sorted(generator.integers(1, 45, 3)):  # far from the end: none must be late
        process = start(many_stems, models, killed)
        wait_for_rows(process, partial, max(count, rows_before + 1))
        time.sleep(generator.uniform(0, 0.02))
        process.kill()
        process.communicate(timeout=20)  # ends when no worker is left that holds the pipes
        rows = read_rows(partial)
        assert len(rows) >= rows_before
        rows_before = len(rows)
        assert rows == read_rows(undisturbed)[: len(rows)]
        assert not killed.exists()

    process = start(many_stems, models, killed)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 0, stderr
    resumed = re.search(r"resuming: (\d+) of 90 stems were done before", stderr)
    assert resumed is not None, stderr
    # Killed between its two writes, a run has its last row in the log but not in the CSV.
    assert int(resumed[1]) - rows_before in (0, 1)
    assert killed.read_bytes() == undisturbed.read_bytes()
    arrays = [np.load(output.with_name("r.scores.npz")) for output in (killed, undisturbed)]
    for name in ("scores", *SCORE_FIGURES):
        np.testing.assert_allclose(arrays[0][name], arrays[1][name], rtol=0, atol=1e-6)
    assert len(list(killed.parent.iterdir())) == 4


def test_ctrl_c_stops_at_once_and_the_next_start_goes_on(
    many_stems: Path, models: ModelFlags, tmp_path: Path
) -> None:
    output = tmp_path / "r.csv"
    process = start(many_stems, models, output)
    wait_for_rows(process, tmp_path / "r.csv.partial", 3)
    os.killpg(process.pid, signal.SIGINT)
    _, stderr = process.communicate(timeout=10)
    assert process.returncode == 130
    assert "Traceback" not in stderr
    *_, hint, stopped = stderr.splitlines()
    assert hint.endswith("of 90 stems are done; start the same command again to continue")
    assert stopped == "stopped by Ctrl-C"
    assert not output.exists()

    other = [models[0], models[1], models[2], str(ROOT / "LICENSE")]
    process = start(many_stems, other, output)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "started with another models" in stderr

    process = start(many_stems, models, output)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "resuming: " in stderr
    assert len(read_rows(output)) == 90


def test_failures_of_a_stopped_run_are_remembered(
    models: ModelFlags, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "data"
    for name in ("bass", "drums", "vocals"):
        write_samples(folder / f"{name}.wav", tone(440, 1, SAMPLE_RATE_HZ))
    (folder / "bass.wav").write_bytes(b"")
    output = tmp_path / "r.csv"
    arguments = [str(folder), *models, "--output", str(output), "--batch-size", "1"]

    finished = []

    def interrupted(progress: ConsoleProgress, result: StemResult) -> None:
        finished.append(result)
        if len(finished) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(ConsoleProgress, "finish", interrupted)
    assert analyze_dsd100.main([*arguments, "--workers", "0"]) == 130
    assert len(read_rows(tmp_path / "r.csv.partial")) == 2
    monkeypatch.undo()
    assert analyze_dsd100.main(arguments) == 1
    record = json.loads((tmp_path / "r.run.json").read_text("utf-8"))
    assert record["counts"]["resumed"] == 2
    assert [failure["path"] for failure in record["failures"]] == [str(folder / "bass.wav")]
