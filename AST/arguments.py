"""The analyze scripts' command line."""

import argparse
import os
from pathlib import Path

from AST.command_line import whole_number
from AST.datasets import Dataset
from AST.model_files import AST_FILE, SPEECH_FILE
from AST.settings import AUTO, CUDA, PRECISIONS, SPEECH_BACKENDS, device_names
from AST.weights import PUBLISHED

BATCH_SIZE, BATCH_SIZE_CUDA = 8, 32
MAX_WORKERS = 8
"""By default, on a CPU."""


def build_parser(dataset: Dataset) -> argparse.ArgumentParser:
    """The command line of a dataset's script."""
    parser = argparse.ArgumentParser(
        description=f"Runs AST on each stem of {dataset.name} and says how often it names the "
        "right instrument. A run that was stopped goes on where it was.",
    )
    parser.add_argument(
        "folder", type=Path, help=f"folder of {dataset.name}, with {dataset.layout} inside"
    )
    add_model_arguments(parser)
    parser.add_argument(
        "--output",
        type=Path,
        default=Path(dataset.results_file),
        metavar="FILE",
        help="results file (default: %(default)s)",
    )
    _add_speed_arguments(parser)
    parser.add_argument(
        "--restart", action="store_true", help="begin anew, without the rows of a stopped run"
    )
    parser.add_argument(
        "--verbose", action="store_true", help="say for each file what was found in it"
    )
    return parser


def add_model_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags that name both models."""
    parser.add_argument(
        AST_FILE.flag,
        default=PUBLISHED,
        metavar="FILE",
        help="AST's weights: 'published' (default); 'tiny', the small embedded model, for trials; "
        "or a file: the hub's .safetensors or the authors' .pth",
    )
    parser.add_argument(
        SPEECH_FILE.flag,
        metavar="FILE",
        help="the speech model: 'published', 'tiny', or a file: a frozen graph, .pb (default: "
        "'tiny' with --model tiny, else 'published')",
    )


def _add_speed_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--device",
        type=device_names,
        default=AUTO,
        metavar="NAME",
        help="where the models run: auto, cpu, mps, cuda (all GPUs) or a list such as "
        "cuda:0,cuda:1 (default: %(default)s)",
    )
    parser.add_argument(
        "--precision",
        choices=PRECISIONS,
        default=AUTO,
        help="of the models' matrix products; auto: fp32, fp16 on CUDA (default: %(default)s)",
    )
    parser.add_argument(
        "--speech-backend",
        choices=SPEECH_BACKENDS,
        default=AUTO,
        help="what runs the speech model; auto: torch if it gives what Essentia gives, else "
        "Essentia (default: %(default)s)",
    )
    parser.add_argument(
        "--batch-size",
        type=whole_number(at_least=1),
        metavar="N",
        help=f"stems that go through the models together (default: {BATCH_SIZE}, on CUDA "
        f"{BATCH_SIZE_CUDA} for each GPU)",
    )
    parser.add_argument(
        "--workers",
        type=whole_number(at_least=0),
        metavar="N",
        help="processes that prepare files ahead; 0: none (default: as many as cores, "
        f"at most {MAX_WORKERS}; on CUDA all but one)",
    )


def fill_in(arguments: argparse.Namespace, device_type: str) -> None:
    """What the user left open and what depends on the device."""
    is_cuda = device_type == CUDA
    if arguments.batch_size is None:
        arguments.batch_size = BATCH_SIZE_CUDA if is_cuda else BATCH_SIZE
    if arguments.workers is None:
        arguments.workers = default_workers(device_type)


def default_workers(device_type: str) -> int:
    """On a CPU one for each core, which was a little faster in bf16 than half as many."""
    cores = _usable_cores()
    return max(1, cores - 1) if device_type == CUDA else min(MAX_WORKERS, cores)


def _usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):  # Linux: what this process may use, not all there are
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
