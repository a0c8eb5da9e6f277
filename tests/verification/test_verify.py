"""``--verify``: right models pass, and each sabotage fails the check that it belongs to."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch
import torchaudio
from transformers import ASTConfig, ASTFeatureExtractor, ASTForAudioClassification

from AST.audio import spectrogram as spectrogram_module
from AST.recognition.recogniser import Recogniser
from AST.tagger import checkpoint as checkpoint_module
from AST.verification import chain, command, network, speed
from AST.verification.public import DEFAULT, CheckpointFigures, PublicFigures
from AST.weights.checkpoint_config import CheckpointConfig, InputFormat
from AST.weights.finding import obtain
from AST.weights.model_files import AST_FILE, AUDIOSET_CHECKPOINTS, SPEECH_FILE
from synthetic.stems import write_dsd100
from tests.checkpoints import SMALL, expected_logits, oracle
from tests.helpers import write

SAMPLES = (np.random.default_rng(1).normal(0, 0.1, 160_000) * 2**15).astype(np.int16)
"""Ten seconds of noise at 16 kHz, as a file with 16 bits holds them."""
Verify = Callable[[], tuple[int, list[str]]]


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A small AST in the form of the published file."""
    oracle(SMALL).save_pretrained(tmp_path / "theirs")
    (tmp_path / "models").mkdir()
    return (tmp_path / "theirs" / "model.safetensors").rename(
        tmp_path / "models" / "ast.safetensors"
    )


@pytest.fixture
def figures(weights: Path) -> PublicFigures:
    """What transformers gives for these weights."""
    samples = np.asarray(SAMPLES / 2**15, np.float32)
    logits = expected_logits(oracle(SMALL), ASTFeatureExtractor(), samples)[0, :3]
    count = sum(tensor.numel() for tensor in safetensors.torch.load_file(weights).values()) / 1e6
    shape = "1 blocks, 64 wide, stride 16, 527 outputs"
    expected = CheckpointFigures(tuple(logits.tolist()), shape, round(count, 1))
    return PublicFigures(checkpoints={DEFAULT: expected})


