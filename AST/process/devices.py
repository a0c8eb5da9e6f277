"""Which device the models run on, and what devices can do."""

import numpy as np
import numpy.typing as npt
import torch

from AST.errors import UsageError
from AST.settings import AUTO, BF16, CPU, CUDA, FP16, FP32, MPS

DTYPES = {FP32: torch.float32, BF16: torch.bfloat16, FP16: torch.float16}


def select_device(name: str) -> torch.device:
    """The device that a ``--device`` names. ``cuda`` is the first GPU.

    ``auto`` takes this, else Apple's MPS, else the CPU.

    Raises:
        UsageError: This machine, or this build of torch, does not have such a device.
    """
    gpus = [f"{CUDA}:{number}" for number in range(torch.cuda.device_count())]
    usable = [*gpus, *([MPS] if torch.backends.mps.is_available() else []), CPU]
    if name == AUTO:
        return torch.device(usable[0])
    wanted = f"{CUDA}:0" if name == CUDA else name
    if wanted not in usable:
        raise UsageError(
            f"device {name}: not available to torch on this machine; use {', '.join(usable)}"
        )
    return torch.device(wanted)


def has_instructions(precision: str, device_type: str) -> bool:
    """Whether a device has instructions for a precision. A CPU without them is far slower in it.

    Only CPUs are asked, through oneDNN. Every other device counts as having them.
    """
    report = {BF16: "_is_mkldnn_bf16_supported", FP16: "_is_mkldnn_fp16_supported"}.get(precision)
    if device_type != CPU or not report:
        return True
    ask = getattr(torch.ops.mkldnn, report, None)  # some builds of torch do not have it
    return ask is None or bool(ask())


def check_finite(scores: npt.NDArray[np.float32], dtype: torch.dtype) -> None:
    """Checks that no score is NaN or infinite: no rule may decide on such a score.

    Raises:
        UsageError: One is.
    """
    if np.isfinite(scores).all():
        return
    if dtype == torch.float32:
        raise UsageError(
            "a model's scores are not finite numbers: its weights are damaged; get its file again"
        )
    raise UsageError(
        f"a model's scores are not finite numbers in {str(dtype).partition('.')[2]}; use precision "
        "fp32"
    )
