"""CPU quotas of containers, from folders that look like Linux's."""

import os
from pathlib import Path

import pytest
import torch

from AST.process import processors
from AST.process.processors import cpu_quotas, keep_threads_within_quota, usable_processors


def write_files(folder: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


@pytest.mark.parametrize(
    ("own", "files", "quotas"),
    [
        # A container sees its own group as the root.
        ("0::/\n", {"cpu.max": "150000 100000\n"}, [1.5]),
        ("0::/\n", {"cpu.max": "max 100000\n"}, []),
        ("0::/\n", {}, []),
        # A job in a slice that has a quota; its own group has none.
        ("0::/a/b\n", {"a/b/cpu.max": "max 100000", "a/cpu.max": "300000 100000"}, [3]),
        ("0::/a/b\n", {"a/b/cpu.max": "100000 50000", "a/cpu.max": "400000 100000"}, [2, 4]),
        # Without a namespace, the path is the host's, and only the root is there.
        ("0::/docker/0123\n", {"cpu.max": "50000 100000"}, [0.5]),
        ("0::/../other\n", {"cpu.max": "50000 100000"}, [0.5]),
        # Version 1.
        (
            "9:name=systemd:/\n4:cpuset:/b\n2:cpu,cpuacct:/a\n0::/\n",
            {
                "cpu/a/cpu.cfs_quota_us": "250000\n",
                "cpu/a/cpu.cfs_period_us": "100000\n",
                "cpu/b/cpu.cfs_quota_us": "100000\n",  # of others
                "cpu/b/cpu.cfs_period_us": "100000\n",
            },
            [2.5],
        ),
        (
            "2:cpuacct,cpu:/\n",
            {"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"},
            [],
        ),
    ],
)
def test_quotas(tmp_path: Path, own: str, files: dict[str, str], quotas: list[float]) -> None:
    write_files(tmp_path / "cgroup", files)
    (tmp_path / "own").write_text(own)
    assert cpu_quotas(tmp_path / "cgroup", tmp_path / "own") == quotas


def test_without_cgroups_there_is_no_quota(tmp_path: Path) -> None:
    assert cpu_quotas(tmp_path, tmp_path / "nowhere") == []


@pytest.mark.parametrize(("quotas", "expected"), [([], 4), ([1.5], 2), ([0.1, 3], 1), ([64], 4)])
def test_the_smallest_limit_counts(
    monkeypatch: pytest.MonkeyPatch, quotas: list[float], expected: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 1, 2, 5}, raising=False)
    monkeypatch.setattr(processors, "cpu_quotas", lambda: quotas)
    assert usable_processors() == expected


@pytest.mark.parametrize(("set_by_user", "expected"), [(None, 1), ("2", 2)])
def test_threads_stay_within_the_quota_unless_the_user_sets_them(
    monkeypatch: pytest.MonkeyPatch, set_by_user: str | None, expected: int
) -> None:
    monkeypatch.setattr(processors, "usable_processors", lambda: 1)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    if set_by_user:
        monkeypatch.setenv("OMP_NUM_THREADS", set_by_user)
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        keep_threads_within_quota()
        assert torch.get_num_threads() == expected
    finally:
        torch.set_num_threads(before)
