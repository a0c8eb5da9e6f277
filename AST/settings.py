"""What a user can choose about how the models run. Free of torch, so that --help is quick."""

import argparse
import math
import re
from dataclasses import dataclass
from typing import Any

from AST.errors import UsageError

AUTO = "auto"

CPU, CUDA, MPS = "cpu", "cuda", "mps"
DEVICE_NAMES = re.compile(rf"{AUTO}|{CPU}|{MPS}|{CUDA}(:\d+)?")
EXPECTED_DEVICE = f"{AUTO}, {CPU}, {MPS}, {CUDA} or one of several GPUs, such as {CUDA}:1"

FP32, BF16, FP16 = "fp32", "bf16", "fp16"
PRECISIONS = (AUTO, FP32, BF16, FP16)

ESSENTIA, TORCH = "essentia", "torch"
SPEECH_BACKENDS = (AUTO, TORCH, ESSENTIA)

LOCAL, RAY = "local", "ray"
RAY_ENGINE = re.compile(rf"({RAY})(?:://([^:/]+):(\d+))?")
EXPECTED_ENGINE = f"{LOCAL}, {RAY} or {RAY}://HOST:PORT"

STUDY, ALL = "study", "all"
EXPECTED_WINDOWS = f"'{STUDY}', '{ALL}' or a whole number, 1 or more"
MEAN, MAX, VOTE = "mean", "max", "vote"
POOLS = (MEAN, MAX, VOTE)
ZERO, REPEAT = "zero", "repeat"
PADS = (ZERO, REPEAT)
LOWEST_HOP_S = 0.01
"""One frame of AST's input."""


@dataclass(frozen=True)
class Windows:
    """Which parts of a stem AST hears, and how their scores become one.

    The defaults are the study's.

    Attributes:
        windows: ``study``: the start of the study's excerpt, as much as AST's input holds (10.24
            s). A number: so many windows of that length. ``all``: the whole stem.
        hop_s: Seconds from one window to the next; None: the length of a window.
        pool: ``mean`` or ``max`` of the windows' scores, or ``vote``: in how many windows a name
            is the best one. None: ``mean``, or nothing to pool in the study's way.
        pad: What fills a window that is too short: ``zero``, or ``repeat`` for its own sound.

    Raises:
        UsageError: A value is not one of these, or hop or pool is given for the study's window.
    """

    windows: str | int = STUDY
    hop_s: float | None = None
    pool: str | None = None
    pad: str = ZERO

    def __post_init__(self) -> None:
        is_number = type(self.windows) is int and self.windows >= 1
        if not is_number and self.windows not in (STUDY, ALL):
            raise UsageError(f"windows {self.windows!r}: expected {EXPECTED_WINDOWS}")
        for name in ("hop_s", "pool"):
            value = getattr(self, name)
            if self.are_the_studys and value is not None:
                raise UsageError(
                    f"{name} {value}: the study's way has one window; choose more of them, such as "
                    "windows all, or omit it"
                )
        if self.hop_s is not None and not LOWEST_HOP_S <= self.hop_s < math.inf:
            raise UsageError(f"hop_s {self.hop_s}: expected seconds, {LOWEST_HOP_S} or more")
        for name, value, choices in (("pool", self.pool, (None, *POOLS)), ("pad", self.pad, PADS)):
            if value not in choices:
                expected = ", ".join(filter(None, choices))
                raise UsageError(f"{name} {value!r}: expected one of {expected}")

    @property
    def are_the_studys(self) -> bool:
        """Whether there is only the study's window, so that nothing is pooled."""
        return self.windows == STUDY

    def record(self, window_s: float) -> dict[str, Any]:
        """All of it as a run record has it, without a gap.

        Args:
            window_s: Length of a window.
        """
        own = {"windows": self.windows, "pad": self.pad}
        if self.are_the_studys:
            return own
        return {**own, "hop_s": self.hop_s or window_s, "pool": self.pool or MEAN}


