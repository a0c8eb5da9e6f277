"""Training states and shards on disk: written whole, refused where they are damaged."""

import stat
from pathlib import Path

import numpy as np
import pytest
import torch

from AST.checkpoint import load_checkpoint
from AST.errors import UsageError
from training import evaluate, export, train
from training.network import new_model
from training.render import load_cache
from training.state import read_state, write_state

STATE = {"average": {"w": torch.ones(2)}, "settings": {"seed": 0}}


def test_a_state_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "state.pt"
    write_state(path, STATE)
    state = read_state(path, {"seed": 0})
    assert torch.equal(state["average"]["w"], torch.ones(2))
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(UsageError, match=r"of \{'seed': 0\}, expected \{'seed': 1\}; take another"):
        read_state(path, {"seed": 1})


def test_what_is_no_state_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.pt"
    with pytest.raises(UsageError, match=r"state\.pt: cannot be read \(No such file"):
        read_state(path)
    path.write_bytes(b"half a state")
    with pytest.raises(UsageError, match=r"state\.pt: damaged; delete it"):
        read_state(path)
    torch.save([1], path)
    with pytest.raises(UsageError, match=r"expected a state\.pt of python -m training\.train"):
        read_state(path)


def test_exported_weights_are_the_averages_and_readable_by_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state, output = tmp_path / "state.pt", tmp_path / "tiny.safetensors"
    model = new_model()
    write_state(state, {"average": model.state_dict(), "settings": {}})
    assert export.main([str(state), "--output", str(output)]) == 0
    assert stat.S_IMODE(output.stat().st_mode) == stat.S_IMODE(state.stat().st_mode)
    exported = load_checkpoint(output)
    for own, other in zip(model.parameters(), exported.parameters(), strict=True):
        assert torch.equal(own.half().float(), other)
    assert export.main([str(state), "--output", str(tmp_path / "no" / "tiny.safetensors")]) == 2
    assert "choose another place by --output" in capsys.readouterr().err


def test_a_damaged_shard_is_told(tmp_path: Path) -> None:
    np.savez(tmp_path / "test-000.npz", log_mels=np.zeros(3))
    with pytest.raises(UsageError, match=r"test-000\.npz: no readable shard"):
        load_cache(tmp_path, "test", "log_mels")
    (tmp_path / "test-000.npz").write_bytes(b"PK\x03\x04 damaged")
    with pytest.raises(UsageError, match=r"test-000\.npz: no readable shard .*delete it"):
        load_cache(tmp_path, "test", "log_mels")
    with pytest.raises(UsageError, match=r"no train-\*\.npz; run python -m training\.render"):
        load_cache(tmp_path, "train", "log_mels")


def test_evaluation_needs_something_to_evaluate_on(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        evaluate.main([])
    assert "give --cache, --clips or both" in capsys.readouterr().err


def test_a_recording_that_fails_is_named_and_counts_against_the_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "piano__broken.flac").write_bytes(b"no audio")
    assert evaluate.main(["--clips", str(tmp_path)]) == 1
    assert "piano__broken.flac: " in capsys.readouterr().out


def test_training_without_clips_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train.main([str(tmp_path), str(tmp_path / "work")]) == 2
    assert "no train-*.npz" in capsys.readouterr().err
