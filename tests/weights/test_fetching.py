"""Downloads, from a local server instead of the hub and Essentia's site."""

import hashlib
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import huggingface_hub.constants
import pytest

from AST.errors import UsageError
from AST.weights.finding import obtain
from AST.weights.model_files import AST_FILE
from tests.helpers import ROOT
from tests.stub_server import CONTENT, SHA256, Stub, serving, speech_file

HALF = len(CONTENT) // 2


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small chunks, and no waits between tries."""
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    monkeypatch.setattr(huggingface_hub.constants, "DOWNLOAD_CHUNK_SIZE", 1 << 16)


@pytest.mark.parametrize(
    ("fault", "message"),
    [("wrong hash", f"expected {SHA256}.*delete /.*speech.pb to fetch it again"),
     ("missing", "404.*put it at /.*speech.pb or give its path as the speech model"),
     ("too short", "file should be of size 1048576.*put it at"),
     ("gone", "Connection refused.*put it at")],
)  # fmt: skip
def test_a_bad_download_takes_one_line(
    stub: Stub, cache: Path, tmp_path: Path, fault: str, message: str
) -> None:
    model_file = speech_file(stub, tmp_path)
    if fault == "wrong hash":
        stub.content = bytes(len(CONTENT))
    elif fault == "too short":
        stub.content = CONTENT[:1000]
    elif fault == "missing":
        stub.status = 404
    else:
        with serving() as gone:
            model_file = speech_file(gone, tmp_path)
    with pytest.raises(UsageError, match=message) as caught:
        obtain("published", model_file)
    assert "\n" not in str(caught.value)
    assert fault == "wrong hash" or not (cache / "speech.pb").exists()
    assert not any(path.stat().st_size for path in cache.glob("*.part"))


def test_a_download_that_was_cut_off_goes_on(stub: Stub, cache: Path, tmp_path: Path) -> None:
    model_file = speech_file(stub, tmp_path)
    stub.sent_bytes = HALF
    with pytest.raises(UsageError, match=r"RemoteProtocolError|IncompleteRead"):
        obtain("published", model_file)
    stub.sent_bytes = None
    stub.requests.clear()
    assert obtain("published", model_file).path.read_bytes() == CONTENT
    assert stub.requests == [("/speech.pb", HALF)]
    assert not list(cache.glob("*.part"))


FETCH_SPEECH = """
import pathlib, sys, huggingface_hub.constants
from AST.weights import fetching
from tests import stub_server
huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE = 1 << 16
fetching.fetch(stub_server.speech_file(stub_server.Stub(sys.argv[1]), pathlib.Path()))
"""


def test_a_download_that_was_killed_goes_on(
    stub: Stub, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache.parent))
    stub.pauses_s = [60]
    command = [sys.executable, "-c", FETCH_SPEECH, stub.url]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as killed:
        part = cache / "speech.pb.part"
        deadline_s = time.monotonic() + 60
        while not (part.exists() and part.stat().st_size) and time.monotonic() < deadline_s:
            time.sleep(0.05)
        killed.send_signal(signal.SIGKILL)
    kept_bytes = part.stat().st_size
    assert 0 < kept_bytes <= HALF
    assert obtain("published", speech_file(stub, tmp_path)).path.read_bytes() == CONTENT
    assert [start for _, start in stub.requests] == [0, kept_bytes]


def test_two_processes_fetch_it_once(stub: Stub, cache: Path, tmp_path: Path) -> None:
    stub.pauses_s = [0.5]
    with ThreadPoolExecutor(2) as threads:
        model_file = speech_file(stub, tmp_path)
        first, second = threads.map(obtain, ["published"] * 2, [model_file] * 2)
    assert first == second
    assert first.path.read_bytes() == CONTENT
    assert len(stub.requests) == 1


def test_a_busy_server_is_waited_for(
    stub: Stub, cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.statuses, stub.retry_after_s = [429, 429], 30
    assert obtain("published", speech_file(stub, tmp_path)).path.read_bytes() == CONTENT
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if "server" in line or "waiting" in line] == [
        "the server answers with HTTP status 429",
        "waiting 31.0 s, then asking again (1/5)",
        "the server answers with HTTP status 429",
        "waiting 31.0 s, then asking again (2/5)",
    ]


def test_a_slow_server_is_waited_for(
    stub: Stub, cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_DOWNLOAD_TIMEOUT", 0.5)
    stub.pauses_s = [2]
    assert obtain("published", speech_file(stub, tmp_path)).path.read_bytes() == CONTENT
    assert "nothing came for 0.5 s; asking again\n" in capsys.readouterr().err
    assert [start for _, start in stub.requests] == [0, HALF]


@pytest.mark.parametrize("is_on_hub", [True, False])
def test_a_cache_that_cannot_be_written(
    stub: Stub, cache: Path, tmp_path: Path, is_on_hub: bool
) -> None:
    cache.parent.write_text("a file where the cache should be")
    if is_on_hub:
        message = fetch_from_hub(stub.url, cache).stderr
    else:
        with pytest.raises(UsageError) as caught:
            obtain("published", speech_file(stub, tmp_path))
        message = str(caught.value)
    variable = "HF_HOME" if is_on_hub else "XDG_CACHE_HOME"
    assert f"set {variable} to a folder that can be written" in message.splitlines()[-1]


@pytest.mark.parametrize("status", [401, 403])
def test_a_hub_that_refuses_names_the_token(stub: Stub, tmp_path: Path, status: int) -> None:
    stub.status = status
    result = fetch_from_hub(stub.url, tmp_path)
    assert result.returncode == 1
    assert re.search(rf"error: .*{status}.*; set HF_TOKEN to a token", result.stderr)
    assert "Traceback" not in result.stderr


def test_a_busy_hub_is_waited_for(stub: Stub, tmp_path: Path) -> None:
    stub.statuses, stub.retry_after_s = [429, 429, 429], 30
    result = fetch_from_hub(stub.url, tmp_path)
    assert result.returncode == 0, result.stderr
    assert "waiting 31.0 s" in result.stderr


FETCH_FROM_STUB = """
import dataclasses, pathlib, sys, time
from AST import errors
from AST.weights import finding, model_files
time.sleep = lambda seconds: None  # the hub's library waits between its tries
sha256, missing = sys.argv[1:]
local_paths = (pathlib.Path(missing),)
file = dataclasses.replace(model_files.AST_FILE, sha256=sha256, local_paths=local_paths)
try:
    print(finding.obtain("published", file).path)