@dataclass(frozen=True)
class Settings:
    """How the models run. The defaults suit most machines.

    Attributes:
        device: ``auto``, ``cpu``, ``mps``, ``cuda`` or one of several GPUs, such as ``cuda:1``.
        precision: Of the models' matrix products: ``auto``, ``fp32``, ``bf16`` or ``fp16``.
        speech_backend: What runs the speech model: ``auto``, ``torch`` or ``essentia``.
        batch_size: Number of stems, or of their windows, that go through the models together; None
            chooses one.
        workers: Number of processes that prepare files; with 0 there is one, and it does not work
            ahead; None chooses a number.
        windows: Which parts of a stem AST hears.
        engine: Who does the work: ``local``: this process with one device; ``ray``: all cores and
            GPUs of this machine; ``ray://HOST:PORT``: a cluster of Ray.

    Raises:
        UsageError: A value is not one of these.
    """

    device: str = AUTO
    precision: str = AUTO
    speech_backend: str = AUTO
    batch_size: int | None = None
    workers: int | None = None
    windows: Windows = Windows()
    engine: str = LOCAL

    def __post_init__(self) -> None:
        if not DEVICE_NAMES.fullmatch(self.device):
            raise UsageError(f"device {self.device!r}: expected {EXPECTED_DEVICE}")
        if self.engine != LOCAL and not RAY_ENGINE.fullmatch(self.engine):
            raise UsageError(f"engine {self.engine!r}: expected {EXPECTED_ENGINE}")
        for name, choices in (("precision", PRECISIONS), ("speech_backend", SPEECH_BACKENDS)):
            if (value := getattr(self, name)) not in choices:
                raise UsageError(f"{name} {value!r}: expected one of {', '.join(choices)}")
        for name, lowest in (("batch_size", 1), ("workers", 0)):
            value = getattr(self, name)
            if value is not None and value < lowest:
                raise UsageError(f"{name} {value}: expected a whole number, {lowest} or more")


def device_name(text: str) -> str:
    """An argparse type: ``auto``, ``cpu``, ``mps``, ``cuda`` or one GPU, such as ``cuda:1``.

    >>> device_name("cuda:1")
    'cuda:1'
    """
    if not DEVICE_NAMES.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r}: expected {EXPECTED_DEVICE}")
    return text


def engine_name(text: str) -> str:
    """An argparse type: ``local``, ``ray`` or ``ray://HOST:PORT``.

    >>> engine_name("ray://10.0.0.1:6379")
    'ray://10.0.0.1:6379'
    """
    if text != LOCAL and not RAY_ENGINE.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r}: expected {EXPECTED_ENGINE}")
    return text


STUDY_WINDOW = Windows()


def windows_choice(text: str) -> str | int:
    """An argparse type: ``study``, ``all`` or how many windows.

    >>> windows_choice("all"), windows_choice("3")
    ('all', 3)
    """
    if text in (STUDY, ALL):
        return text
    if not re.fullmatch("0*[1-9][0-9]{0,8}", text):
        raise argparse.ArgumentTypeError(f"{text!r}: expected {EXPECTED_WINDOWS}")
    return int(text)


def hop_seconds(text: str) -> float:
    """An argparse type: seconds from one window to the next.

    >>> hop_seconds("5.12")
    5.12
    """
    try:
        hop_s = float(text)
        Windows(ALL, hop_s)
    except (ValueError, UsageError) as error:
        expected = f"{text!r}: expected seconds, {LOWEST_HOP_S} or more"
        raise argparse.ArgumentTypeError(expected) from error
    return hop_s


def select_precision(name: str, device_type: str) -> str:
    """The precision that a name stands for: ``auto`` is fp16 on CUDA and fp32 elsewhere.

    The AST authors' code runs under autocast to fp16 on CUDA.

    >>> select_precision("auto", "cpu"), select_precision("auto", "cuda")
    ('fp32', 'fp16')
    """
    if name != AUTO:
        return name
    return FP16 if device_type == CUDA else FP32
