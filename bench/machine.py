"""What the hardware could do at best: the floor under every time."""

import platform
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from AST.audio.mel_patches import PATCH_BANDS, PATCH_FRAMES
from AST.speech.graph_in_torch import GraphInTorch
from AST.tagger.network import AudioSpectrogramTransformer

MATRIX_WIDTH = 2048
REPEATS = 8
CPU_INFO = Path("/proc/cpuinfo")


def processor() -> str:
    """The processor's name, as far as the system tells it."""
    if CPU_INFO.is_file():
        for line in CPU_INFO.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def device_name(device: torch.device) -> str:
    """Such as the GPU's model, or ``cpu``."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else str(device)


def seconds(work: Callable[[], object], device: torch.device) -> float:
    """Until the work is done, on a GPU too."""
    start = time.perf_counter()
    work()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter() - start


@torch.inference_mode()
def operations_per_s(dtype: torch.dtype, device: torch.device) -> float:
    """Additions and multiplications in products of large square matrices; the best of three."""
    matrix = torch.randn(MATRIX_WIDTH, MATRIX_WIDTH, device=device).to(dtype)

    def work() -> None:
        for _ in range(REPEATS):
            matrix @ matrix

    work()
    return 2 * MATRIX_WIDTH**3 * REPEATS / min(seconds(work, device) for _ in range(3))


@torch.inference_mode()
def operations(
    ast: AudioSpectrogramTransformer, speech: GraphInTorch, patches: int
) -> dict[str, int]:
    """Of one clip in AST and of a file's patches in the speech model."""
    counted = {}
    # The fused attention of CPUs is unknown to the counter.
    with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        ast(torch.zeros(1, 1024, 128))
    counted["ast"] = counter.get_total_flops()
    with FlopCounterMode(display=False) as counter:
        speech(torch.zeros(1, PATCH_FRAMES, PATCH_BANDS))
    counted["speech"] = patches * counter.get_total_flops()
    return counted


def read_bytes_per_s(paths: Sequence[Path]) -> float:
    """How fast files can be read: they have just been written, so from memory, not from a disk."""
    start = time.perf_counter()
    size = sum(len(path.read_bytes()) for path in paths)
    return size / (time.perf_counter() - start)
