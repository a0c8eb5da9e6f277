"""Runs a script as a user does, and measures wall time, time to the first row and peak memory."""

import contextlib
import itertools
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import psutil

from AST.errors import UsageError

REPOSITORY = Path(__file__).parents[1]
POLL_EVERY_S = 0.05
POLLS_PER_MEMORY_CHECK = 10
"""To add up the memory of large processes takes a core for a moment, so it is done less often."""


def run_script(folder: Path, flags: Mapping[str, object]) -> dict[str, float]:
    """Runs ``analyze_dsd100.py`` on a folder. The results file goes beside the folder.

    Returns:
        ``wall_s``: From start to end.
        ``first_result_s``: From start until the first row was on the disk.
        ``peak_memory_gb``: Of all its processes together. Memory that they share counts once.

    Raises:
        UsageError: The script failed. The message holds the last line of its stderr.
    """
    output = Path(tempfile.mkdtemp(dir=folder.parent), "results.csv")
    command = [sys.executable, "analyze_dsd100.py", str(folder), "--output", str(output)]
    command += [f"--{name}={value}" for name, value in flags.items()]
    partial = output.with_name(output.name + ".partial")
    start = time.perf_counter()
    first_s, peak = 0.0, 0
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=log) as process,
    ):
        for poll in itertools.count():
            if process.poll() is not None:
                break
            if poll % POLLS_PER_MEMORY_CHECK == 0:
                peak = max(peak, memory_bytes(process.pid))
            if not first_s and _has_a_row(partial, output):
                first_s = time.perf_counter() - start
            time.sleep(POLL_EVERY_S)
        wall_s = time.perf_counter() - start
        if process.returncode:
            log.seek(0)
            last = log.read().strip().rpartition("\n")[2]
            raise UsageError(f"{' '.join(command)}: exit code {process.returncode}: {last}")
    first_s = first_s or wall_s
    return {"wall_s": wall_s, "first_result_s": first_s, "peak_memory_gb": peak / 1e9}


def memory_bytes(process_id: int) -> int:
    """The memory of a process and its descendants: the sum of their proportional set sizes."""
    total = 0
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(process_id)
        for one in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                memory = one.memory_full_info()
                total += getattr(memory, "pss", memory.uss)  # macOS has no proportional set size
    return total


def _has_a_row(partial: Path, output: Path) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return partial.read_bytes().count(b"\n") > 1
    return output.exists()
