"""Where the time of a run goes, and how far that is from the hardware's limit.

Stems are synthetic and models random, of the published sizes: speed depends on neither.
``--size embedded`` takes the repository's small models.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from AST.command_line import whole_number
from AST.commands.arguments import add_speed_flags, settings_of
from AST.datasets.stem import Stem
from AST.engines.computation import Computation, decide_computation
from AST.process.devices import has_instructions
from AST.recognition.models import Models
from AST.settings import AUTO, BF16, CPU, CUDA, FP16, FP32
from AST.weights.model_files import AST_FILE, SPEECH_FILE
from bench.machine import floor_s
from bench.parts import parts_s
from bench.script_run import run_script
from bench.startup import startup_s
from bench.tables import machine_line, measure_and_show, new_parser, table
from bench.ways import add_rates, ways_in_turns
from synthetic import random_models
from synthetic.stems import stem_samples, write_samples

EMBEDDED = "embedded"
SIZE_CHOICES = (EMBEDDED, *random_models.SIZE_CHOICES)
CLASSES = ("vocals", "drums", "bass")
PARTS_FILES = 3
REPEATED_S = 60
SHORT_S = 10
PRECISIONS_CUDA, PRECISIONS_ELSEWHERE = (FP16, BF16, FP32), (FP32, BF16)

COLUMNS_OF_WAYS = {
    "s per stem": "seconds_per_file",
    "times real time": "times_real_time",
    "times the study's way": "times_the_study",
    "AST alone, clips per s": "ast_clips_per_s",
    "largest difference, AST's scores": "ast_difference",
    "speech score": "speech_difference",
}
COLUMNS_OF_RUNS = {
    "s": "wall_s",
    "first row after s": "first_result_s",
    "peak memory, GB": "peak_memory_gb",
}


def model_paths(size: str, folder: Path) -> tuple[Path, Path]:
    """AST's file and the speech model's: embedded, or random ones, written into the folder."""
    if size == EMBEDDED:
        return AST_FILE.embedded, SPEECH_FILE.embedded
    random_models.write_models(folder, size)
    return folder / random_models.AST_FILE_NAME, folder / random_models.SPEECH_FILE_NAME


def make_stems(folder: Path, count: int, duration_s: int) -> list[Stem]:
    """Stereo WAVs, 44.1 kHz and 16 bits, in DSD100's layout. A minute of sound is repeated."""
    stems = []
    for index in range(count):
        name = CLASSES[index % len(CLASSES)]
        song = folder / "Sources" / "Dev" / f"{index // len(CLASSES):04d}"
        stem = Stem(name, song / f"{name}.wav")
        samples = stem_samples(name, min(duration_s, REPEATED_S), seed=index)
        write_samples(stem.path, samples, duration_s=duration_s)
        stems.append(stem)
    return stems


def runs_as_script(
    stems: Path, paths: tuple[Path, Path], precisions: Sequence[str], computation: Computation
) -> dict[str, dict[str, float]]:
    """What a user sees, start included: in each precision, and then for one short file."""
    flags = {
        "model": paths[0],
        "speech-model": paths[1],
        "device": computation.device,
        "batch-size": computation.batch_size,
        "workers": computation.workers,
        "speech-backend": computation.speech_backend,
    }
    runs = {name: run_script(stems, {**flags, "precision": name}) for name in precisions}
    short = stems.parent / "short"
    make_stems(short, 1, SHORT_S)
    flags["precision"] = precisions[0]
    return {**runs, f"one file of {SHORT_S} s": run_script(short, flags)}


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """All figures; see ``tables`` for what they are."""
    computation = decide_computation(settings_of(arguments))
    device, backend = torch.device(computation.device), computation.speech_backend
    is_cuda = device.type == CUDA
    worth_it = PRECISIONS_CUDA if is_cuda else PRECISIONS_ELSEWHERE
    precisions = [name for name in worth_it if has_instructions(name, device.type)]
    if arguments.precision != AUTO:
        precisions = [arguments.precision]
    paths = model_paths(arguments.size, folder)
    stems = make_stems(folder / "stems", arguments.files, arguments.duration_s)
    files = [stem.path for stem in stems]
    runs = runs_as_script(folder / "stems", paths, precisions, computation)
    floors = {name: floor_s(files, paths, name, device) for name in precisions}
    models = {name: Models.load(*paths, device, name, backend) for name in precisions}
    short = next((folder / "short").rglob("*.wav"))
    parts = parts_s(files[:PARTS_FILES], models[precisions[0]], folder)
    ways = ways_in_turns(stems, paths, models, computation.batch_size, computation.workers)
    add_rates(ways, arguments.duration_s)
    return {
        "machine": machine_line(),
        "device": torch.cuda.get_device_name(device) if is_cuda else str(device),
        "models": arguments.size,
        "files": arguments.files,
        "duration_s": arguments.duration_s,
        "batch_size": computation.batch_size,
        "workers": computation.workers,
        "parts_s": parts,
        "floor_s": floors,
        "ways": ways,
        "runs": runs,
        "startup_s": startup_s(*paths, short),
    }


def tables(_arguments: argparse.Namespace, figures: dict[str, Any]) -> str:
    """The figures as Markdown."""
    head = (
        f"{figures['machine']} Models ({figures['models']}) on {figures['device']}; "
        f"{figures['files']} stems of {figures['duration_s']} s; batches of "
        f"{figures['batch_size']}, {figures['workers']} workers."
    )
    parts = {part: {"s": seconds} for part, seconds in figures["parts_s"].items()}
    for precision, floor in figures["floor_s"].items():
        rate = f"{floor['operations_per_s'] / 1e9:.0f} G operations per s"
        parts[f"limit of the hardware in {precision} ({rate})"] = {"s": floor["sum"]}
    ways = table("models loaded before", COLUMNS_OF_WAYS, figures["ways"])
    runs = table("started as a script", COLUMNS_OF_RUNS, figures["runs"])
    steps = {step: {"s": seconds} for step, seconds in figures["startup_s"].items()}
    startup = table(f"one file of {SHORT_S} s, each step of the start alone", {"s": "s"}, steps)
    return "\n\n".join(
        [head, ways, runs, startup, table("one stem, each part alone", {"s": "s"}, parts)]
    )


def build_parser() -> argparse.ArgumentParser:
    parser = new_parser("throughput", "Measures where the time of a run goes.")
    parser.add_argument("--files", type=whole_number(1), default=8, metavar="N")
    parser.add_argument("--duration-s", type=whole_number(1), default=210, metavar="N")
    parser.add_argument("--size", choices=SIZE_CHOICES, default="base384")
    add_speed_flags(parser)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    section = "throughput" if arguments.device in (AUTO, CPU) else "throughput on a GPU"
    return measure_and_show(section, arguments, measure, tables)


if __name__ == "__main__":
    sys.exit(main())