@pytest.fixture
def verify(
    weights: Path, figures: PublicFigures, no_speech_path: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> Verify:  # fmt: skip
    """Runs the checks with the small models in the place of the published ones."""
    places = {"AST_FILE": (AST_FILE, weights), "SPEECH_FILE": (SPEECH_FILE, no_speech_path)}
    for name, (model_file, path) in places.items():
        known = replace(
            model_file, sha256=obtain(str(path), model_file).sha256, local_paths=(path,)
        )
        monkeypatch.setattr(f"AST.verification.command.{name}", known)
        monkeypatch.setattr(f"AST.weights.finding.{name}", known)
    sample = write(tmp_path / "sample.flac", SAMPLES, 16_000)
    monkeypatch.setattr(command, "hub_file", lambda file: sample)
    monkeypatch.setattr(speed, "DURATION_S", 1)

    def run() -> tuple[int, list[str]]:
        code = command.verify(tmp_path / "verified.json", figures=figures)
        return code, capsys.readouterr().out.splitlines()

    return run


def failed(lines: list[str]) -> list[str]:
    return [line for line in lines if line.startswith("FAILED")]


def test_right_models_pass(verify: Verify, tmp_path: Path) -> None:
    code, lines = verify()
    assert code == 0, lines
    assert not failed(lines)
    assert lines[-1].startswith("7 checks passed, 0 failed; recorded in ")
    assert any("layer norm epsilon 1e-12 instead" in line for line in lines)
    [speed_line] = [line for line in lines if "speed, fp32 on cpu" in line]
    assert re.search(
        r"stems a minute \(4 of 1 s each\); DSD100 .* (h|min), MoisesDB .* (h|min)", speed_line
    )
    report = json.loads((tmp_path / "verified.json").read_bytes())
    assert sum(check["passed"] is True for check in report["checks"]) == 7
    assert report["torch"] == torch.__version__


def flip_a_tensor(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tensors = safetensors.torch.load_file(weights)
    tensors["classifier.dense.weight"] *= -1
    safetensors.torch.save_file(tensors, weights)


def swap_query_and_key(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load = checkpoint_module._joined

    def swapped(parts: list[torch.Tensor]) -> torch.Tensor:
        return load(parts if len(parts) == 1 else [parts[1], parts[0], parts[2]])

    monkeypatch.setattr(checkpoint_module, "_joined", swapped)


def change_epsilon(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CheckpointConfig.__init__, "__defaults__", with_default(1e-6, 1e-2))


def with_default(old: object, new: object) -> tuple[object, ...]:
    defaults = CheckpointConfig.__init__.__defaults__ or ()
    return tuple(new if value == old else value for value in defaults)


def change_normalisation(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    form = InputFormat(mean=-4.0)
    defaults = spectrogram_module.spectrogram.__defaults__ or ()
    changed = (form, *defaults[1:])
    monkeypatch.setattr(spectrogram_module.spectrogram, "__defaults__", changed)
    monkeypatch.setattr(
        CheckpointConfig.__init__, "__defaults__", with_default(InputFormat(), form)
    )


def change_mel_filters(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fbank = torchaudio.compliance.kaldi.fbank
    monkeypatch.setattr(
        torchaudio.compliance.kaldi,
        "fbank",
        lambda *args, **keys: fbank(*args, **keys, low_freq=60),
    )


LOGITS = f"FAILED  first logits of {DEFAULT} on the public sample, fp32: expected "
FEATURES = "FAILED  AST's input for a fixed tone, at six places: expected "


@pytest.mark.parametrize(
    ("sabotage", "beginnings"),
    [
        (flip_a_tensor, ["FAILED  sha256 of the model: expected ", LOGITS]),
        (swap_query_and_key, [LOGITS]),
        (change_epsilon, [LOGITS]),
        (change_normalisation, [FEATURES, LOGITS]),
        (change_mel_filters, [FEATURES, LOGITS]),
    ],
)
def test_each_sabotage_fails_its_check(
    verify: Verify, weights: Path, monkeypatch: pytest.MonkeyPatch,
    sabotage: Callable[[Path, pytest.MonkeyPatch], None], beginnings: list[str],
) -> None:  # fmt: skip
    sabotage(weights, monkeypatch)
    code, lines = verify()
    assert code == 1
    found = failed(lines)
    assert len(found) == len(beginnings), found
    for line, beginning in zip(found, beginnings, strict=True):
        assert line.startswith(beginning)
        assert "sha256" in line or re.search(r"largest difference [\d.e-]+ \(tolerance 0.001", line)


def test_the_stored_features_are_those_of_transformers() -> None:
    theirs = ASTFeatureExtractor()(network.chirp(), sampling_rate=16_000, return_tensors="np")
    for (frame, band), value in network.FEATURES.items():
        assert theirs["input_values"][0, frame, band] == pytest.approx(value, abs=1e-5)


@pytest.mark.parametrize("name", PublicFigures().checkpoints)
def test_the_public_figures_fit_transformers_networks(name: str) -> None:
    expected = PublicFigures().checkpoints[name]
    stride = int(name[:2])
    config = ASTConfig(time_stride=stride, frequency_stride=stride, num_labels=527)
    with torch.device("meta"):
        count = sum(one.numel() for one in ASTForAudioClassification(config).parameters())
    assert expected.parameters_millions == pytest.approx(count / 1e6, abs=0.05)
    assert f"stride {stride}," in expected.shape


def test_there_is_a_figure_for_each_published_checkpoint() -> None:
    figures = PublicFigures()
    assert {*figures.checkpoints} == {DEFAULT, *AUDIOSET_CHECKPOINTS}
    assert len(figures.stems) == 7


def test_stems_are_checked_from_the_file_on(
    tmp_path: Path, ast_path: Path, no_speech_path: Path
) -> None:
    write_dsd100(tmp_path, songs=1, duration_s=1)
    [path] = tmp_path.rglob("bass.wav")
    below = str(path.relative_to(tmp_path / "Sources"))
    recogniser = Recogniser(str(ast_path), str(no_speech_path))
    result = recogniser.recognise(path)
    assert result.score is not None
    name = next(one for one in recogniser.names if one.lower() == result.prediction)
    right = (below, result.speech_score_percent, name, result.score)
    wrong = (below, result.speech_score_percent + 0.02, "Zither", result.score + 0.002)
    gone = ("Dev/gone.wav", 0.0, "Zither", 0.5)
    figures = PublicFigures(stems=(right, wrong, gone))
    checks = list(chain.stem_checks(tmp_path, recogniser, figures))
    assert [check.passed for check in checks] == [True] * 3 + [False] * 4


def test_what_is_not_published_fails(
    verify: Verify, no_speech_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = replace(SPEECH_FILE, sha256="0" * 64, local_paths=(no_speech_path,))
    monkeypatch.setattr("AST.verification.command.SPEECH_FILE", known)
    code, lines = verify()
    assert code == 1
    [line] = failed(lines)
    assert line.startswith(f"FAILED  sha256 of the speech model: expected {'0' * 64}, came ")
