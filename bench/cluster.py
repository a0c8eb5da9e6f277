"""What an engine for clusters costs beside the local one: ``python -m bench.cluster``.

Both engines do the same work on this machine, as a user starts it: few stems and then more. What a
stem costs is the difference, so that neither start nor loading counts.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from AST.command_line import whole_number
from AST.settings import CPU, LOCAL, RAY
from bench.script_run import run_script
from bench.tables import machine_line, measure_and_show, new_parser, table
from bench.throughput import EMBEDDED, SIZE_CHOICES, make_stems, model_paths

ROUNDS = 2
ENGINES = (LOCAL, RAY)


class Case(NamedTuple):
    """Stems of one length, in batches of one size, with models of one size."""

    size: str
    duration_s: int
    batch_size: int
    few: int
    many: int

    @property
    def name(self) -> str:
        return f"{self.size}, stems of {self.duration_s} s, batches of {self.batch_size}"


def compared(case: Case, folder: Path) -> dict[str, dict[str, float]]:
    """The engines in turns. The fastest round of each counts."""
    folder.mkdir()
    ast, speech = model_paths(case.size, folder)
    flags = {"model": ast, "speech-model": speech, "device": CPU, "batch-size": case.batch_size}
    stems = {count: folder / str(count) / "stems" for count in (case.few, case.many)}
    for count, place in stems.items():
        make_stems(place, count, case.duration_s)
    runs: dict[str, dict[int, list[dict[str, float]]]] = {
        engine: {count: [] for count in stems} for engine in ENGINES
    }
    for _ in range(ROUNDS):
        for engine in ENGINES:
            for count, place in stems.items():
                run = run_script(place, {**flags, "engine": engine})
                runs[engine][count].append(run)
                print(f"{case.name}, {engine}, {count} stems: {run}", file=sys.stderr)
    rows = {}
    for engine, of_engine in runs.items():
        best = {
            count: {key: min(run[key] for run in rounds) for key in rounds[0]}
            for count, rounds in of_engine.items()
        }
        stem_s = (best[case.many]["wall_s"] - best[case.few]["wall_s"]) / (case.many - case.few)
        rows[f"{case.name}: {engine}"] = {**best[case.many], "stem_s": stem_s}
    first, second = rows.values()
    second["overhead_ms"] = 1000 * (second["stem_s"] - first["stem_s"])
    second["overhead_percent"] = 100 * (second["stem_s"] / first["stem_s"] - 1)
    return rows


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, dict[str, float]]:
    """Real work, and so little work that what an engine does for each batch can be seen."""
    real = arguments.size, arguments.duration_s
    cases = (
        Case(*real, batch_size=1, few=2, many=2 + arguments.more),
        Case(*real, batch_size=4, few=8, many=8 + arguments.more),
        Case(EMBEDDED, 1, batch_size=1, few=16, many=16 + arguments.more_short),
        Case(EMBEDDED, 1, batch_size=8, few=64, many=64 + arguments.more_short),
    )
    found: dict[str, dict[str, float]] = {}
    for number, case in enumerate(cases):
        found |= compared(case, folder / str(number))
    return found


def tables(_arguments: argparse.Namespace, found: dict[str, dict[str, float]]) -> str:
    """The figures as Markdown."""
    columns = {
        "s per stem": "stem_s",
        "more than local, ms": "overhead_ms",
        "more than local, %": "overhead_percent",
        "first row after s": "first_result_s",
        "peak memory, GB": "peak_memory_gb",
    }
    return f"{machine_line()}\n\n{table('models, engine', columns, found)}"


def build_parser() -> argparse.ArgumentParser:
    parser = new_parser("cluster", "Measures what --engine ray costs beside the local engine.")
    parser.add_argument("--size", choices=SIZE_CHOICES, default="base384")
    parser.add_argument("--duration-s", type=whole_number(1), default=210, metavar="S")
    for flag, count, stems in (("more", 16, "stems"), ("more-short", 320, "stems of 1 s")):
        text = f"how many {stems} the longer runs have more than the shorter ones"
        parser.add_argument(
            f"--{flag}", type=whole_number(1), default=count, metavar="N", help=text
        )
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    return measure_and_show("cluster", build_parser().parse_args(argv), measure, tables)


if __name__ == "__main__":
    sys.exit(main())
