"""What the calls of ``AST.hiaudio`` cost for one track, beside the study's way.

Each way has a process of its own, because memory is measured. Both models have the published sizes
and random weights. The study's way is the one of ``bench/study.py``, without pydub's search for
silence, which takes seconds by itself.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from AST.command_line import EXIT_OK, whole_number
from bench.tables import machine_line, measure_and_show, new_parser, table
from synthetic import random_models
from synthetic.encoding import encode
from synthetic.stems import SAMPLE_RATE_HZ, stem_samples

ROUNDS = 3
WAYS = ("hiaudio", "study")
BYTES_PER_UNIT = 1 if sys.platform == "darwin" else 1024
"""Of ``ru_maxrss`` (getrusage(2))."""


def calls_of(way: str, folder: Path, track: str) -> Callable[[], dict[str, Callable[[], object]]]:
    """Loads the models. Returns a function that gives the calls for a track, in their order."""
    paths = folder / random_models.AST_FILE_NAME, folder / random_models.SPEECH_FILE_NAME
    if way == "study":
        from bench.study import Study

        study = Study(*paths)
        return lambda: {"all": lambda: study.analyse(Path(track))}
    from AST import hiaudio

    hiaudio.init_inst_recog(str(paths[0]), str(paths[1]), device="cpu")

    def calls() -> dict[str, Callable[[], object]]:
        excerpts: list[hiaudio.AudioExcerpt | None] = []
        return {
            "tellifsilence": lambda: hiaudio.tellifsilence(track),
            "tellifisspeech": lambda: hiaudio.tellifisspeech(track),
            "getaudioexcerpt": lambda: excerpts.append(hiaudio.getaudioexcerpt(track)),
            "make_instrument_pred": lambda: hiaudio.make_instrument_pred(excerpts[0] or track, 0.0),
        }

    return calls


def measured(way: str, folder: Path, track: str) -> dict[str, float]:
    """CPU seconds of each step, all threads together, and the memory in GB, in this process."""
    figures: dict[str, float] = {}
    start_s = time.process_time()
    calls = calls_of(way, folder, track)
    figures["load, CPU s"] = time.process_time() - start_s
    figures["highest memory while loading, GB"] = peak_gb()
    rounds = [{name: cpu_s(call) for name, call in calls().items()} for _ in range(ROUNDS)]
    for name in rounds[0]:
        figures[f"{name}, CPU s"] = median(one[name] for one in rounds)
    figures["a track, CPU s"] = median(sum(one.values()) for one in rounds)
    figures["highest memory, GB"] = peak_gb()
    return figures


def cpu_s(call: Callable[[], object]) -> float:
    start_s = time.process_time()
    call()
    return time.process_time() - start_s


def peak_gb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * BYTES_PER_UNIT / 1e9


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, dict[str, float]]:
    """The figures of each way, by step."""
    random_models.write_models(folder, arguments.size)
    track = folder / "track.mp3"
    samples = stem_samples("guitar", arguments.duration_s, seed=0)
    encode(track, samples, rate_hz=SAMPLE_RATE_HZ, codec="libmp3lame")
    figures: dict[str, dict[str, float]] = {}
    for way in WAYS:
        command = [sys.executable, "-m", "bench.calls", "--way", way, str(folder), str(track)]
        result = subprocess.run(command, stdout=subprocess.PIPE, check=True)
        for step, figure in json.loads(result.stdout).items():
            figures.setdefault(step, {})[way] = figure
    return figures


def tables(arguments: argparse.Namespace, figures: dict[str, dict[str, float]]) -> str:
    about = (
        f"One MP3 of {arguments.duration_s} s, random weights ({arguments.size}). {machine_line()}"
    )
    columns = {"`AST.hiaudio`": "hiaudio", "the study's way": "study"}
    return f"{about}\n\n{table('', columns, figures)}"


def build_parser() -> argparse.ArgumentParser:
    parser = new_parser("calls", "Measures CPU time and memory of AST.hiaudio for one track.")
    parser.add_argument("--duration-s", type=whole_number(at_least=1), default=80, metavar="N")
    parser.add_argument("--size", choices=random_models.SIZE_CHOICES, default="base384")
    inside = ("WAY", "MODELS", "TRACK")
    parser.add_argument("--way", nargs=3, metavar=inside, help="measure one way in this process")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    if arguments.way:
        way, folder, track = arguments.way
        print(json.dumps(measured(way, Path(folder), track)))
        return EXIT_OK
    return measure_and_show("calls", arguments, measure, tables)


if __name__ == "__main__":
    sys.exit(main())
