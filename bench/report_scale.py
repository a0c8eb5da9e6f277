"""How long many results take to be read: ``python -m bench.report_scale``.

It makes results of so many rows, with scores and a record as a run writes them, and measures what
``computeaccuracy.py`` takes for the text alone, for ``--json`` and for ``--report``, and what the
page takes in Chromium.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from AST.command_line import whole_number
from AST.datasets.moisesdb import LABELS
from AST.errors import UsageError
from AST.evaluation.files.score_file import StemScores
from AST.evaluation.scores.rule_effects import decide_again
from AST.labels import AUDIOSET_CLASS_COUNT, LabelMap, audioset_labels
from AST.results import RUN_RECORD, SCORES, Row, beside, format_rows
from bench.report_page import figures_in_chromium
from bench.script_run import POLL_EVERY_S, REPOSITORY, memory_bytes
from bench.tables import STATISTICS, machine_line, measure_and_show, new_parser, table

COUNTS = [2_500, 50_000, 100_000]
STEMS_OF_A_SONG = 10
ACCURACY = "computeaccuracy.py"


def make_results(file: Path, count: int) -> None:
    """Writes results with scores and a record. AST is right for about 85 % of the stems."""
    generator = np.random.default_rng(0)
    classes, label_map = list(LABELS), LabelMap(LABELS)
    scores = (0.3 * generator.random((count, AUDIOSET_CLASS_COUNT)) ** 4).astype(np.float32)
    index_of_name = {name.lower(): index for index, name in enumerate(audioset_labels())}
    true, songs = generator.integers(0, len(classes), count), np.arange(count) // STEMS_OF_A_SONG
    given = np.where(generator.random(count) < 0.85, true, generator.permutation(true))
    for i, number in enumerate(given.tolist()):
        names = LABELS[classes[number]]
        name = names[generator.integers(len(names))]
        scores[i, index_of_name[name]] = generator.beta(4, 2)
    speech = 100 * generator.beta(0.3, 8, count)
    rows = [
        Row(label, f"moisesdb_v0.1/{song:08d}/{label}/{i:08d}.wav", "", "")
        for i, (label, song) in enumerate(zip([classes[x] for x in true], songs, strict=True))
    ]
    rows = decide_again(rows, StemScores(scores, speech), label_map)
    file.write_text(format_rows([Row._fields, *rows]), "utf-8", newline="")
    np.savez_compressed(
        beside(file, SCORES),
        paths=np.array([row.path for row in rows]),
        scores=scores,
        speech_score_percent=speech,
        rms_dbfs=generator.normal(-25, 8, count),
        duration_s=generator.uniform(5, 400, count),
    )
    song_of_path = {row.path: f"{song:08d}" for row, song in zip(rows, songs, strict=True)}
    record = {"label_dictionary": LABELS, "songs": song_of_path}
    beside(file, RUN_RECORD).write_text(json.dumps(record), "utf-8")


def timed_command(script: str, *arguments: object) -> dict[str, float]:
    """The seconds, the processor's seconds and the highest memory of a script.

    Raises:
        UsageError: The call failed.
    """
    command = [sys.executable, script, *map(str, arguments)]
    before, start, peak = os.times(), time.perf_counter(), 0
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            peak = max(peak, memory_bytes(process.pid))
            time.sleep(POLL_EVERY_S)
    wall_s, after = time.perf_counter() - start, os.times()
    if process.returncode:
        raise UsageError(f"{' '.join(command)}: exit code {process.returncode}; see its message")
    cpu_s = after.children_user + after.children_system
    cpu_s -= before.children_user + before.children_system
    return {"wall_s": wall_s, "cpu_s": cpu_s, "peak_memory_gb": peak / 1e9}


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, dict[str, float]]:
    """Seconds, memory and size of what is written, by number of rows and output."""
    found: dict[str, dict[str, float]] = {}
    for count in arguments.counts:
        file = folder / f"results_{count}.csv"
        make_results(file, count)
        found[f"{count:,}, text"] = timed_command(ACCURACY, file)
        for flag in ("--json", "--report"):
            output = folder / f"output{flag}.html"
            figures = timed_command(ACCURACY, file, flag, output)
            found[f"{count:,}, `{flag}`"] = {**figures, "size_mb": output.stat().st_size / 1e6}
        found[f"{count:,}, `--report`"] |= figures_in_chromium(output)
        print(found, file=sys.stderr)
    return found


def tables(arguments: argparse.Namespace, found: dict[str, dict[str, float]]) -> str:
    """The figures as Markdown."""
    columns = {
        "s": "wall_s",
        "of the processor, s": "cpu_s",
        "peak memory, GB": "peak_memory_gb",
        "size, MB": "size_mb",
        "ready in Chromium, s": "ready s",
        "sorted, s": "sort s",
        "filtered, s": "filter s",
        "axe: rules passed": "axe rules passed",
        "serious or critical": "axe serious",
    }
    return f"{machine_line()}\n\n{table('rows, output', columns, found)}"


def build_parser() -> argparse.ArgumentParser:
    parser = new_parser(
        "report_scale", "Measures how long many results take to be read.", STATISTICS
    )
    parser.add_argument("--counts", type=whole_number(1), nargs="*", default=COUNTS, metavar="N")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    return measure_and_show("report_scale", build_parser().parse_args(argv), measure, tables)


if __name__ == "__main__":
    sys.exit(main())
