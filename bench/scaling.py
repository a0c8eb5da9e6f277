"""Time and memory against the number of files and their length: ``python -m bench.scaling``.

With the small embedded models unless a size is named: what grows does so with any model.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from AST.arguments import default_workers
from AST.command_line import EXIT_OK, exit_code, whole_number
from AST.settings import CPU
from bench.script_run import run_script
from bench.throughput import EMBEDDED, SIZE_CHOICES, make_stems, model_paths

SHORT_S = 3
COUNTS = [10, 100, 1000]
MINUTES = [1, 10, 60]


def measured(
    count: int, duration_s: int, models: tuple[Path, Path], workers: int
) -> dict[str, float]:
    """A run over so many stems of one length."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_stems(folder / "stems", count, duration_s)
        flags = ["--model", str(models[0]), "--speech-model", str(models[1])]
        flags += ["--device", "cpu", "--workers", str(workers)]
        run = run_script(folder / "stems", folder / "results.csv", flags)
    audio_s = count * duration_s
    figures = {"files": count, "duration_s": duration_s, **asdict(run)}
    line = f"{count:>6} files of {duration_s:>6} s: {run.wall_s:>8.1f} s"
    line += f", {1000 * run.wall_s / audio_s:>6.2f} ms per second of sound"
    print(f"{line}, peak memory {run.peak_memory_gb:.2f} GB", file=sys.stderr)
    return figures


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
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    return exit_code(lambda: _measure_and_show(build_parser().parse_args(argv)))


def _measure_and_show(arguments: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory() as folder:
        models = model_paths(arguments.size, Path(folder))
        figures = [measured(n, SHORT_S, models, arguments.workers) for n in arguments.counts]
        figures += [measured(1, 60 * n, models, arguments.workers) for n in arguments.minutes]
    print(json.dumps(figures, indent=2))
    return EXIT_OK


if __name__ == "__main__":
    raise SystemExit(main())
