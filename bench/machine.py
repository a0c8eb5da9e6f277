"""What the hardware can do at best: the lower limit of every time."""

import platform
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from AST.audio.mel_patches import MEL_PATCH_BANDS, MEL_PATCH_FRAMES
from AST.speech.graph_in_torch import GraphInTorch
from AST.tagger.network import AudioSpectrogramTransformer

MATRIX_WIDTH = 2048
REPEATS = 8
CPU_INFO = Path("/proc/cpuinfo")


def processor() -> str:
    """The processor's name, or the machine's type if the system does not give a name."""
    if CPU_INFO.is_file():
        for line in CPU_INFO.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def device_name(device: torch.device) -> str:
    """The name of a device: the GPU's model, or for example ``cpu``."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else str(device)


def seconds(work: Callable[[], object], device: torch.device) -> float:
    """Seconds until the work is done. On a GPU too, the work is complete by then."""
    start = time.perf_counter()
    work()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter() - start


@torch.inference_mode()
def operations_per_s(dtype: torch.dtype, device: torch.device) -> float:
    """Additions and multiplications per second in large matrix products: the best of three."""
    matrix = torch.randn(MATRIX_WIDTH, MATRIX_WIDTH, device=device).to(dtype)

    def work() -> None:
        for _ in range(REPEATS):
            matrix @ matrix

    work()
    return 2 * MATRIX_WIDTH**3 * REPEATS / min(seconds(work, device) for _ in range(3))


@torch.inference_mode()
def operations(
    ast: AudioSpectrogramTransformer, speech: GraphInTorch, mel_patch_count: int
) -> dict[str, int]:
    """Additions and multiplications: of AST for one clip, and of the speech model for a file."""
    counted = {}
    # The counter does not count the fused attention of CPUs.
    with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        ast(torch.zeros(1, 1024, 128))
    counted["ast"] = counter.get_total_flops()
    with FlopCounterMode(display=False) as counter:
        speech(torch.zeros(1, MEL_PATCH_FRAMES, MEL_PATCH_BANDS))
    counted["speech"] = mel_patch_count * counter.get_total_flops()
    return counted


def read_bytes_per_s(paths: Sequence[Path]) -> float:
    """How fast files can be read. They were just written, so they come from memory, not a disk."""
    start = time.perf_counter()
    size = sum(len(path.read_bytes()) for path in paths)
    return size / (time.perf_counter() - start)
