"""Where the models run."""

import torch

from AST.errors import UsageError
from AST.settings import AUTO, CPU, CUDA, MPS


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
