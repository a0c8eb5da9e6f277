"""How time and memory grow with the number of files and their length: ``python -m bench.scaling``.

It takes the small embedded models unless a size is named: what grows does so with any model.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from AST.command_line import whole_number
from AST.engines.computation import default_workers
from AST.settings import CPU
from bench.script_run import run_script
from bench.tables import machine_line, measure_and_show, new_parser, table
from bench.throughput import EMBEDDED, SIZE_CHOICES, make_stems, model_paths

SHORT_S = 3
COUNTS = [10, 100, 1000]
MINUTES = [1, 10, 60]


def measured(
    count: int, duration_s: int, models: tuple[Path, Path], workers: int
) -> dict[str, float]:
    """A run over so many stems of one length."""
    with tempfile.TemporaryDirectory() as name:
        stems = Path(name) / "stems"
        make_stems(stems, count, duration_s)
        run = run_script(
            stems,
            {"model": models[0], "speech-model": models[1], "device": CPU, "workers": workers},
        )
    print(f"{count} files of {duration_s} s: {run['wall_s']:.1f} s", file=sys.stderr)
    ms_per_s = 1000 * run["wall_s"] / (count * duration_s)
    return {"files": count, "duration_s": duration_s, **run, "ms_per_s": ms_per_s}


def measure(arguments: argparse.Namespace, folder: Path) -> list[dict[str, float]]:
    """First many short stems, then one long stem."""
    models = model_paths(arguments.size, folder)
    runs = [(count, SHORT_S) for count in arguments.counts]
    runs += [(1, 60 * minutes) for minutes in arguments.minutes]
    return [measured(*run, models, arguments.workers) for run in runs]


def tables(arguments: argparse.Namespace, figures: Sequence[dict[str, float]]) -> str:
    """The figures as Markdown."""
    rows = {f"{one['files']} of {one['duration_s']} s": one for one in figures}
    columns = {"s": "wall_s", "ms per s of sound": "ms_per_s", "peak memory, GB": "peak_memory_gb"}
    return f"{machine_line()} Models: {arguments.size}.\n\n{table('files', columns, rows)}"


def build_parser() -> argparse.ArgumentParser:
    parser = new_parser(
        "scaling", "Measures how time and memory grow with the number of files and their length."
    )
    parser.add_argument("--counts", type=whole_number(1), nargs="*", default=COUNTS, metavar="N")
    parser.add_argument("--minutes", type=whole_number(1), nargs="*", default=MINUTES, metavar="N")
    parser.add_argument("--size", choices=SIZE_CHOICES, default=EMBEDDED)
    workers = default_workers(CPU)
    parser.add_argument("--workers", type=whole_number(0), default=workers, metavar="N")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    return measure_and_show("scaling", build_parser().parse_args(argv), measure, tables)


if __name__ == "__main__":
    sys.exit(main())
