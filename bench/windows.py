"""What it costs to hear more of a stem: ``python -m bench.windows``.

CPU time and memory of runs with more and more windows, and of long files, whose windows are in
temporary files. It takes the small embedded models unless a size is named.
"""

import argparse
import resource
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from AST.command_line import whole_number
from AST.engines.computation import default_workers
from AST.settings import ALL, CPU, STUDY
from bench.script_run import run_script
from bench.tables import machine_line, measure_and_show, new_parser, table
from bench.throughput import EMBEDDED, SIZE_CHOICES, make_stems, model_paths

HOP_S = 5.12
LONG_S = 3600
RUNS: dict[str, dict[str, object]] = {
    "study": {"windows": STUDY},
    "4": {"windows": 4},
    "all": {"windows": ALL},
    f"all, hop {HOP_S} s": {"windows": ALL, "hop-s": HOP_S},
}


def measured(
    count: int, duration_s: int, models: tuple[Path, Path], flags: dict[str, object]
) -> dict[str, float]:
    """A run over so many stems of one length."""
    with tempfile.TemporaryDirectory() as name:
        stems = Path(name) / "stems"
        make_stems(stems, count, duration_s)
        both = {"model": models[0], "speech-model": models[1], "device": CPU}
        before_s = _cpu_s()
        figures = run_script(stems, {**both, **flags})
        figures["cpu_s"] = _cpu_s() - before_s
        windows = count
        for path in Path(name).rglob("results.windows.npz"):
            with np.load(path, allow_pickle=False) as arrays:
                windows = len(arrays["stem"])
    return {"windows": windows, **figures}


def _cpu_s() -> float:
    """CPU time of all processes that this one has started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, dict[str, float]]:
    """First some songs with ever more windows, then long files."""
    models = model_paths(arguments.size, folder)
    workers = {"workers": arguments.workers}
    count, duration_s = arguments.files, arguments.duration_s
    runs = {
        f"{count} of {duration_s} s: {name}": measured(count, duration_s, models, flags | workers)
        for name, flags in RUNS.items()
    }
    least = next(iter(runs.values()))
    for one in runs.values():
        if more := one["windows"] - least["windows"]:
            one["s_per_window"] = (one["cpu_s"] - least["cpu_s"]) / more
    if long := arguments.long_files:
        flags = {"windows": ALL, **workers}
        runs[f"{long} of {LONG_S} s: all"] = measured(long, LONG_S, models, flags)
    return runs


def tables(arguments: argparse.Namespace, figures: dict[str, dict[str, float]]) -> str:
    """The figures as Markdown."""
    columns = {
        "windows": "windows",
        "CPU s": "cpu_s",
        "for each window more": "s_per_window",
        "peak memory, GB": "peak_memory_gb",
    }
    head = f"{machine_line()} Models: {arguments.size}; {arguments.workers} workers."
    return f"{head}\n\n{table('files and `--windows`', columns, figures)}"


def build_parser() -> argparse.ArgumentParser:
    parser = new_parser("windows", "Measures what it costs to hear more of a stem.")
    parser.add_argument("--files", type=whole_number(1), default=6, metavar="N")
    parser.add_argument("--duration-s", type=whole_number(1), default=240, metavar="N")
    parser.add_argument("--long-files", type=whole_number(0), default=2, metavar="N")
    parser.add_argument("--size", choices=SIZE_CHOICES, default=EMBEDDED)
    workers = default_workers(CPU)
    parser.add_argument("--workers", type=whole_number(0), default=workers, metavar="N")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    return measure_and_show("windows", build_parser().parse_args(argv), measure, tables)


if __name__ == "__main__":
    sys.exit(main())
