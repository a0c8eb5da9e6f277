"""The mean of several weights."""

from pathlib import Path

import pytest
import torch

from AST.ast_model import Size
from AST.checkpoint import load_checkpoint, save_checkpoint
from training import mean
from training.network import new_model


def test_every_weight_is_the_mean(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [tmp_path / f"{name}.safetensors" for name in "abc"]
    for seed, path in enumerate(paths):
        torch.manual_seed(seed)
        save_checkpoint(new_model().half(), path)
    output = tmp_path / "mean.safetensors"
    assert mean.main([*map(str, paths), "--output", str(output)]) == 0
    assert capsys.readouterr().out == f"{output}: the mean of 3 files\n"
    states = [load_checkpoint(path).state_dict() for path in paths]
    for name, own in load_checkpoint(output).state_dict().items():
        expected = sum(state[name].double() for state in states) / 3
        assert torch.allclose(own.double(), expected, rtol=1e-3, atol=1e-7)


def test_weights_of_two_sizes_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small, smaller = tmp_path / "small.safetensors", tmp_path / "smaller.safetensors"
    save_checkpoint(new_model(), small)
    save_checkpoint(new_model(Size(width=128, depth=1, stride=16)), smaller)
    output = tmp_path / "mean.safetensors"
    assert mean.main([str(small), str(smaller), "--output", str(output)]) == 2
    assert "smaller.safetensors: an AST of Size(width=128" in capsys.readouterr().err
    assert not output.exists()
