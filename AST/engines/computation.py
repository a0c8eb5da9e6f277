"""How a run computes: what the user left open, decided for this machine."""

from dataclasses import dataclass

from AST.process.processors import usable_processors
from AST.settings import CUDA, STUDY_WINDOW, Settings, Windows, select_precision

BATCH_SIZE, BATCH_SIZE_CUDA = 1, 32
"""On a CPU a larger batch saves 3 % of the time at most, and its rows appear together."""
MAX_WORKERS = 8
"""The default on a CPU is at most so many."""


@dataclass(frozen=True)
class Computation:
    """Settings without a gap.

    Attributes:
        device: ``cpu``, ``mps`` or ``cuda:0``; with Ray ``cpu`` or ``cuda``. A text, so that a
            process that does not compute need not load torch.
        precision: ``fp32``, ``bf16`` or ``fp16``.
        speech_backend: ``auto``, ``torch`` or ``essentia``.
        batch_size: Number of stems that go through the models together, and of windows that AST
            takes together.
        workers: Number of processes that prepare files; with 0 there is one that does not work
            ahead.
        windows: Which parts of a stem AST hears.
    """

    device: str
    precision: str
    speech_backend: str
    batch_size: int
    workers: int
    windows: Windows = STUDY_WINDOW

    @property
    def device_type(self) -> str:
        """``cpu``, ``mps`` or ``cuda``."""
        return type_of(self.device)


def decide_computation(settings: Settings) -> Computation:
    """Fills in what the settings leave open.

    Raises:
        UsageError: This machine does not have the device.
    """
    from AST.process.devices import select_device  # loads torch

    return computation_on(str(select_device(settings.device)), settings)


def computation_on(device: str, settings: Settings) -> Computation:
    """The same for a device that is known."""
    kind = type_of(device)
    batch_size = BATCH_SIZE_CUDA if kind == CUDA else BATCH_SIZE
    return Computation(
        device,
        select_precision(settings.precision, kind),
        settings.speech_backend,
        batch_size if settings.batch_size is None else settings.batch_size,
        default_workers(kind) if settings.workers is None else settings.workers,
        settings.windows,
    )


def type_of(device: str) -> str:
    """A device without its number."""
    return device.partition(":")[0]


def default_workers(device_type: str) -> int:
    """On a CPU one for each core. (In bf16 that was a little faster than half as many.)"""
    cores = usable_processors()
    return max(1, cores - 1) if device_type == CUDA else min(MAX_WORKERS, cores)
