"""What processes have spent on the processor, to the nanosecond: a figure that other people's work does not spoil."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path

import psutil

Spent = dict[int, int]
"""Process → nanoseconds of all its threads."""


def cluster_of(home: Path) -> int:
    """The process of the PostgreSQL that runs for the centre in ``home``."""
    return int((home / "pg" / "postmaster.pid").read_text("utf-8").split("\n", 1)[0])


def costs(roots: Iterable[int], work: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds that ``work`` takes, and those that processes from ``roots`` on down spend meanwhile."""
    roots = tuple(roots)
    before, began = _spent(roots), time.perf_counter()
    work()
    wall_ms, after = (time.perf_counter() - began) * 1000, _spent(roots)
    return wall_ms, sum(ns - before.get(pid, 0) for pid, ns in after.items()) / 1e6


def _spent(roots: Iterable[int]) -> Spent:
    trees = (psutil.Process(root) for root in roots)
    pids = {one.pid for tree in trees for one in (tree, *tree.children(recursive=True))}
    return {pid: _of(pid) for pid in sorted(pids)}


def _of(pid: int) -> int:
    """The scheduler's own count, by thread; 0 for a process that has just ended."""
    total = 0
    for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            total += int(thread.read_text("ascii").split()[0])
        except OSError:
            continue
    return total
