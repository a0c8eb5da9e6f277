"""Checkpoints on the hub: a local server stands for it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from transformers import ASTFeatureExtractor

from AST.weights.finding import obtain
from AST.weights.model_files import AST_FILE, AUDIOSET_CHECKPOINTS
from tests.checkpoints import NAMES, SMALL, change, oracle, save
from tests.helpers import ROOT
from tests.stub_server import Stub, hub_hash, serving

COMMIT = AST_FILE.hub.revision if AST_FILE.hub else ""

OBTAIN = """
import json, sys, time
from AST import errors
from AST.weights import finding, model_files
time.sleep = lambda seconds: None  # the hub's library waits between its tries
try:
    model = finding.obtain(sys.argv[1], model_files.AST_FILE)
    print(json.dumps({**model.record(), "kind": model.kind}))
except errors.UsageError as error:
    sys.exit(f"error: {error}")
"""


def obtain_from(
    endpoint: str, choice: str, home: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", OBTAIN, choice],
        env={**os.environ, "HF_ENDPOINT": endpoint, "HF_HOME": str(home), "PYTHONPATH": str(ROOT)}
        | environment,
        cwd=home.parent,
        capture_output=True,
        text=True,
        timeout=100,
    )


def on_hub(folder: Path) -> dict[str, bytes]:
    return {f"/{file.name}": file.read_bytes() for file in folder.iterdir()}


def asked(stub: Stub) -> set[str]:
    return {path for path, _ in stub.requests if "/resolve/" in path}


def test_a_hub_id_is_fetched_once_and_works_offline(
    stub: Stub, checkpoint: Path, tmp_path: Path
) -> None:
    stub.files = on_hub(checkpoint)
    first = obtain_from(stub.url, "me/mine", tmp_path / "hub")
    assert first.returncode == 0, first.stderr
    record = json.loads(first.stdout)
    assert record["sha256_of"] == dict(obtain(str(checkpoint), AST_FILE).sha256_of)
    assert record["hub_hashes"] == {
        file.name: hub_hash(file.name, file.read_bytes()) for file in sorted(checkpoint.iterdir())
    }
    assert record["path"] == f"me/mine@{COMMIT}"
    assert record["names"] == NAMES
    assert record["kind"] == f"me/mine@{COMMIT}, not pinned: only the hub knows its hash"
    assert asked(stub) == {
        "/me/mine/resolve/main/config.json",
        *(
            f"/me/mine/resolve/{COMMIT}/{name}"
            for name in ("preprocessor_config.json", "model.safetensors")
        ),
    }
    stub.requests.clear()
    for offline in ("0", "1"):
        again = obtain_from(stub.url, "me/mine", tmp_path / "hub", HF_HUB_OFFLINE=offline)
        assert again.stdout == first.stdout
        assert again.stderr == ""
    assert not stub.requests


def test_what_the_hub_does_not_have_is_not_asked_again(
    stub: Stub, checkpoint: Path, tmp_path: Path
) -> None:
    stub.files = on_hub(checkpoint)
    del stub.files["/preprocessor_config.json"]
    first = obtain_from(stub.url, "me/mine@v2", tmp_path / "hub")
    assert first.returncode == 0, first.stderr
    assert "/me/mine/resolve/v2/config.json" in asked(stub)
    stub.requests.clear()
    again = obtain_from(stub.url, "me/mine@v2", tmp_path / "hub", HF_HUB_OFFLINE="1")
    assert again.stdout == first.stdout
    assert not stub.requests


def test_shards_come_from_the_hub(stub: Stub, tmp_path: Path) -> None:
    folder = tmp_path / "shards"
    save("shards", oracle(SMALL), ASTFeatureExtractor(), folder)
    stub.files = on_hub(folder)
    result = obtain_from(stub.url, "me/mine", tmp_path / "hub")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["sha256_of"] == dict(obtain(str(folder), AST_FILE).sha256_of)


@pytest.mark.parametrize("name", ["16-16-0.442", "10-10-0.448-v2"])
def test_the_published_checkpoints_have_names(
    stub: Stub, checkpoint: Path, tmp_path: Path, name: str
) -> None:
    stub.files = on_hub(checkpoint)
    result = obtain_from(stub.url, name, tmp_path / "hub")
    assert result.returncode == 0, result.stderr
    assert f"/MIT/ast-finetuned-audioset-{name}/resolve/main/config.json" in asked(stub)


def test_all_published_names_are_known() -> None:
    logits = ("10-10-0.450", "10-10-0.448", "10-10-0.448-v2", "12-12-0.447", "14-14-0.443")
    assert set(AUDIOSET_CHECKPOINTS) == {*logits, "16-16-0.442"}


def test_another_network_is_named_before_its_weights_are_fetched(
    stub: Stub, copy: Path, tmp_path: Path
) -> None:
    change(copy / "config.json", model_type="wav2vec2")
    stub.files = on_hub(copy)
    result = obtain_from(stub.url, "me/mine", tmp_path / "hub")
    assert result.returncode == 1
    assert "this is wav2vec2, not AST" in result.stderr
    assert not any("model.safetensors" in path for path in asked(stub))


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_a_download_that_is_not_what_the_hub_says_is_refused(
    stub: Stub, checkpoint: Path, tmp_path: Path, name: str
) -> None:
    stub.files = on_hub(checkpoint)
    assert obtain_from(stub.url, "me/mine", tmp_path / "hub").returncode == 0
    [changed] = tmp_path.rglob(name)
    blob = changed.resolve()
    blob.write_bytes(blob.read_bytes() + b" ")
    result = obtain_from(stub.url, "me/mine", tmp_path / "hub")
    assert result.returncode == 1
    assert f"expected {blob.name} as the hub says; delete {blob} to fetch it" in result.stderr


@pytest.mark.parametrize("choice", ["me/mine", "a--b/c..d"])
def test_a_hub_that_cannot_be_reached_takes_one_line(tmp_path: Path, choice: str) -> None:
    with serving() as gone:
        endpoint = gone.url
    for offline in ("0", "1"):
        result = obtain_from(endpoint, choice, tmp_path / "hub", HF_HUB_OFFLINE=offline)
        assert result.returncode == 1
        error = result.stderr.splitlines()[-1]
        assert error.startswith(f"error: cannot fetch config.json of '{choice}' from the hub")
        assert "no file or folder of this name" in error
        assert "Traceback" not in result.stderr


def test_a_hub_without_the_model_takes_one_line(stub: Stub, tmp_path: Path) -> None:
    stub.files = {}
    result = obtain_from(stub.url, "me/mine", tmp_path / "hub")
    assert result.returncode == 1
    assert "error: me/mine@main: has no config.json" in result.stderr


def test_a_folder_goes_before_a_hub_id(stub: Stub, checkpoint: Path, tmp_path: Path) -> None:
    (tmp_path / "me").mkdir()
    (tmp_path / "me" / "mine").symlink_to(checkpoint)
    result = obtain_from(stub.url, "me/mine", tmp_path / "hub")
    assert result.returncode == 0, result.stderr
    assert "hub_hashes" not in json.loads(result.stdout)
    assert not stub.requests
