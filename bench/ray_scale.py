"""How many tasks one driver can give out, and its memory: ``python -m bench.ray_scale``.

The engine, the process that talks to Ray, and Ray are real. The tasks make results up, so that they
take almost no time.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

import psutil

from AST.command_line import whole_number
from AST.datasets.moisesdb import LABELS
from AST.datasets.stem import Stem
from AST.engines.cluster.engine import RayEngine
from AST.engines.engine import Work, cut
from AST.settings import CPU, RAY, Settings
from AST.weights.finding import find_both
from AST.weights.local_model import verify_all
from bench.stand_in import peak_gb
from bench.tables import machine_line, measure_and_show, new_parser, table

BATCH_SIZES = (1, 8, 32)
DRIVER = "bench.stand_in_driver"
COLUMNS = {
    "tasks a second": "tasks_a_s",
    "stems a second": "stems_a_s",
    "CPU of the process that talks to Ray, ms a task": "task_cpu_ms",
    "its peak memory, GB": "peak_memory_gb",
}


def figures_of(stem_count: int, batch_size: int) -> dict[str, float]:
    """The figures of a run."""
    classes = list(LABELS)
    stems = [
        Stem(classes[number % len(classes)], Path(f"/data/moisesdb/song/{number:08d}.wav"))
        for number in range(stem_count)
    ]
    settings = Settings(CPU, engine=RAY, batch_size=batch_size)
    with patch("AST.engines.cluster.engine.DRIVER", DRIVER):
        engine = RayEngine(settings, lambda line: print(line, file=sys.stderr), lambda words: None)
    with closing(engine):
        [process] = [one for one in psutil.Process().children() if DRIVER in one.cmdline()]
        work = Work(verify_all(find_both("tiny", None)), LABELS, engine.computation)
        results = map(len, engine.results(work, cut(stems, batch_size)))
        rates = _rates(results, stem_count, batch_size, process)
        return {**rates, "peak_memory_gb": peak_gb(process.pid)}


def _rates(
    results: Iterator[int], stem_count: int, batch_size: int, process: psutil.Process
) -> dict[str, float]:
    """From the first results on: Ray's start does not count.

    Args:
        results: How many results come together.
    """
    left = count = stem_count - next(results)
    start_s, start_cpu_s = time.perf_counter(), sum(process.cpu_times()[:2])
    while left > 0:  # to ask for more would let the process end
        left -= next(results)
    wall_s, cpu_s = time.perf_counter() - start_s, sum(process.cpu_times()[:2]) - start_cpu_s
    return {
        "tasks_a_s": count / batch_size / wall_s,
        "stems_a_s": count / wall_s,
        "task_cpu_ms": 1000 * cpu_s * batch_size / count,
    }


def measure(arguments: argparse.Namespace, _folder: Path) -> dict[str, dict[str, float]]:
    """The figures by number of stems and size of a batch."""
    cases = [(arguments.stems // 10, 1), *((arguments.stems, size) for size in BATCH_SIZES)]
    return {f"{count:,} stems, batches of {size}": figures_of(count, size) for count, size in cases}


def tables(_arguments: argparse.Namespace, found: dict[str, dict[str, float]]) -> str:
    """The figures as Markdown."""
    return f"{machine_line()}\n\n{table('work', COLUMNS, found)}"


def build_parser() -> argparse.ArgumentParser:
    parser = new_parser("ray_scale", "Measures how many tasks one driver can give out.")
    parser.add_argument("--stems", type=whole_number(1000), default=100_000, metavar="N")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    return measure_and_show("ray_scale", build_parser().parse_args(argv), measure, tables)


if __name__ == "__main__":
    sys.exit(main())
