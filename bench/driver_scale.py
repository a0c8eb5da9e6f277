"""What a run of many stems asks of its driver: ``python -m bench.driver_scale``.

The models are made up, so that all time is the driver's: the walk, the journal, its resumption, the
completion, and reading the results.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from AST.command_line import whole_number
from AST.errors import UsageError
from AST.results import SCORES, STEMS, beside
from bench.report_scale import ACCURACY, timed_command
from bench.script_run import REPOSITORY
from bench.stand_in import (
    BATCH_SIZE,
    COMPLETION,
    JOURNAL,
    RESUME,
    SHARD_COUNT,
    SHARDS,
    STOPPED,
    WALK,
    WHOLE,
    make_tree,
)
from bench.tables import machine_line, measure_and_show, new_parser, table

COUNTS = [10_000, 100_000]
MERGE = f"merge of {SHARD_COUNT} shards"
COLUMNS = {
    "s": "wall_s",
    "of the processor, s": "cpu_s",
    "the same for a stem, ms": "cpu_ms_a_stem",
    "peak memory, GB": "peak_memory_gb",
}

Figures = dict[str, float]


def figures_of(count: int, folder: Path) -> dict[str, Figures]:
    """The figures of each part, for so many stems."""
    stems, output = folder / "stems", folder / "results.csv"
    make_tree(stems, count)
    stopped, resumed = (_stand_in(stems, output, what) for what in (STOPPED, WHOLE))
    found = {
        WALK: stopped[WALK],
        f"{JOURNAL}, {BATCH_SIZE} stems at a time": stopped[JOURNAL],
        RESUME: resumed[RESUME],
        COMPLETION: resumed[COMPLETION],
    }
    _stand_in(stems, output, SHARDS)
    shards = sorted(folder.glob("results.*-of-*.csv"))
    shards = [shard for shard in shards if not shard.name.endswith(".stems.csv")]
    merged = folder / "merged.csv"
    found[MERGE] = timed_command("merge_results.py", merged, *shards)
    for kind in (SCORES, STEMS):
        if beside(merged, kind).read_bytes() != beside(output, kind).read_bytes():
            raise UsageError(f"merging gave another {kind} than one run")
    found[f"`{ACCURACY}`"] = timed_command(ACCURACY, output)
    for flag in ("--json", "--report"):
        found[f"`{ACCURACY} {flag}`"] = timed_command(ACCURACY, output, flag, folder / "written")
    for figures in found.values():
        figures["cpu_ms_a_stem"] = 1000 * figures["cpu_s"] / count
    return found


def _stand_in(stems: Path, output: Path, what: str) -> dict[str, Figures]:
    command = [sys.executable, "-m", "bench.stand_in", str(stems), str(output), what]
    done = subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.PIPE, check=True)
    found: dict[str, Figures] = json.loads(done.stdout) if done.stdout else {}
    return found


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, Figures]:
    """The figures by number of stems and part."""
    found: dict[str, Figures] = {}
    for count in arguments.counts:
        own = folder / str(count)
        own.mkdir()
        found |= {f"{count:,}: {part}": each for part, each in figures_of(count, own).items()}
    return found


def tables(arguments: argparse.Namespace, found: dict[str, Figures]) -> str:
    """The figures as Markdown."""
    return f"{machine_line()}\n\n{table('stems: part', COLUMNS, found)}"


def build_parser() -> argparse.ArgumentParser:
    parser = new_parser("driver_scale", "Measures what many stems ask of a run's driver.")
    parser.add_argument("--counts", type=whole_number(1), nargs="*", default=COUNTS, metavar="N")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    return measure_and_show("driver_scale", build_parser().parse_args(argv), measure, tables)


if __name__ == "__main__":
    sys.exit(main())
