"""What the hardware can do at best: the lower limit of every time."""

import platform
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import mean
from typing import ParamSpec, TypeVar

import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from AST.audio.mel_patches import MEL_PATCH_BANDS, MEL_PATCH_FRAMES
from AST.audio.preparation import prepare
from AST.audio.spectrogram import FRAME_COUNT, MEL_BAND_COUNT
from AST.process.devices import DTYPES
from AST.settings import CUDA
from AST.speech.graph_file import nodes_up_to
from AST.speech.graph_in_torch import GraphInTorch
from AST.speech.runners import INPUT_NODE, OUTPUT_NODE
from AST.tagger.checkpoint import load_checkpoint

MATRIX_WIDTH, MATRIX_WIDTH_CUDA = 2048, 8192
"""Smaller products leave a large GPU partly idle."""
REPEATS = 8
CPU_INFO = Path("/proc/cpuinfo")

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def timed(
    work: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
) -> tuple[float, Result]:
    """Calls a function. Returns the seconds that it took, and its result."""
    start = time.perf_counter()
    result = work(*args, **kwargs)
    return time.perf_counter() - start, result


def processor() -> str:
    """The processor's name, or the machine's type if the system does not give a name."""
    if CPU_INFO.is_file():
        for line in CPU_INFO.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def floor_s(
    stems: Sequence[Path], paths: tuple[Path, Path], precision: str, device: torch.device
) -> dict[str, float]:
    """The least time that a stem can take: all operations at the matrix rate, and reading.

    Args:
        stems: Files of equal length.
        paths: AST's file and the speech model's.
    """
    graph = GraphInTorch(nodes_up_to(paths[1], OUTPUT_NODE), INPUT_NODE)
    clip = torch.zeros(1, FRAME_COUNT, MEL_BAND_COUNT)
    mel_patch = torch.zeros(1, MEL_PATCH_FRAMES, MEL_PATCH_BANDS)
    mel_patch_count = sum(len(block) for block in prepare(stems[0]).mel_patches)
    rate = _operations_per_s(DTYPES[precision], device)
    floor = {
        "ast": _operations(load_checkpoint(paths[0]), clip) / rate,
        "speech": mel_patch_count * _operations(graph, mel_patch) / rate,
        # The files were just written, so they come from memory, not a disk.
        "read": mean(timed(stem.read_bytes)[0] for stem in stems),
    }
    return {**floor, "sum": sum(floor.values()), "operations_per_s": rate}


@torch.inference_mode()
def _operations_per_s(dtype: torch.dtype, device: torch.device) -> float:
    """Additions and multiplications per second in large matrix products: the best of three."""
    width = MATRIX_WIDTH_CUDA if device.type == CUDA else MATRIX_WIDTH
    matrix = torch.randn(width, width, device=device).to(dtype)

    def work() -> float:
        for _ in range(REPEATS):
            product = matrix @ matrix
        return product[0, 0].item()  # waits for the GPU

    work()
    return 2 * width**3 * REPEATS / min(timed(work)[0] for _ in range(3))


@torch.inference_mode()
def _operations(model: nn.Module, x: torch.Tensor) -> int:
    """Additions and multiplications of a model for one input."""
    # The counter does not count the fused attention of CPUs.
    with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        model(x)
    return int(counter.get_total_flops())
