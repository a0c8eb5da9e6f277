"""Where the time of a run goes: each part alone, then the whole pipeline, in one process.

Stems are synthetic and models random, of the published sizes: speed depends on neither.
``--size embedded`` takes the small models of the repository.
The table goes to stderr, JSON to stdout.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from AST.analysis import DEFAULT_BATCH_SIZE
from AST.ast_model import SIZES
from AST.audio import decode, rms_dbfs, to_model_rate
from AST.command_line import whole_number
from AST.datasets import Stem
from AST.excerpt import excerpt, to_16_bit, trim_silence
from AST.features import spectrogram
from AST.labels import LabelMap
from AST.model_files import AST_FILE, SPEECH_FILE
from AST.pipeline import Models, Preparation, analyse_batch
from bench import random_models, synthetic_stems

EMBEDDED = "embedded"
NAMES = ("vocals", "drums", "bass")


def parts_s(path: Path, models: Models) -> dict[str, float]:
    """Seconds that each part of the work on one file takes, alone."""
    seconds: dict[str, float] = {}

    def timed(part: str, work: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        result = work()
        seconds[part] = time.perf_counter() - start
        return result

    recording = timed("decode", lambda: decode(path))
    timed("level", lambda: rms_dbfs(recording.samples))
    samples = timed("resample", lambda: to_model_rate(recording.samples, recording.sample_rate_hz))
    timed("trim", lambda: trim_silence(to_16_bit(recording.samples), recording.sample_rate_hz))
    heard = excerpt(recording)
    features = timed("features", lambda: spectrogram(heard))
    timed("speech", lambda: models.speech.score_percent(samples))
    timed("ast", lambda: models.tagger.scores(features.unsqueeze(0)))
    return seconds


def pipeline_s(stems: Sequence[Stem], models: Models, batch_size: int, workers: int) -> float:
    """Seconds from the first file to the last result, models loaded before."""
    start = time.perf_counter()
    preparation = Preparation(stems, workers)
    done = 0
    for prepared in preparation.batches(batch_size):
        batch = stems[done : done + len(prepared)]
        done += len(list(analyse_batch(batch, prepared, models, LabelMap({}))))
    return time.perf_counter() - start


def model_paths(size: str, folder: Path) -> tuple[Path, Path]:
    """The embedded models, or random ones of a size that are written into the folder."""
    if size == EMBEDDED:
        return AST_FILE.embedded, SPEECH_FILE.embedded
    random_models.write_models(folder, size)
    return folder / random_models.AST_FILE_NAME, folder / random_models.SPEECH_FILE_NAME


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    ast_path, speech_path = model_paths(arguments.size, folder)
    stems = []
    for index in range(arguments.files):
        name = NAMES[index % len(NAMES)]
        stem = Stem(name, folder / f"{index:04d}-{name}.wav")
        samples = synthetic_stems.stem(name, arguments.duration_s, seed=index)
        synthetic_stems.write_samples(stem.path, samples)
        stems.append(stem)
    models = Models.load(ast_path, speech_path, torch.device("cpu"))
    parts_s(stems[0].path, models)  # first calls set up memory and thread pools
    rounds = [parts_s(stem.path, models) for stem in stems]
    parts = {part: sorted(r[part] for r in rounds)[len(rounds) // 2] for part in rounds[0]}
    whole_s = pipeline_s(stems, models, arguments.batch_size, arguments.workers) / len(stems)
    return {
        "files": arguments.files,
        "duration_s": arguments.duration_s,
        "ast_size": arguments.size,
        "batch_size": arguments.batch_size,
        "workers": arguments.workers,
        "cores": os.cpu_count(),
        "processor": platform.processor() or platform.machine(),
        "seconds_per_file": {**parts, "pipeline": whole_s},
        "pipeline_over_model_passes": whole_s / (parts["speech"] + parts["ast"]),
    }


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measures where the time of a run goes.")
    parser.add_argument("--files", type=whole_number(1), default=8, metavar="N")
    parser.add_argument("--duration-s", type=whole_number(1), default=210, metavar="N")
    parser.add_argument("--size", choices=(EMBEDDED, "smallest", *SIZES), default="base384")
    parser.add_argument("--batch-size", type=whole_number(1), default=DEFAULT_BATCH_SIZE)
    parser.add_argument("--workers", type=whole_number(0), default=1, metavar="N")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(arguments, Path(folder))
    for part, seconds in figures["seconds_per_file"].items():
        print(f"{part:>10} {seconds:8.3f} s per file", file=sys.stderr)
    ratio = figures["pipeline_over_model_passes"]
    print(f"pipeline / (speech + ast): {ratio:.2f}", file=sys.stderr)
    print(json.dumps(figures, indent=2))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
