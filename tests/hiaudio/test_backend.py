"""The platform's own sequence of calls, from an upload to what is stored."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import samplerate

from AST.audio.decoding import decode
from AST.speech.runners import CLASS_COUNT, INPUT_NODE, OUTPUT_NODE
from synthetic.encoding import encode
from synthetic.graph_writer import FrozenGraph
from tests.helpers import ROOT, tone, write
from tests.hiaudio.backend import DATABASE

DEMO = ROOT / "demo"
SONG = DEMO / "DSD100/Sources/Dev/001 - Demo - First Light"
PIANO = next(DEMO.glob("moisesdb/*/*/piano/*.mp3"))
RATE_HZ = 32_000
"""Of the demo's files."""
OPUS_RATE_HZ = 48_000
HIGH_BANDS = 4
THREADS = {"OMP_NUM_THREADS": "2"}
"""With one, torch would start no threads, and a forked process would miss none."""
METADATA = {"size": "1572864", "sample_rate": "22050", "duration": "212.4", "bit_rate": "N/A"}
SHOWN = {"size": "1.50 MB", "sample_rate": "22.1 kHz", "duration": "3m 32s", "bit_rate": "N/A"}


class Stored(NamedTuple):
    """What the platform should have of a track."""

    label: str | None
    score_percent: float | None
    level_dbfs: float


EXPECTED = {
    "bass.wav": Stored("bass guitar", 90.1, -26.0),
    "drums.mp3": Stored("drum kit", 89.6, -25.7),
    "vocals.m4a": Stored("singing", 87.2, -29.5),
    "piano.ogg": Stored("piano", 74.6, -24.2),
    "a WebM.ogg": Stored("bass guitar", 90.1, -26.0),
    "silence.wav": Stored(None, None, -200.0),
    "speech.flac": Stored("speech", 100.0, -13.5),
}


@pytest.fixture(scope="module")
def speech_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A speech model that takes a tone of 7 kHz for speech, and no instrument."""
    weights = np.full((64, CLASS_COUNT), -20 / (64 - HIGH_BANDS), np.float32)
    weights[-HIGH_BANDS:] = 20 / HIGH_BANDS
    graph = FrozenGraph()
    mean = graph.mean("mean", graph.placeholder(INPUT_NODE, (-1, 96, 64)), axis=1)
    bias = np.full(CLASS_COUNT, -60, np.float32)
    graph.sigmoid(OUTPUT_NODE, graph.dense("dense", mean, weights, bias))
    path = tmp_path_factory.mktemp("models") / "speech.pb"
    graph.write(path)
    return path


@pytest.fixture(scope="module")
def tracks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tracks of ``EXPECTED``, and one that is no audio."""
    folder = tmp_path_factory.mktemp("tracks")
    bass, vocals, piano = (
        decode(path).samples for path in (SONG / "bass.mp3", SONG / "vocals.mp3", PIANO)
    )
    write(folder / "bass.wav", bass, RATE_HZ)
    (folder / "drums.mp3").write_bytes((SONG / "drums.mp3").read_bytes())
    encode(folder / "vocals.m4a", vocals, rate_hz=RATE_HZ)
    at_48_khz = {
        name: samplerate.resample(samples, OPUS_RATE_HZ / RATE_HZ)
        for name, samples in (("piano.ogg", piano), ("a WebM.ogg", bass))
    }
    for name, samples in at_48_khz.items():
        container = "webm" if "WebM" in name else "ogg"
        encode(folder / name, samples, rate_hz=OPUS_RATE_HZ, codec="libopus", container=container)
    write(folder / "silence.wav", np.zeros(RATE_HZ), RATE_HZ)
    write(folder / "speech.flac", tone(7000, 3, RATE_HZ, level=0.3), RATE_HZ)
    (folder / "garbage.mp3").write_bytes(np.random.default_rng(5).bytes(100_000))
    return folder


@contextlib.contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[str]:
    """Runs the back-end in a folder. Yields its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.hiaudio.backend", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "WARM_UP": str(SONG / "bass.mp3"), **THREADS},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        try:
            assert process.stdout
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def upload(url: str, path: Path) -> None:
    name = urllib.request.pathname2url(path.name).replace("%20", "_")
    headers = {"X-Metadata": json.dumps(METADATA)}
    request = urllib.request.Request(f"{url}/{name}", path.read_bytes(), headers)
    with urllib.request.urlopen(request, timeout=120) as response:
        assert response.status == 204


def stored(folder: Path) -> list[dict[str, Any]]:
    with contextlib.closing(sqlite3.connect(folder / DATABASE)) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute("SELECT * FROM tracks")]


@pytest.mark.parametrize("fork", [[], ["--fork"]], ids=["threads", "forked"])
def test_what_is_stored_of_uploads(
    fork: list[str], tracks: Path, speech_model: Path, tmp_path: Path
) -> None:
    with serving(tmp_path, str(speech_model), *fork) as url, ThreadPoolExecutor(6) as threads:
        uploads = [threads.submit(upload, url, path) for path in sorted(tracks.iterdir())]
        for one in uploads:
            one.result()
    rows = {row["name"]: row for row in stored(tmp_path)}
    garbage = rows.pop("garbage.mp3")
    assert garbage["label"] is None
    assert garbage["problem"].startswith("uploads/garbage.mp3: cannot be decoded as audio")
    assert len(rows) == len(EXPECTED)
    for name, expected in EXPECTED.items():
        row = rows[name.replace(" ", "_")]
        metadata = json.loads(row["metadata"])
        assert metadata.pop("RMS") == pytest.approx(expected.level_dbfs, abs=0.1), name
        assert len(metadata.pop("fingerprint")) == 64
        assert metadata == SHOWN
        assert (row["label"], row["problem"]) == (expected.label, None), name
        score_percent = float(row["score"].removesuffix("%")) if row["score"] else None
        assert score_percent == pytest.approx(expected.score_percent, abs=3), name


def test_a_forked_worker_without_torch_says_what_to_do(
    tracks: Path, speech_model: Path, tmp_path: Path
) -> None:
    flags = ["--fork", "--speech-backend", "essentia"]
    with serving(tmp_path, str(speech_model), *flags) as url:
        upload(url, tracks / "bass.wav")
    [row] = stored(tmp_path)
    assert "Essentia's TensorFlow was started in process" in row["problem"]
    assert "load the models in each worker" in row["problem"]
