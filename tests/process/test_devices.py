import pytest
import torch

from AST.errors import UsageError
from AST.process.devices import has_instructions, select_device


def test_without_a_gpu_only_the_cpu_is_available(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert select_device("auto") == select_device("cpu") == torch.device("cpu")
    for name in ("cuda", "cuda:0", "mps"):
        with pytest.raises(UsageError, match=rf"device {name}: not available .*; use cpu"):
            select_device(name)


def test_one_of_two_gpus_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert select_device("auto") == select_device("cuda") == torch.device("cuda:0")
    assert select_device("cuda:1") == torch.device("cuda:1")
    with pytest.raises(UsageError, match=r"cuda:2: not available .*; use cuda:0, cuda:1"):
        select_device("cuda:2")


@pytest.mark.parametrize("is_supported", [True, False])
def test_the_cpu_reports_its_instructions_for_a_precision(
    monkeypatch: pytest.MonkeyPatch, is_supported: bool
) -> None:
    for name in ("bf16", "fp16"):
        report = f"_is_mkldnn_{name}_supported"
        monkeypatch.setattr(torch.ops.mkldnn, report, lambda: is_supported, raising=False)
        assert has_instructions(name, "cpu") is is_supported
        assert has_instructions(name, "cuda")
    assert has_instructions("fp32", "cpu")
