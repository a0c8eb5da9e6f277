"""Finding and fetching model files, from a local server instead of the hub and Essentia's site."""

import contextlib
import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from AST import fetching
from AST.errors import UsageError
from AST.model_files import AST_FILE, SPEECH_FILE, ModelFile
from AST.weights import obtain
from tests.helpers import ROOT, RunScript

CONTENT = bytes(range(256)) * 4096
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@dataclass
class Stub:
    """A local server and its answer. ``requests`` lists the paths that clients asked for."""

    url: str
    content: bytes = CONTENT
    sent_bytes: int | None = None
    status: int = 200
    requests: list[str] = field(default_factory=list)


@contextlib.contextmanager
def serving() -> Iterator[Stub]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self, with_body: bool) -> None:
            stub.requests.append(self.path)
            self.send_response(stub.status)
            self.send_header("Content-Length", str(len(stub.content)))
            self.send_header("ETag", f'"{hashlib.sha256(stub.content).hexdigest()}"')
            self.send_header("X-Repo-Commit", AST_FILE.hub.revision if AST_FILE.hub else "")
            self.end_headers()
            if with_body:
                self.wfile.write(stub.content[: stub.sent_bytes])

        def do_HEAD(self) -> None:
            self.answer(with_body=False)

        def do_GET(self) -> None:
            self.answer(with_body=True)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stub = Stub(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(name="stub")
def stub_fixture() -> Iterator[Stub]:
    with serving() as stub:
        yield stub


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache for downloads from a URL."""
    folder = tmp_path / "cache"
    monkeypatch.setattr(fetching, "cache_folder", lambda: folder)
    return folder


def speech_file(stub: Stub, tmp_path: Path, sha256: str = SHA256) -> ModelFile:
    local_paths = (tmp_path / "models" / "speech.pb",)
    return replace(SPEECH_FILE, url=f"{stub.url}/speech.pb", sha256=sha256, local_paths=local_paths)


def test_a_good_download_is_cached_and_verified(stub: Stub, cache: Path, tmp_path: Path) -> None:
    model_file = speech_file(stub, tmp_path)
    fetched = obtain("published", model_file)
    assert (fetched.path.read_bytes(), fetched.sha256) == (CONTENT, SHA256)
    assert fetched.is_published
    assert obtain("published", model_file) == fetched
    assert stub.requests == ["/speech.pb"]


@pytest.mark.parametrize("fault", ["wrong hash", "truncated", "missing", "gone"])
def test_a_bad_download_is_refused_and_not_kept(
    stub: Stub, cache: Path, tmp_path: Path, fault: str
) -> None:
    model_file = speech_file(stub, tmp_path)
    message = {
        "wrong hash": f"{hashlib.sha256(b'other').hexdigest()}.*{SHA256}|"
        f"{SHA256}.*{hashlib.sha256(b'other').hexdigest()}",
        "truncated": "IncompleteRead",
        "missing": "404",
        "gone": "Connection refused",
    }[fault]
    if fault == "wrong hash":
        stub.content = b"other"
    elif fault == "truncated":
        stub.sent_bytes = len(CONTENT) // 2
    elif fault == "missing":
        stub.status = 404
    else:
        with serving() as gone:
            model_file = speech_file(gone, tmp_path)
    with pytest.raises(UsageError, match=message) as caught:
        obtain("published", model_file)
    assert f"put it at {model_file.local_paths[0]} or name it with --speech-model" in str(
        caught.value
    )
    assert "\n" not in str(caught.value)
    assert not cache.exists() or not list(cache.iterdir())


def test_a_cached_file_with_a_wrong_hash_is_refused_and_kept(
    stub: Stub, cache: Path, tmp_path: Path
) -> None:
    cache.mkdir()
    (cache / "speech.pb").write_bytes(b"changed")
    changed = hashlib.sha256(b"changed").hexdigest()
    message = f"sha256 {changed}, expected {SHA256}.*delete /.*speech.pb to fetch it again"
    with pytest.raises(UsageError, match=message):
        obtain("published", speech_file(stub, tmp_path))
    assert (cache / "speech.pb").read_bytes() == b"changed"
    assert not stub.requests


def test_a_file_at_the_path_of_the_study_is_used(stub: Stub, cache: Path, tmp_path: Path) -> None:
    model_file = speech_file(stub, tmp_path)
    model_file.local_paths[0].parent.mkdir()
    model_file.local_paths[0].write_bytes(b"my own")
    found = obtain("published", model_file)
    assert found.path == model_file.local_paths[0]
    assert found.sha256 == hashlib.sha256(b"my own").hexdigest()
    assert not found.is_published
    assert not stub.requests


def test_the_paths_are_those_of_the_study() -> None:
    package = ROOT / "AST"
    assert AST_FILE.local_paths[0] == package / "pretrained_models" / "audio_mdl.pth"
    assert SPEECH_FILE.local_paths == (
        package / "models" / "genre_rosamerica-vggish-audioset-1.pb",
    )


def test_the_copy_of_the_study_is_recognised_by_its_git_hash(tmp_path: Path) -> None:
    path = tmp_path / "audio_mdl.pth"
    path.write_bytes(b"hello\n")
    known = replace(AST_FILE, git_blob_sha1="ce013625030ba8dba906f756967f9e9ca394464a")
    assert obtain(str(path), known).is_published
    assert not obtain(str(path), AST_FILE).is_published


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.pth: No such file.* for --model"):
        obtain(str(tmp_path / "nowhere.pth"), AST_FILE)


FETCH_FROM_STUB = """
import dataclasses, pathlib, sys, time
from AST import errors, model_files, weights
time.sleep = lambda seconds: None  # the hub's library waits between its tries
sha256, missing = sys.argv[1:]
local_paths = (pathlib.Path(missing),)
file = dataclasses.replace(model_files.AST_FILE, sha256=sha256, local_paths=local_paths)
try:
    print(weights.obtain("published", file).path)
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
    asked = [request for request in stub.requests if "/resolve/" in request]
    assert set(asked) == {path}
    assert fetch_from_hub(stub.url, tmp_path).stdout == first.stdout
    assert [request for request in stub.requests if "/resolve/" in request] == asked


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
    fetching, error = result.stderr.splitlines()
    assert fetching.startswith("Fetching https://huggingface.co/MIT/ast-finetuned-audioset")
    assert "Connection refused" in error
    assert f"put it at {tmp_path / 'put' / 'it.here'} or name it with --model" in error


def test_the_command_shows_fetches_and_verifies(stub: Stub, run: RunScript, tmp_path: Path) -> None:
    places = {"HF_HOME": str(tmp_path / "hub"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    shown = run("AST.weights", **places)
    assert shown.returncode == 1
    assert shown.stdout.count("not here yet") == 2
    for model_file in (AST_FILE, SPEECH_FILE):
        assert model_file.url in shown.stdout
        assert model_file.sha256 in shown.stdout
        assert model_file.licence in shown.stdout

    proxies = {"https_proxy": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"}
    fetched = run("AST.weights", "--fetch", HF_ENDPOINT=stub.url, **places, **proxies)
    assert fetched.returncode == 1
    assert f"sha256 {SHA256}, expected {AST_FILE.sha256}" in fetched.stderr
    assert f"wrong hash: {tmp_path / 'hub'}" in fetched.stdout
    assert f"cannot fetch {SPEECH_FILE.url}" in fetched.stderr
    assert "Traceback" not in fetched.stderr