except errors.UsageError as error:
    sys.exit(f"error: {error}")
"""


def fetch_from_hub(
    endpoint: str, folder: Path, sha256: str = SHA256
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", FETCH_FROM_STUB, sha256, folder / "put" / "it.here"],
        env={**os.environ, "HF_ENDPOINT": endpoint, "HF_HOME": str(folder / "hub"),
             "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=100,
    )  # fmt: skip


def test_the_pinned_revision_is_fetched_from_the_hub_once(stub: Stub, tmp_path: Path) -> None:
    first = fetch_from_hub(stub.url, tmp_path)
    assert first.returncode == 0, first.stderr
    assert Path(first.stdout.strip()).read_bytes() == CONTENT
    assert AST_FILE.hub is not None
    path = f"/{AST_FILE.hub.repository}/resolve/{AST_FILE.hub.revision}/model.safetensors"
    asked = [request for request in stub.requests if "/resolve/" in request[0]]
    assert set(asked) == {(path, 0)}
    assert fetch_from_hub(stub.url, tmp_path).stdout == first.stdout
    assert [request for request in stub.requests if "/resolve/" in request[0]] == asked


def test_a_hub_file_with_a_wrong_hash_is_refused_and_kept(stub: Stub, tmp_path: Path) -> None:
    stub.content = b"other" * 1000
    given = hashlib.sha256(stub.content).hexdigest()
    result = fetch_from_hub(stub.url, tmp_path)
    assert result.returncode == 1
    assert f"sha256 {given}, expected {SHA256}" in result.stderr
    [blob] = [path for path in tmp_path.rglob("blobs/*") if path.read_bytes() == stub.content]
    assert f"delete {blob} to fetch it again" in result.stderr

    stub.content = CONTENT
    assert fetch_from_hub(stub.url, tmp_path).returncode == 1
    blob.unlink()
    result = fetch_from_hub(stub.url, tmp_path)
    assert result.returncode == 0, result.stderr


def test_a_truncated_hub_file_is_not_kept(stub: Stub, tmp_path: Path) -> None:
    stub.sent_bytes = len(CONTENT) // 2
    result = fetch_from_hub(stub.url, tmp_path)
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1].startswith("error: cannot fetch https://huggingface.co/")
    assert not list(tmp_path.rglob("model.safetensors"))
    stub.sent_bytes = None
    assert fetch_from_hub(stub.url, tmp_path).returncode == 0


def test_without_a_hub_one_line_says_what_to_do_next(tmp_path: Path) -> None:
    with serving() as gone:
        endpoint = gone.url
    result = fetch_from_hub(endpoint, tmp_path)
    assert result.returncode == 1
    fetching, *waits, error = result.stderr.splitlines()
    assert len([line for line in waits if re.match(r"waiting \d+ s", line)]) == 5
    assert fetching.startswith("Fetching https://huggingface.co/MIT/ast-finetuned-audioset")
    assert "Connection refused" in error
    assert f"put it at {tmp_path / 'put' / 'it.here'} or give its path as the model" in error
