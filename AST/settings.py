"""What a user can choose about how the models run. Free of torch, so that --help is quick."""

import argparse
import re
from dataclasses import dataclass

from AST.errors import UsageError

AUTO = "auto"

CPU, CUDA, MPS = "cpu", "cuda", "mps"
DEVICE_NAMES = re.compile(rf"{AUTO}|{CPU}|{MPS}|{CUDA}|{CUDA}:\d+(,{CUDA}:\d+)*")
EXPECTED_DEVICE = f"{AUTO}, {CPU}, {CUDA}, {MPS} or a list such as cuda:0,cuda:1"

FP32, BF16, FP16 = "fp32", "bf16", "fp16"
PRECISIONS = (AUTO, FP32, BF16, FP16)

ESSENTIA, TORCH = "essentia", "torch"
SPEECH_BACKENDS = (AUTO, TORCH, ESSENTIA)


@dataclass(frozen=True)
class Settings:
    """How the models run. The defaults suit most machines.

    Attributes:
        device: ``auto``, ``cpu``, ``mps``, ``cuda`` (all GPUs) or a list such as ``cuda:0,cuda:1``.
        precision: Of the models' matrix products: ``auto``, ``fp32``, ``bf16`` or ``fp16``.
        speech_backend: What runs the speech model: ``auto``, ``torch`` or ``essentia``.
        batch_size: Number of stems that go through the models together; None chooses one.
        workers: Number of processes that prepare files; with 0 there is one, and it does not work
            ahead; None chooses a number.

    Raises:
        UsageError: A value is not one of these.
    """

    device: str = AUTO
    precision: str = AUTO
    speech_backend: str = AUTO
    batch_size: int | None = None
    workers: int | None = None

    def __post_init__(self) -> None:
        if not DEVICE_NAMES.fullmatch(self.device):
            raise UsageError(f"device {self.device!r}: expected {EXPECTED_DEVICE}")
        for name, choices in (("precision", PRECISIONS), ("speech_backend", SPEECH_BACKENDS)):
            if (value := getattr(self, name)) not in choices:
                raise UsageError(f"{name} {value!r}: expected one of {', '.join(choices)}")
        for name, lowest in (("batch_size", 1), ("workers", 0)):
            value = getattr(self, name)
            if value is not None and value < lowest:
                raise UsageError(f"{name} {value}: expected a whole number, {lowest} or more")


def device_names(text: str) -> str:
    """An argparse type: ``auto``, ``cpu``, ``mps``, ``cuda`` or a list such as ``cuda:0,cuda:2``.

    >>> device_names("cuda:0,cuda:2")
    'cuda:0,cuda:2'
    """
    if not DEVICE_NAMES.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r}: expected {EXPECTED_DEVICE}")
    return text


def select_precision(name: str, device_type: str) -> str:
    """The precision that a name stands for: ``auto`` is fp16 on CUDA and fp32 elsewhere.

    The AST authors' code runs under autocast to fp16 on CUDA.

    >>> select_precision("auto", "cpu"), select_precision("auto", "cuda")
    ('fp32', 'fp16')
    """
    if name != AUTO:
        return name
    return FP16 if device_type == CUDA else FP32
