"""A run whose models are made up: its driver does all that it always does, and nothing else works.

``python -m bench.stand_in FOLDER OUTPUT WHAT``, in a process of its own: memory is measured.
"""

import contextlib
import json
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import numpy.typing as npt

import AST
from AST.datasets.moisesdb import LABELS
from AST.engines.computation import decide_computation
from AST.engines.engine import Batch, Work
from AST.engines.stem_result import StemResult
from AST.evaluation.files.score_file import StemScores
from AST.evaluation.scores.rule_effects import decide_again
from AST.labels import AUDIOSET_CLASS_COUNT, LabelMap, OutputNames, audioset_labels
from AST.results import Row
from AST.run.progress import Progress
from AST.run.shards import Shard

BATCH_SIZE = 32
STEMS_OF_A_SONG, STEMS_OF_A_FOLDER = 10, 2
RIGHT = 0.85
"""Share of the stems that AST names rightly."""
STOPPED, WHOLE, SHARDS = "stopped", "whole", "shards"
"""What to run: until Ctrl-C, to the end, or as shards."""
WALK, RESUME, JOURNAL, COMPLETION = "walk", "resume", "journal", "completion"
"""The parts of a run."""
SHARD_COUNT = 4


def make_tree(folder: Path, count: int) -> None:
    """Empty files in MoisesDB's layout."""
    classes = list(LABELS)
    for number in range(count):
        song = folder / "moisesdb_v0.1" / f"{number // STEMS_OF_A_SONG:08d}"
        stems = song / classes[number // STEMS_OF_A_FOLDER % len(classes)]
        if number % STEMS_OF_A_FOLDER == 0:
            stems.mkdir(parents=True)
        (stems / f"{number:08d}.wav").touch()


def made_up(batch: Batch) -> list[StemResult]:
    """Results of a batch, the same whenever they are made."""
    generator, count = np.random.default_rng(int(batch.stems[0].path.stem)), len(batch.stems)
    scores = (0.3 * generator.random((count, AUDIOSET_CLASS_COUNT)) ** 4).astype(np.float32)
    index_of_name = {name.lower(): index for index, name in enumerate(audioset_labels())}
    classes = list(LABELS)
    for of_stem, stem in zip(scores, batch.stems, strict=True):
        label = stem.label if generator.random() < RIGHT else str(generator.choice(classes))
        of_stem[index_of_name[LABELS[label][0]]] = generator.beta(4, 2)
    speech = 100 * generator.beta(0.3, 8, count)
    rows = [Row(stem.label, stem.path_text, "", "") for stem in batch.stems]
    rows = decide_again(rows, StemScores(scores, speech), LabelMap(LABELS))
    figures = zip(rows, scores, speech.tolist(), strict=True)
    return [StemResult(row, own, speech, -25.5, 240.25) for row, own, speech in figures]


class StandIn:
    """An engine without models.

    Args:
        stops: Whether the user presses Ctrl-C before the last batch.

    Attributes:
        used_s: Seconds, and the processor's seconds, that it took to make results up.
    """

    def __init__(self, stops: bool) -> None:
        self.computation = decide_computation(AST.Settings("cpu", batch_size=BATCH_SIZE))
        self.used_s = np.zeros(2)
        self._stops = stops

    def results(self, work: Work, batches: Sequence[Batch]) -> Iterator[list[StemResult]]:
        for batch in batches:
            if self._stops and batch is batches[-1]:
                raise KeyboardInterrupt
            before_s = clock_s()
            results = made_up(batch)
            self.used_s += clock_s() - before_s
            yield results

    def facts(self) -> dict[str, Any]:
        return {}

    def close(self) -> None:
        pass


def clock_s() -> npt.NDArray[np.float64]:
    """The time, and the processor's time of this process."""
    return np.array([time.perf_counter(), time.process_time()])


def peak_gb(process_id: int | None = None) -> float:
    """The highest memory of a process. None: of this one; macOS knows no other.

    (Linux counts the memory of a process's parent in ``ru_maxrss``.)
    """
    status = Path(f"/proc/{process_id or 'self'}/status")
    if not status.exists():
        used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # in bytes on macOS
        return used / 1e9 if process_id is None else float("nan")
    [line] = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
    return 1024 * int(line.split()[1]) / 1e9


class Stopwatch(Progress):
    """Measures the parts of a run by what it reports."""

    def __init__(self, engine: StandIn) -> None:
        self.figures: dict[str, dict[str, float]] = {}
        self._engine, self._start_s = engine, clock_s()

    def part(self, name: str) -> None:
        """A part has ended. What comes twice counts the first time."""
        if name not in self.figures:
            wall_s, cpu_s = clock_s() - self._start_s - self._engine.used_s
            self.figures[name] = {"wall_s": wall_s, "cpu_s": cpu_s, "peak_memory_gb": peak_gb()}
        self._start_s = clock_s()
        self._engine.used_s[:] = 0

    def say(self, line: str) -> None:
        if line.startswith("MoisesDB: "):
            self.part(WALK)

    def begin(self, stem_count: int, done_count: int, outputs: OutputNames) -> None:
        self.part(RESUME)

    def end(self) -> None:
        self.part(JOURNAL)


def run(folder: Path, output: Path, stops: bool, shard: Shard | None = None) -> Stopwatch:
    """Runs ``AST.analyse`` with the small models, which nobody asks for anything."""
    engine = StandIn(stops)
    stopwatch = Stopwatch(engine)
    with (
        patch("AST.engines.opening.open_engine", lambda *settings: engine),
        contextlib.suppress(KeyboardInterrupt),
    ):
        AST.analyse(
            "moisesdb", folder, model="tiny", output=output, shard=shard, progress=stopwatch
        )
        stopwatch.part(COMPLETION)
    return stopwatch


def main(folder: str, output: str, what: str) -> None:
    if what == SHARDS:
        for number in range(1, SHARD_COUNT + 1):
            run(Path(folder), Path(output), False, Shard(number, SHARD_COUNT))
    else:
        print(json.dumps(run(Path(folder), Path(output), what == STOPPED).figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
