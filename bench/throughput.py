"""Where the time of a run goes, and how far it is from what the hardware allows.

Stems are synthetic and models random, of the published sizes: speed depends on neither.
``--size embedded`` takes the small models of the repository. The table goes to stderr, JSON to
stdout.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from AST.arguments import fill_in
from AST.checkpoint import load_checkpoint
from AST.command_line import EXIT_OK, exit_code, whole_number
from AST.datasets import Stem
from AST.devices import select_devices
from AST.frozen_graph import nodes_up_to
from AST.graph_in_torch import GraphInTorch
from AST.model_files import AST_FILE, SPEECH_FILE
from AST.pipeline import DTYPES, Models, load_on_each
from AST.preparation import prepare
from AST.settings import AUTO, BF16, CUDA, FP16, FP32, PRECISIONS, SPEECH_BACKENDS, device_names
from AST.speech import INPUT_NODE, OUTPUT_NODE
from bench import machine, random_models, synthetic_stems
from bench.parts import parts_s
from bench.script_run import run_script
from bench.ways import STUDY, figures_of, ways_in_turns

EMBEDDED = "embedded"
SIZE_CHOICES = (EMBEDDED, *random_models.SIZE_CHOICES)
NAMES = ("vocals", "drums", "bass")
PARTS_FILES = 3
REPEATED_S = 60
SHORT_S = 10
PRECISIONS_CUDA, PRECISIONS_ELSEWHERE = (FP16, BF16, FP32), (FP32, BF16)


def model_paths(size: str, folder: Path) -> tuple[Path, Path]:
    """The embedded models, or random ones of a size that are written into the folder."""
    if size == EMBEDDED:
        return AST_FILE.embedded, SPEECH_FILE.embedded
    random_models.write_models(folder, size)
    return folder / random_models.AST_FILE_NAME, folder / random_models.SPEECH_FILE_NAME


def make_stems(folder: Path, count: int, duration_s: int) -> list[Stem]:
    """Stereo WAVs, 44.1 kHz and 16 bits, in DSD100's layout; a minute, repeated as needed."""
    stems = []
    for index in range(count):
        name = NAMES[index % len(NAMES)]
        song = folder / "Sources" / "Dev" / f"{index // len(NAMES):04d}"
        stem = Stem(name, song / f"{name}.wav")
        samples = synthetic_stems.stem(name, min(duration_s, REPEATED_S), seed=index)
        synthetic_stems.write_samples(stem.path, samples, duration_s=duration_s)
        stems.append(stem)
    return stems


def _ways(
    stems: Sequence[Stem],
    paths: tuple[Path, Path],
    devices: Sequence[torch.device],
    arguments: argparse.Namespace,
) -> dict[str, dict[str, float]]:
    models = {
        name: load_on_each(devices, *paths, name, arguments.speech_backend)
        for name in arguments.precisions
    }
    ways = ways_in_turns(stems, paths, models, arguments.batch_size, arguments.workers)
    return figures_of(ways, len(stems), arguments.duration_s)


def floor_s(
    stems: Sequence[Stem], paths: tuple[Path, Path], precision: str, device: torch.device
) -> dict[str, float]:
    """The least that a file could take: the models' operations at the matrix rate, and reading."""
    graph = GraphInTorch(nodes_up_to(paths[1], OUTPUT_NODE), INPUT_NODE)
    patches = sum(len(block) for block in prepare(stems[0].path).patches)
    counted = machine.operations(load_checkpoint(paths[0]), graph, patches)
    rate = machine.operations_per_s(DTYPES[precision], device)
    floor = {name: count / rate for name, count in counted.items()}
    size = stems[0].path.stat().st_size
    floor["read"] = size / machine.read_bytes_per_s([stem.path for stem in stems])
    return {**floor, "sum": sum(floor.values()), "operations_per_s": rate}


