"""Where the models run."""

import torch

from AST.errors import UsageError
from AST.settings import AUTO, BF16, CPU, CUDA, FP16, MPS


def select_devices(names: str) -> list[torch.device]:
    """The devices of a ``--device``: one, or several GPUs that share the work.

    ``cuda`` takes all GPUs that torch sees; ``auto`` takes them, else Apple's MPS, else the CPU.

    Raises:
        UsageError: This machine or this torch has no such device.
    """
    gpus = [f"{CUDA}:{number}" for number in range(torch.cuda.device_count())]
    available = {CUDA: gpus, MPS: [MPS] if torch.backends.mps.is_available() else [], CPU: [CPU]}
    if names == AUTO:
        names = next(name for name, there in available.items() if there)
    wanted = available.get(names) or names.split(",")
    usable = [name for there in available.values() for name in there]
    if missing := [name for name in wanted if name not in usable]:
        raise UsageError(
            f"--device {names}: {missing[0]} is not available to torch on this machine; "
            f"use {', '.join(usable)}"
        )
    return [torch.device(name) for name in dict.fromkeys(wanted)]


def has_instructions(precision: str, device_type: str) -> bool:
    """Whether the device multiplies in a precision; CPUs that do not are slower in it by far.

    Only what oneDNN reports of a CPU is known; everything else counts as having them.
    """
    report = {BF16: "_is_mkldnn_bf16_supported", FP16: "_is_mkldnn_fp16_supported"}.get(precision)
    if device_type != CPU or not report:
        return True
    ask = getattr(torch.ops.mkldnn, report, None)  # not in every build of torch
    return ask is None or bool(ask())
