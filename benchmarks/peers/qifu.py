"""Ours: ``qifu-server`` on the PostgreSQL it brings along, and the desk's own engine over an encrypted store.

Cases are written as the events that accepting them makes; read models are folded by both sides, outside of what is
measured at the server as it is in use. PostgreSQL's memory is not in the server's.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from benchmarks.peers.peer import Device, NotInstalled, Server
from benchmarks.peers.processes import DRIVERS, ProcessDevice, free_port, server

ROOT = Path(__file__).resolve().parents[2]


class Qifu:
    """``folded``: a pull counts only once the cases can be found and read, not when they are safely stored."""

    name = "企服前台"

    def __init__(self) -> None:
        self._home = Path()

    def prepare(self, cache: Path) -> str:
        described = subprocess.run(
            ["git", "-C", str(ROOT), "describe", "--always"], capture_output=True, text=True, check=False
        )
        return described.stdout.strip() or "here"

    @contextmanager
    def serve(self, folder: Path) -> Iterator[Server]:
        self._home, port = folder / "home", free_port()
        witness = str(folder / "witness")
        _run("init", "--home", str(self._home), "--site", "hz", "--name", "河畔中心", witness=witness)
        command = [
            sys.executable,
            "-m",
            "server.main",
            "serve",
            "--home",
            str(self._home),
            "--port",
            str(port),
        ]
        here = {"QIFU_WITNESS_DIR": witness, "PYTHONPATH": str(ROOT)}
        with server(command, folder, port, **here) as running:
            yield running

    def device(self, folder: Path, url: str) -> AbstractContextManager[Device]:
        driver = [sys.executable, str(DRIVERS / "qifu_device.py")]
        return ProcessDevice(
            driver,
            folder,
            url,
            PYTHONPATH=str(ROOT),
            QIFU_WITNESS_DIR=str(folder.parent / f"{folder.name}-witness"),
            QIFU_BENCH_SERVER=str(self._home),
        )


def _run(*arguments: str, witness: str) -> None:
    environment = {**os.environ, "QIFU_WITNESS_DIR": witness, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "server.main", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotInstalled(done.stderr.strip()[-120:])
