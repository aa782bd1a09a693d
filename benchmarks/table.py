"""The table of results: printed, and kept in ``RESULTS.md`` section by section."""

import os
import platform
import re
import statistics
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from benchmarks.measuring import Measured

RESULTS = Path(__file__).resolve().parent / "RESULTS.md"
HEAD = """# Measured figures

Made by `python -m benchmarks` (`bootstrap.py bench`); each section keeps its last run. Times in milliseconds.
*Ratio* is our median over the median of the floor or peer, measured in turn with it in the same run. No test asserts
a time. Child processes run from compiled modules, as an installed program does.
"""
COLUMNS = (
    "| what | median | p95 | floor | floor median | ratio | bar | holds |\n"
    "|---|---:|---:|---|---:|---:|---|---|\n"
)


def machine() -> str:
    """The machine in one line."""
    return (
        f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release().split('-')[0]}, "
        f"Python {platform.python_version()}; load {os.getloadavg()[0]:.1f} before the run"
    )


def _processor() -> str:
    try:
        found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text("utf-8"))
    except OSError:
        found = None
    return found[1] if found else platform.processor() or platform.machine()


def section(name: str, measured: Sequence[Measured], where: str, *, quick: bool) -> str:
    """One section of the results."""
    rough = ", quick run" if quick else ""
    lines = "".join(_line(one) for one in measured)
    return f"## {name}\n\n{date.today().isoformat()}{rough}; {where}\n\n{COLUMNS}{lines}"


def _line(one: Measured) -> str:
    floor = f"{statistics.median(one.floor_ms):.1f}" if one.floor_ms else ""
    ratio = f"{one.ratio:.2f}" if one.ratio is not None else ""
    holds = {True: "yes", False: "**no**", None: ""}[one.holds]
    return (
        f"| {one.what} | {one.median:.1f} | {one.p95:.1f} | {one.floor_name} | {floor} | {ratio} "
        f"| {_bars(one)} | {holds} |\n"
    )


def _bars(one: Measured) -> str:
    bars = [
        (one.bar_ms, "≤ {:g} ms"),
        (one.p95_bar_ms, "p95 ≤ {:g} ms"),
        (one.p99_bar_ms, "p99 ≤ {:g} ms"),
        (one.bar_ratio, "≤ {:g} ×"),
        (one.least_ratio, "≥ {:g} ×"),
    ]
    return ", ".join(text.format(bar) for bar, text in bars if bar is not None)


def keep(sections: dict[str, str], order: Sequence[str], file: Path = RESULTS) -> None:
    """Write ``sections`` (name → text) over those of the same name; others stay as they are."""
    kept = _read(file) | sections
    names = [name for name in order if name in kept] + [name for name in kept if name not in order]
    file.write_text("\n".join([HEAD, *(kept[name].rstrip() + "\n" for name in names)]), encoding="utf-8")


def _read(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    parts = re.split(r"(?m)^(?=## )", file.read_text("utf-8"))[1:]
    return {part.splitlines()[0].removeprefix("## "): part for part in parts}
