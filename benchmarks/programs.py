"""Whole processes: start to a usable window, and ``qifu --help``; from spawning to the line or the end."""

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.big_store import big_store
from benchmarks.measuring import Measured, Settings, in_turn

ROOT = Path(__file__).resolve().parent.parent
USABLE = "usable"
PATIENCE_S = 60
CASES = 100_000
DRIVERS = "benchmarks.drivers"


def start(settings: Settings) -> list[Measured]:
    """Start to the moment when intake has taken a key and a search has answered."""
    home = big_store(settings.cache, CASES)
    ours, floor = in_turn(
        settings.rounds(15),
        lambda: _until_usable(f"{DRIVERS}.desk", str(home)),
        lambda: _until_usable(f"{DRIVERS}.empty_window"),
    )
    return [
        Measured(
            f"start to a usable window, {CASES:,} cases", ours, "empty PySide6 window", floor, bar_ratio=2.5
        )
    ]


def cli_help(settings: Settings) -> list[Measured]:
    """``qifu --help``, start to end."""
    ours, floor = in_turn(
        settings.rounds(25),
        lambda: _run("-m", "desktop.cli.main", "--help"),
        lambda: _run("-m", f"{DRIVERS}.empty_typer", "--help"),
    )
    return [Measured("qifu --help", ours, "empty typer program", floor, bar_ratio=1.5)]


def _run(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, capture_output=True)


def _until_usable(module: str, *arguments: str) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            line = process.communicate(timeout=PATIENCE_S)[0].strip()
        finally:
            process.kill()
    if line != USABLE:
        raise RuntimeError(f"{module}: {line or 'ended'}")
