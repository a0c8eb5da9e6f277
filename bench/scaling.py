"""How time and memory grow with the number of files and their length: ``python -m bench.scaling``.

It takes the small embedded models unless a size is named: what grows does so with any model.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from AST.command_line import EXIT_OK, exit_code, whole_number
from AST.run.computation import default_workers
from AST.settings import CPU
from bench.script_run import run_script
from bench.tables import add_write_flag, machine_line, publish, table
from bench.throughput import EMBEDDED, SIZE_CHOICES, ModelPaths, make_stems, model_paths

SHORT_S = 3
COUNTS = [10, 100, 1000]
MINUTES = [1, 10, 60]


def measured(count: int, duration_s: int, models: ModelPaths, workers: int) -> dict[str, float]:
    """A run over so many stems of one length."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_stems(folder / "stems", count, duration_s)
        flags = ["--model", str(models[0]), "--speech-model", str(models[1])]
        flags += ["--device", CPU, "--workers", str(workers)]
        run = run_script(folder / "stems", folder / "results.csv", flags)
    print(f"{count} files of {duration_s} s: {run.wall_s:.1f} s", file=sys.stderr)
    return {"files": count, "duration_s": duration_s, **asdict(run)}


def tables(size: str, figures: Sequence[dict[str, float]]) -> str:
    """The figures as Markdown."""
    rows = [
        [
            f"{one['files']:.0f}",
            f"{one['duration_s']:.0f} s",
            f"{one['wall_s']:.1f}",
            f"{1000 * one['wall_s'] / (one['files'] * one['duration_s']):.2f}",
            f"{one['peak_memory_gb']:.2f}",
        ]
        for one in figures
    ]
    heading = ["files", "length of each", "s", "ms per s of sound", "peak memory, GB"]
    return f"{machine_line()} Models: {size}.\n\n{table(heading, rows)}"


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.scaling",
        description="Measures how time and memory grow with the number of files and their length.",
    )
    parser.add_argument("--counts", type=whole_number(1), nargs="*", default=COUNTS, metavar="N")
    parser.add_argument("--minutes", type=whole_number(1), nargs="*", default=MINUTES, metavar="N")
    parser.add_argument("--size", choices=SIZE_CHOICES, default=EMBEDDED)
    parser.add_argument(
        "--workers", type=whole_number(0), default=default_workers(CPU), metavar="N"
    )
    add_write_flag(parser)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    return exit_code(lambda: _measure_and_show(build_parser().parse_args(argv)))


def _measure_and_show(arguments: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory() as folder:
        models = model_paths(arguments.size, Path(folder))
        figures = [measured(n, SHORT_S, models, arguments.workers) for n in arguments.counts]
        figures += [measured(1, 60 * n, models, arguments.workers) for n in arguments.minutes]
    publish("scaling", tables(arguments.size, figures), figures, arguments.write)
    return EXIT_OK


if __name__ == "__main__":
    sys.exit(main())
