"""How many tasks one driver can give out, and its memory: ``python -m bench.ray_scale``.

The engine, the process that talks to Ray, and Ray are real. The tasks make results up, so that they
take almost no time.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

import psutil

from AST.datasets.moisesdb import LABELS
from AST.datasets.stem import Stem
from AST.engines.cluster.engine import RayEngine
from AST.engines.engine import Work, cut
from AST.settings import CPU, RAY, Settings
from AST.weights.finding import find_both
from AST.weights.local_model import verify_all
from bench.stand_in import peak_gb
from bench.tables import machine_line, measure_and_show, new_parser, table

CASES = ((10_000, 1), (100_000, 1), (100_000, 8), (100_000, 32))
"""Number of stems, and of stems in a batch."""
DRIVER = "bench.stand_in_driver"
COLUMNS = {
    "tasks a second": "tasks_a_s",
    "stems a second": "stems_a_s",
    "of its processor's time, ms a task": "task_cpu_ms",
    "its peak memory, GB": "peak_memory_gb",
}


def figures_of(stem_count: int, batch_size: int) -> dict[str, float]:
    """From the first result on; Ray's start does not count."""
    classes = list(LABELS)
    stems = [
        Stem(classes[number % len(classes)], Path(f"/data/moisesdb/song/{number:08d}.wav"))
        for number in range(stem_count)
    ]
    batches = cut(stems, batch_size)
    settings = Settings(CPU, engine=RAY, batch_size=batch_size)
    with patch("AST.engines.cluster.engine.DRIVER", DRIVER):
        engine = RayEngine(settings, print, lambda words: None)
    [process] = [one for one in psutil.Process().children() if DRIVER in one.cmdline()]
    try:
        results = engine.results(
            Work(verify_all(find_both("tiny", None)), LABELS, engine.computation), batches
        )
        done = len(next(results))
        start_s, used_s = time.perf_counter(), sum(process.cpu_times()[:2])
        for group in results:
            done += len(group)
        wall_s = time.perf_counter() - start_s
        used_s = sum(process.cpu_times()[:2]) - used_s
        peak = peak_gb(process.pid)
    finally:
        engine.close()
    return {
        "stems": done,
        "tasks_a_s": len(batches) / wall_s,
        "stems_a_s": done / wall_s,
        "task_cpu_ms": 1000 * used_s / len(batches),
        "peak_memory_gb": peak,
    }


def measure(_arguments: argparse.Namespace, _folder: Path) -> dict[str, dict[str, float]]:
    """The figures by number of stems and size of a batch."""
    return {
        f"{count:,} stems, batches of {batch_size}": figures_of(count, batch_size)
        for count, batch_size in CASES
    }


def tables(_arguments: argparse.Namespace, found: dict[str, dict[str, float]]) -> str:
    """The figures as Markdown."""
    return f"{machine_line()}\n\n{table('work', COLUMNS, found)}"


def build_parser() -> argparse.ArgumentParser:
    return new_parser("ray_scale", "Measures how many tasks one driver can give out.")


def main(argv: Sequence[str] | None = None) -> int:
    return measure_and_show("ray_scale", build_parser().parse_args(argv), measure, tables)


if __name__ == "__main__":
    sys.exit(main())
