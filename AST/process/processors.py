"""How many processors this process may use: its affinity, and the CPU quota of its container."""

import math
import os
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
OWN_CGROUPS = Path("/proc/self/cgroup")
"""Linux's files about groups of processes. Each line of the second is ``number:controllers:path``,
with number 0 and no controllers in version 2. (Source: cgroups(7).)"""


def usable_processors() -> int:
    """The number of processors that this process may keep busy, at least 1."""
    affinity = getattr(os, "sched_getaffinity", None)  # only Linux has it
    processors = len(affinity(0)) if affinity else os.cpu_count() or 1
    return min([processors, *map(math.ceil, cpu_quotas())])


def cpu_quotas(cgroups: Path = CGROUPS, own: Path = OWN_CGROUPS) -> list[float]:
    """The CPU quotas that hold for this process, in processors, such as ``docker run --cpus 1.5``.

    Each group in which its own group lies may have one.
    """
    try:
        lines = own.read_text().splitlines()
    except OSError:  # not Linux
        return []
    found = []
    for number, controllers, path in (line.split(":", 2) for line in lines):
        mount = cgroups if number == "0" else cgroups / "cpu"
        if number == "0" or "cpu" in controllers.split(","):
            group = mount / path.lstrip("/")
            for folder in (group, *group.parents):
                if folder.is_relative_to(mount) and (quota := _quota(folder)):
                    found.append(quota)
    return found


def _quota(group: Path) -> float | None:
    """One group's own quota in processors: in version 2 of cgroups or in version 1, or None."""
    try:
        if (group / "cpu.max").exists():
            limit, period = (group / "cpu.max").read_text().split()
        else:
            limit = (group / "cpu.cfs_quota_us").read_text()
            period = (group / "cpu.cfs_period_us").read_text()
        quota = int(limit) / int(period)
    except (OSError, ValueError):  # there is none, or it is "max"
        return None
    return quota if quota > 0 else None


def keep_threads_within_quota() -> None:
    """Lowers the number of torch's threads to the quota, unless the user has set a number.

    torch counts processors without it. Threads beyond the quota only wait for each other.
    """
    import torch

    if "OMP_NUM_THREADS" not in os.environ and usable_processors() < torch.get_num_threads():
        torch.set_num_threads(usable_processors())
