"""What a user can choose about how the models run; free of torch, so that --help is quick."""

import argparse
import re

AUTO = "auto"

CPU, CUDA, MPS = "cpu", "cuda", "mps"
DEVICE_NAMES = re.compile(rf"{AUTO}|{CPU}|{MPS}|{CUDA}|{CUDA}:\d+(,{CUDA}:\d+)*")

FP32, BF16, FP16 = "fp32", "bf16", "fp16"
PRECISIONS = (AUTO, FP32, BF16, FP16)

ESSENTIA, TORCH = "essentia", "torch"
SPEECH_BACKENDS = (AUTO, TORCH, ESSENTIA)


def device_names(text: str) -> str:
    """An argparse type: ``auto``, ``cpu``, ``mps``, ``cuda`` or a list such as ``cuda:0,cuda:2``.

    >>> device_names("cuda:0,cuda:2")
    'cuda:0,cuda:2'
    """
    if not DEVICE_NAMES.fullmatch(text):
        raise argparse.ArgumentTypeError(
            f"{text!r}: expected {AUTO}, {CPU}, {CUDA}, {MPS} or a list such as cuda:0,cuda:1"
        )
    return text


def select_precision(name: str, device_type: str) -> str:
    """The precision of a name; ``auto`` takes fp32, and fp16 on CUDA.

    The AST authors' code runs under autocast to fp16 on CUDA.

    >>> select_precision("auto", "cpu"), select_precision("auto", "cuda")
    ('fp32', 'fp16')
    """
    if name != AUTO:
        return name
    return FP16 if device_type == CUDA else FP32
