"""The trial run: every step of making the small models, with too little of everything to learn."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from AST.ast_model import Size
from AST.checkpoint import load_checkpoint, save_checkpoint
from AST.errors import UsageError
from AST.speech import SpeechModel
from training.__main__ import main
from training.families import LABELS_IN_ORDER
from training.network import SIZE, forward_some_patches, new_model
from training.sources import Folders
from training.train import train
from training.trainer import Clips, Trainer, loss_of

from .conftest import ROOT


def test_a_trial_run_makes_both_models_and_resumes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work, output = tmp_path / "work", tmp_path / "models"
    write_voices(work / "speech")
    command = [str(work), "--quick", "--output", str(output)]
    assert main(command) == 0
    first = json.loads(capsys.readouterr().out)
    assert first["held_out_renders"]["clips"] == 16
    weights = output / "ast-tiny.safetensors"
    assert load_checkpoint(weights).size == SIZE
    SpeechModel.load(output / "speech-tiny.pb")
    content = weights.read_bytes()
    assert main(command) == 0  # AST's state is there: it is only exported again
    assert weights.read_bytes() == content
    second = json.loads(capsys.readouterr().out)
    assert second["models"]["ast"] == first["models"]["ast"]
    assert second["held_out_renders"] == first["held_out_renders"]
    assert main([*command, "--seed", "1"]) == 2
    assert "take another folder" in capsys.readouterr().err


def test_a_trial_run_takes_spoken_lines_where_there_are_some(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[Path | None] = []

    def make(work: Path, folders: Folders, *others: object) -> int:
        taken.append(folders.speech)
        return 0

    monkeypatch.setattr("training.__main__.make", make)
    assert main([str(tmp_path), "--quick"]) == 0
    assert main([str(tmp_path)]) == 0  # the whole run speaks first
    (tmp_path / "speech").mkdir()
    assert main([str(tmp_path), "--quick"]) == 0
    assert taken == [None, tmp_path / "speech", tmp_path / "speech"]


def write_voices(folder: Path) -> None:
    """Two made-up voices, one of them held out, so that no package is needed."""
    rng = np.random.default_rng(0)
    time_s = np.arange(16_000) / 16_000
    for voice in ("flite-awb", "flite-rms"):
        (folder / voice).mkdir(parents=True)
        for number in range(12):
            pitch_hz = rng.uniform(90, 200)
            buzz = np.sum([np.sin(2 * np.pi * pitch_hz * k * time_s) / k for k in range(1, 15)], 0)
            syllables = 0.1 * buzz * (np.sin(2 * np.pi * 3 * time_s) > -0.3)
            soundfile.write(folder / voice / f"{number:03}.wav", syllables, 16_000)


def test_all_patches_give_what_the_suites_network_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.network.KEPT_PATCHES", 1.0)
    torch.manual_seed(0)
    model = new_model().eval()
    inputs = torch.randn(2, 1024, 128)
    with torch.inference_mode():
        own = forward_some_patches(model, inputs, torch.Generator())
        assert torch.allclose(own, model(inputs), atol=1e-5)


COUNT = len(LABELS_IN_ORDER)


def test_the_loss_is_smallest_where_the_target_is() -> None:
    targets = torch.nn.functional.one_hot(torch.tensor([3, 7]), COUNT).float()
    right, wrong = 8 * targets - 4, 8 * targets.roll(1, 0) - 4
    assert (
        loss_of(right, targets) < loss_of(torch.zeros(2, COUNT), targets) < loss_of(wrong, targets)
    )


def test_a_resumed_training_goes_on_as_if_it_had_not_stopped() -> None:
    def steps(trainer: Trainer, count: int) -> None:
        for _ in range(count):
            trainer.step(clips)

    clips = random_clips()
    through, stopped = Trainer(4, 4, seed=0), Trainer(4, 4, seed=0)
    steps(through, 3)
    steps(stopped, 2)
    resumed = Trainer(4, 4, seed=99)
    resumed.load(stopped.state())
    steps(resumed, 1)
    assert resumed.done == 3
    for own, other in zip(through.average.parameters(), resumed.average.parameters(), strict=True):
        assert torch.equal(own, other)


def test_without_bfloat16_the_matrices_are_adamws(monkeypatch: pytest.MonkeyPatch) -> None:
    for has_them, expected in ((True, torch.optim.Muon), (False, torch.optim.AdamW)):
        answer = has_them
        monkeypatch.setattr(
            "training.trainer.has_instructions", lambda precision, device, answer=answer: answer
        )
        trainer = Trainer(4, 4, seed=0)
        assert type(trainer.optimizers[0]) is expected
        counts = [len(optimizer.param_groups[0]["params"]) for optimizer in trainer.optimizers]
        assert sum(counts) == len(list(trainer.model.parameters()))
        assert counts[0] == 4 * SIZE.depth


def test_help_of_the_training_does_not_wait_for_torch() -> None:
    modules = (
        "train",
        "train_speech",
        "render",
        "evaluate",
        "export",
        "mean",
        "speak",
        "overlaps",
        "demo_songs",
    )
    for name in modules:
        code = (
            f"import sys, training.{name}\n"
            f"training.{name}.build_parser().format_help()\n"
            "sys.exit('torch' in sys.modules)"
        )
        assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def random_clips() -> Clips:
    rng = np.random.default_rng(0)
    return Clips(
        log_mels=rng.normal(-5, 2, (6, 1024, 128)).astype(np.float16),
        labels=rng.integers(len(LABELS_IN_ORDER), size=6),
        frames=np.array([1024, 300, 1024, 700, 600, 1024]),
    )


def test_training_on_starts_from_the_weights_at_a_share_of_the_rates(tmp_path: Path) -> None:
    torch.manual_seed(5)
    weights = tmp_path / "trained.safetensors"
    save_checkpoint(new_model(), weights)
    trained = load_checkpoint(weights)
    anew, further = Trainer(400, 4, seed=0), Trainer(400, 4, seed=0, trained=trained)
    for model in (further.model, further.average):
        for own, other in zip(model.parameters(), trained.parameters(), strict=True):
            assert torch.equal(own, other)
    assert further.rate_factor() == pytest.approx(0.7 * anew.rate_factor())
    further.done = anew.done = 300
    assert further.rate_factor() == pytest.approx(0.7 * anew.rate_factor())
    further.step(random_clips())
    assert not torch.equal(further.model.pos_embed, trained.pos_embed)


def test_weights_of_another_size_are_refused(tmp_path: Path) -> None:
    weights = tmp_path / "other.safetensors"
    save_checkpoint(new_model(Size(width=128, depth=1, stride=16)), weights)
    with pytest.raises(UsageError, match=r"other\.safetensors: an AST of Size\(width=128"):
        train(tmp_path, tmp_path / "work", 1, 4, 0, weights)


def test_a_state_of_other_first_weights_is_refused(tmp_path: Path) -> None:
    cache, work = tmp_path / "cache", tmp_path / "work"
    cache.mkdir()
    for split in ("train", "test"):
        clips = random_clips()
        tables = {
            "labels": [LABELS_IN_ORDER[label] for label in clips.labels],
            "frames": clips.frames.tolist(),
        }
        np.savez(cache / f"{split}-000.npz", log_mels=clips.log_mels, tables=json.dumps(tables))
    first, other = tmp_path / "first.safetensors", tmp_path / "other.safetensors"
    for seed, weights in enumerate((first, other)):
        torch.manual_seed(seed)
        save_checkpoint(new_model(), weights)
    assert train(cache, work, 1, 2, 0, first) == 0
    assert train(cache, work, 1, 2, 0, first) == 0
    for start_from in (None, other):
        with pytest.raises(UsageError, match="take another folder"):
            train(cache, work, 1, 2, 0, start_from)
