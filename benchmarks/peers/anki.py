"""Anki: its sync server and its client, both in Rust, from one package."""

import sys
from contextlib import AbstractContextManager
from pathlib import Path

from benchmarks.peers.peer import Device, Server
from benchmarks.peers.processes import DRIVERS, ProcessDevice, free_port, install, server
from tests.faults.proxy import HOST

VERSION = "26.9.3"


class Anki:
    """``joined``: devices join while they are empty, so that records travel by the normal sync, not as a whole file."""

    def __init__(self, *, joined: bool) -> None:
        self.name = "Anki, normal sync" if joined else "Anki, whole file first"
        self._joined = joined
        self._python = Path()

    def prepare(self, cache: Path) -> str:
        folder = cache / "anki"
        self._python = folder / "env" / "bin" / "python"
        install(
            [sys.executable, "-m", "venv", "env"],
            [str(self._python), "-m", "pip", "install", "--quiet", f"anki=={VERSION}"],
            folder=folder,
        )
        return VERSION

    def serve(self, folder: Path) -> AbstractContextManager[Server]:
        port = free_port()
        return server(
            [str(self._python), "-m", "anki.syncserver"],
            folder,
            port,
            SYNC_USER1="bench:bench",
            SYNC_BASE=str(folder),
            SYNC_HOST=HOST,
            SYNC_PORT=str(port),
        )

    def device(self, folder: Path, url: str) -> AbstractContextManager[Device]:
        driver = [str(self._python), str(DRIVERS / "anki_device.py")]
        return ProcessDevice(driver, folder, f"{url}/", JOINED=str(int(self._joined)))