def runs_as_script(
    stems: Path, paths: tuple[Path, Path], arguments: argparse.Namespace
) -> dict[str, dict[str, float]]:
    """For each precision what a user sees, start-up and all; and then for one short file."""
    flags = ["--model", str(paths[0]), "--speech-model", str(paths[1])]
    for name in ("speech_backend", "device", "batch_size", "workers"):
        flags += [f"--{name.replace('_', '-')}", str(getattr(arguments, name))]
    folders = {precision: (stems, precision) for precision in arguments.precisions}
    short = stems.parent / "short"
    make_stems(short, 1, SHORT_S)
    folders[f"one file of {SHORT_S} s"] = (short, arguments.precisions[0])
    return {
        name: asdict(
            run_script(folder, folder.parent / f"{name}.csv", [*flags, "--precision", precision])
        )
        for name, (folder, precision) in folders.items()
    }


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """All figures; see ``show`` for what they are."""
    devices = select_devices(arguments.device)
    device = devices[0]
    fill_in(arguments, device.type)
    if not arguments.precisions:
        arguments.precisions = PRECISIONS_CUDA if device.type == CUDA else PRECISIONS_ELSEWHERE
    paths = model_paths(arguments.size, folder)
    stems = make_stems(folder / "stems", arguments.files, arguments.duration_s)
    runs = runs_as_script(folder / "stems", paths, arguments)
    models = Models.load(*paths, device, arguments.precisions[0], arguments.speech_backend)
    parts = parts_s([stem.path for stem in stems[:PARTS_FILES]], models, folder)
    del models
    return {
        "machine": {
            "processor": machine.processor(),
            "devices": [machine.device_name(one) for one in devices],
            "cores": os.cpu_count(),
            "torch": str(torch.__version__),
        },
        "settings": vars(arguments),
        "parts_s": parts,
        "floor_s": {name: floor_s(stems, paths, name, device) for name in arguments.precisions},
        "ways": _ways(stems, paths, devices, arguments),
        "runs": runs,
    }


def show(figures: dict[str, Any]) -> str:
    """The figures as a table."""
    duration_s = figures["settings"]["duration_s"]
    lines = [
        f"{figures['machine']['processor']}, {figures['machine']['cores']} cores; models on "
        f"{', '.join(figures['machine']['devices'])}; stems of {duration_s} s, models: "
        f"{figures['settings']['size']}",
        "",
        "one file, each part alone         s",
        *(f"  {part:<24}{seconds:>10.3f}" for part, seconds in figures["parts_s"].items()),
    ]
    for precision, floor in figures["floor_s"].items():
        rate = floor["operations_per_s"] / 1e9
        lines += ["", f"floor in {precision}: {rate:.0f} G operations/s in matrix products"]
        lines += [
            f"  {part:<24}{seconds:>10.3f}"
            for part, seconds in floor.items()
            if part != "operations_per_s"
        ]
    lines += ["", "models loaded       s/file   files/s  x real time  x study   AST +-  speech +-"]
    for name, way in figures["ways"].items():
        lines.append(
            f"  {name:<16}{way['seconds_per_file']:>8.3f}{way['files_per_s']:>10.2f}"
            f"{way['times_real_time']:>13.0f}{way['times_the_study']:>9.2f}"
            f"{way.get('ast_difference', 0):>9.1e}{way.get('speech_difference', 0):>11.1e}"
        )
    lines += ["", f"AST alone, batches of {figures['settings']['batch_size']}   clips/s"]
    lines += [
        f"  {name:<24}{way['ast_clips_per_s']:>8.2f}"
        for name, way in figures["ways"].items()
        if name != STUDY
    ]
    lines += ["", "started as a script   wall s   first row s   peak memory GB"]
    for name, run in figures["runs"].items():
        lines.append(
            f"  {name:<18}{run['wall_s']:>8.1f}{run['first_result_s']:>14.1f}"
            f"{run['peak_memory_gb']:>17.2f}"
        )
    return "\n".join(lines)


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.throughput", description="Measures where the time of a run goes."
    )
    parser.add_argument("--files", type=whole_number(1), default=8, metavar="N")
    parser.add_argument("--duration-s", type=whole_number(1), default=210, metavar="N")
    parser.add_argument("--size", choices=SIZE_CHOICES, default="base384")
    parser.add_argument("--batch-size", type=whole_number(1), metavar="N")
    parser.add_argument("--workers", type=whole_number(0), metavar="N")
    parser.add_argument("--device", type=device_names, default=AUTO)
    parser.add_argument("--precisions", nargs="+", choices=PRECISIONS[1:], metavar="NAME")
    parser.add_argument("--speech-backend", choices=SPEECH_BACKENDS, default=AUTO)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    return exit_code(lambda: _measure_and_show(build_parser().parse_args(argv)))


def _measure_and_show(arguments: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(arguments, Path(folder))
    print(show(figures), file=sys.stderr)
    print(json.dumps(figures, indent=2))
    return EXIT_OK


if __name__ == "__main__":
    raise SystemExit(main())
