"""A run of a script as a user starts it: wall time, time to the first result, peak memory."""

import contextlib
import itertools
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from AST.errors import UsageError

REPOSITORY = Path(__file__).parents[1]
LOOK_EVERY_S = 0.05
WEIGH_EVERY = 10
"""Looks; adding up the memory of large processes takes a core for a moment."""


@dataclass(frozen=True)
class ScriptRun:
    """What a run took.

    Attributes:
        first_result_s: From launch until the first row was on the disk.
        peak_memory_gb: Of all its processes together, what they share counted once.
    """

    wall_s: float
    first_result_s: float
    peak_memory_gb: float


def run_script(folder: Path, output: Path, flags: Sequence[str]) -> ScriptRun:
    """Runs ``analyze_dsd100.py``.

    Raises:
        UsageError: It could not run; its own message is on stderr.
    """
    command = [sys.executable, "analyze_dsd100.py", str(folder), "--output", str(output), *flags]
    partial = output.with_name(output.name + ".partial")
    start = time.perf_counter()
    first_s, peak = 0.0, 0
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=log) as process,
    ):
        for look in itertools.count():
            if process.poll() is not None:
                break
            if look % WEIGH_EVERY == 0:
                peak = max(peak, memory_bytes(process.pid))
            if not first_s and _has_a_row(partial, output):
                first_s = time.perf_counter() - start
            time.sleep(LOOK_EVERY_S)
        wall_s = time.perf_counter() - start
        if process.returncode:
            log.seek(0)
            last = log.read().strip().rpartition("\n")[2]
            raise UsageError(f"{' '.join(command)}: exit code {process.returncode}: {last}")
    return ScriptRun(wall_s, first_s or wall_s, peak / 1e9)


def memory_bytes(process_id: int) -> int:
    """Proportional set sizes of a process and all below it."""
    total = 0
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(process_id)
        for one in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                memory = one.memory_full_info()
                total += getattr(memory, "pss", memory.uss)  # macOS has no shares
    return total


def _has_a_row(partial: Path, output: Path) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return partial.read_bytes().count(b"\n") > 1
    return output.exists()
