"""``--verify`` with a local server as the hub: all checkpoints, and a machine without a network."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import safetensors.torch
from transformers import ASTFeatureExtractor

from AST.weights.finding import obtain
from AST.weights.model_files import AUDIOSET_CHECKPOINTS, SPEECH_FILE
from tests.checkpoints import SAMPLES, SMALL, expected_logits, oracle, save
from tests.helpers import ROOT, RunScript, write
from tests.stub_server import Stub, serving

VERIFY = """
import dataclasses, json, pathlib, sys
from AST.weights import model_files
ast_sha256, speech, speech_sha256, count, logits = sys.argv[1:]
missing, speech = pathlib.Path("nowhere"), pathlib.Path(speech)
replace = dataclasses.replace
model_files.AST_FILE = replace(model_files.AST_FILE, sha256=ast_sha256, local_paths=(missing,))
model_files.SPEECH_FILE = replace(
    model_files.SPEECH_FILE, sha256=speech_sha256, local_paths=(speech,)
)
from AST.verification import command, public, speed
speed.DURATION_S = 1
shape = "1 blocks, 64 wide, stride 16, 527 outputs"
expected = public.CheckpointFigures(tuple(json.loads(logits)), shape, float(count))
figures = public.PublicFigures(checkpoints=dict.fromkeys(public.CHECKPOINTS, expected))
sys.exit(command.verify(pathlib.Path("verified.json"), True, None, figures))
"""


def test_all_checkpoints_come_from_the_hub(
    stub: Stub, no_speech_path: Path, tmp_path: Path
) -> None:
    theirs, folder = oracle(SMALL), tmp_path / "hub_files"
    save("folder", theirs, ASTFeatureExtractor(), folder)
    sample = write(tmp_path / "sample.wav", SAMPLES, 16_000, subtype="FLOAT")
    stub.files = {f"/{file.name}": file.read_bytes() for file in folder.iterdir()}
    stub.files["/sample_audio.flac"] = sample.read_bytes()  # FFmpeg looks at the content
    weights = folder / "model.safetensors"
    count = sum(tensor.numel() for tensor in safetensors.torch.load_file(weights).values()) / 1e6
    logits = expected_logits(theirs, ASTFeatureExtractor())[0, :3].tolist()
    speech = obtain(str(no_speech_path), SPEECH_FILE)
    hashes = hashlib.sha256(weights.read_bytes()).hexdigest(), str(no_speech_path), speech.sha256
    result = subprocess.run(
        [sys.executable, "-c", VERIFY, *hashes, f"{count:.1f}", json.dumps(logits)],
        env={**os.environ, "HF_ENDPOINT": stub.url, "HF_HOME": str(tmp_path / "hub")}
        | {"PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    passed = [line for line in result.stdout.splitlines() if line.startswith("ok")]
    for name in AUDIOSET_CHECKPOINTS:
        assert any(f"first logits of {name} on the public sample, fp32" in line for line in passed)
        assert any(f"layers of {name}: expected 1 blocks, 64 wide" in line for line in passed)
        assert any(f"parameters of {name} in millions: expected" in line for line in passed)
        [note] = [line for line in result.stdout.splitlines() if f"sha256 of {name}," in line]
        assert f"model.safetensors {hashes[0]}" in note
    asked = {path for path, _ in stub.requests}
    dataset = "/datasets/nielsr/audio-spectogram-transformer-checkpoint/resolve/main"
    assert f"{dataset}/sample_audio.flac" in asked
    report = json.loads((tmp_path / "verified.json").read_bytes())
    assert {check["passed"] for check in report["checks"]} == {True, None}


def test_without_a_network_every_check_says_why(run: RunScript, tmp_path: Path) -> None:
    with serving() as gone:
        endpoint = gone.url
    places = {"HF_HOME": str(tmp_path / "hub"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    proxies = {"https_proxy": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"}
    offline = {"HF_HUB_OFFLINE": "1"}
    result = run("AST.weights", "--verify", HF_ENDPOINT=endpoint, **places, **proxies, **offline)
    assert result.returncode == 1, result.stderr
    failed = [line for line in result.stdout.splitlines() if line.startswith("FAILED")]
    assert [line.split(":")[0] for line in failed] == [
        "FAILED  sha256 of the model",
        "FAILED  sha256 of the speech model",
    ]
    assert "Traceback" not in result.stderr
    assert (tmp_path / "verified.json").exists()


@pytest.mark.parametrize("flags", [["--verify", "--fetch"], ["--verify", "--output", "no/where"]])
def test_wrong_flags_are_refused(run: RunScript, flags: list[str]) -> None:
    result = run("AST.weights", *flags, HF_HUB_OFFLINE="1")
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
