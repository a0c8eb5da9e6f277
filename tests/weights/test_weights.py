"""Finding, verifying and showing model files."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from AST.commands import weights
from AST.errors import UsageError
from AST.weights.finding import obtain
from AST.weights.local_model import LFS_POINTER
from AST.weights.model_files import AST_FILE, SPEECH_FILE
from tests.helpers import ROOT, RunScript
from tests.stub_server import CONTENT, SHA256, Stub, speech_file


def test_a_good_download_is_cached_and_verified(stub: Stub, cache: Path, tmp_path: Path) -> None:
    model_file = speech_file(stub, tmp_path)
    fetched = obtain("published", model_file)
    assert (fetched.path.read_bytes(), fetched.sha256) == (CONTENT, SHA256)
    assert fetched.is_published
    assert obtain("published", model_file) == fetched
    assert stub.requests == [("/speech.pb", 0)]


def test_a_cached_file_with_a_wrong_hash_is_refused_and_kept(
    stub: Stub, cache: Path, tmp_path: Path
) -> None:
    cache.mkdir(parents=True)
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
    with pytest.raises(UsageError, match=r"nowhere\.pth: No such file.* for the model"):
        obtain(str(tmp_path / "nowhere.pth"), AST_FILE)


def test_a_pointer_of_git_lfs_is_named(cache: Path, stub: Stub, tmp_path: Path) -> None:
    model_file = speech_file(stub, tmp_path)
    for path in (model_file.local_paths[0], tmp_path / "mine.pb"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(LFS_POINTER + b"\noid sha256:0123\nsize 288631454\n")
    for choice in ("published", str(tmp_path / "mine.pb")):
        with pytest.raises(UsageError, match=r"\.pb: a Git LFS pointer.*run git lfs pull"):
            obtain(choice, model_file)


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


@pytest.mark.parametrize("flags", [["--all"], ["--dsd100subset", "."], ["--output", "v.json"]])
def test_no_flag_is_taken_and_ignored(flags: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        weights.main(flags)
    assert "--all, --dsd100subset and --output need --verify" in capsys.readouterr().err
