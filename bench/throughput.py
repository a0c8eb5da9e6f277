"""Where the time of a run goes, and how far that is from the hardware's limit.

Stems are synthetic and models random, of the published sizes: speed depends on neither.
``--size embedded`` takes the repository's small models.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from AST.audio.preparation import prepare
from AST.command_line import EXIT_OK, exit_code, whole_number
from AST.commands.arguments import add_speed_flags, settings_of
from AST.datasets.dataset import Stem
from AST.devices import DTYPES
from AST.model_files import AST_FILE, SPEECH_FILE
from AST.recognition.models import Models, load_on_each
from AST.run.computation import Computation, decide_computation
from AST.settings import AUTO, BF16, CUDA, FP16, FP32
from AST.speech.graph_file import nodes_up_to
from AST.speech.graph_in_torch import GraphInTorch
from AST.speech.runners import INPUT_NODE, OUTPUT_NODE
from AST.tagger.checkpoint import load_checkpoint
from bench import machine
from bench.parts import parts_s
from bench.script_run import run_script
from bench.tables import add_write_flag, machine_line, publish, table
from bench.ways import STUDY, figures_of, ways_in_turns
from synthetic import random_models
from synthetic.stems import stem_samples, write_samples

EMBEDDED = "embedded"
SIZE_CHOICES = (EMBEDDED, *random_models.SIZE_CHOICES)
CLASSES = ("vocals", "drums", "bass")
PARTS_FILES = 3
REPEATED_S = 60
SHORT_S = 10
PRECISIONS_CUDA, PRECISIONS_ELSEWHERE = (FP16, BF16, FP32), (FP32, BF16)

ModelPaths = tuple[Path, Path]
"""AST's file and the speech model's."""


def model_paths(size: str, folder: Path) -> ModelPaths:
    """The embedded models, or random ones of a size, which are written into the folder."""
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


def floor_s(
    stems: Sequence[Stem], paths: ModelPaths, precision: str, device: torch.device
) -> dict[str, float]:
    """The least time that a file can take: all operations at the matrix rate, and reading."""
    graph = GraphInTorch(nodes_up_to(paths[1], OUTPUT_NODE), INPUT_NODE)
    mel_patch_count = sum(len(block) for block in prepare(stems[0].path).mel_patches)
    counted = machine.operations(load_checkpoint(paths[0]), graph, mel_patch_count)
    rate = machine.operations_per_s(DTYPES[precision], device)
    floor = {name: count / rate for name, count in counted.items()}
    size = stems[0].path.stat().st_size
    floor["read"] = size / machine.read_bytes_per_s([stem.path for stem in stems])
    return {**floor, "sum": sum(floor.values()), "operations_per_s": rate}


def runs_as_script(
    stems: Path, paths: ModelPaths, precisions: Sequence[str], computation: Computation
) -> dict[str, dict[str, float]]:
    """What a user sees, start included: in each precision, and then for one short file."""
    flags = ["--model", str(paths[0]), "--speech-model", str(paths[1])]
    flags += ["--device", ",".join(map(str, computation.devices))]
    flags += ["--batch-size", str(computation.batch_size), "--workers", str(computation.workers)]
    flags += ["--speech-backend", computation.speech_backend]
    folders = {precision: (stems, precision) for precision in precisions}
    short = stems.parent / "short"
    make_stems(short, 1, SHORT_S)
    folders[f"one file of {SHORT_S} s"] = (short, precisions[0])
    return {
        name: asdict(
            run_script(folder, folder.parent / f"{name}.csv", [*flags, "--precision", precision])
        )
        for name, (folder, precision) in folders.items()
    }


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """All figures; see ``tables`` for what they are."""
    computation = decide_computation(settings_of(arguments))
    device, precisions = computation.devices[0], precisions_of(arguments, computation)
    paths = model_paths(arguments.size, folder)
    stems = make_stems(folder / "stems", arguments.files, arguments.duration_s)
    runs = runs_as_script(folder / "stems", paths, precisions, computation)
    backend = computation.speech_backend
    first = Models.load(*paths, device, precisions[0], backend)
    parts = parts_s([stem.path for stem in stems[:PARTS_FILES]], first, folder)
    del first
    floors = {name: floor_s(stems, paths, name, device) for name in precisions}
    models = {name: load_on_each(computation.devices, *paths, name, backend) for name in precisions}
    ways = ways_in_turns(stems, paths, models, computation.batch_size, computation.workers)
    return {
        "machine": machine_line(),
        "devices": [machine.device_name(one) for one in computation.devices],
        "models": arguments.size,
        "files": arguments.files,
        "duration_s": arguments.duration_s,
        "batch_size": computation.batch_size,
        "workers": computation.workers,
        "parts_s": parts,
        "floor_s": floors,
        "ways": figures_of(ways, len(stems), arguments.duration_s),
        "runs": runs,
    }


def precisions_of(arguments: argparse.Namespace, computation: Computation) -> Sequence[str]:
    """The precision that the user named, or all that are worth measuring on the device."""
    if arguments.precision != AUTO:
        return (arguments.precision,)
    return PRECISIONS_CUDA if computation.device_type == CUDA else PRECISIONS_ELSEWHERE


def tables(figures: dict[str, Any]) -> str:
    """The figures as Markdown."""
    head = (
        f"{figures['machine']} Models ({figures['models']}) on {', '.join(figures['devices'])}; "
        f"{figures['files']} stems of {figures['duration_s']} s; batches of "
        f"{figures['batch_size']}, {figures['workers']} workers."
    )
    ways = [
        [
            name,
            f"{way['seconds_per_file']:.2f}",
            f"{way['times_real_time']:.0f}",
            f"{way['times_the_study']:.2f}",
            "" if name == STUDY else f"{way['ast_clips_per_s']:.2f}",
            "" if name == STUDY else f"{way['ast_difference']:.1e}",
            "" if name == STUDY else f"{way['speech_difference']:.1e}",
        ]
        for name, way in figures["ways"].items()
    ]
    columns = ["models loaded before", "s per stem", "times real time", "times the study's way"]
    columns += ["AST alone, clips per s", "largest difference, AST's scores", "speech score"]
    runs = [
        [
            name,
            f"{run['wall_s']:.1f}",
            f"{run['first_result_s']:.1f}",
            f"{run['peak_memory_gb']:.2f}",
        ]
        for name, run in figures["runs"].items()
    ]
    parts = [[part, f"{seconds:.3f}"] for part, seconds in figures["parts_s"].items()]
    for precision, floor in figures["floor_s"].items():
        rate = f"{floor['operations_per_s'] / 1e9:.0f} G operations per s"
        parts.append([f"limit of the hardware in {precision} ({rate})", f"{floor['sum']:.3f}"])
    return "\n\n".join(
        [
            head,
            table(columns, ways),
            table(["started as a script", "s", "first row after s", "peak memory, GB"], runs),
            table(["one stem, each part alone", "s"], parts),
        ]
    )


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.throughput", description="Measures where the time of a run goes."
    )
    parser.add_argument("--files", type=whole_number(1), default=8, metavar="N")
    parser.add_argument("--duration-s", type=whole_number(1), default=210, metavar="N")
    parser.add_argument("--size", choices=SIZE_CHOICES, default="base384")
    add_write_flag(parser)
    add_speed_flags(parser)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    return exit_code(lambda: _measure_and_show(build_parser().parse_args(argv)))


def _measure_and_show(arguments: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(arguments, Path(folder))
    publish("throughput", tables(figures), figures, arguments.write)
    return EXIT_OK


if __name__ == "__main__":
    sys.exit(main())
