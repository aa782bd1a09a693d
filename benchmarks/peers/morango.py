"""Morango, the sync of Kolibri, in a small Django application."""

import sys
from contextlib import AbstractContextManager
from pathlib import Path

from benchmarks.peers.peer import Device, Server
from benchmarks.peers.processes import DRIVERS, ProcessDevice, free_port, install, server

VERSION = "0.8.15"


class Morango:
    """Each push or pull is a session of its own, as in Kolibri; chunks of 500 records, Morango's own size."""

    def __init__(self) -> None:
        self.name = "Morango"
        self._python = ""

    def prepare(self, cache: Path) -> str:
        folder = cache / "morango"
        self._python = str(folder / "env" / "bin" / "python")
        install(
            [sys.executable, "-m", "venv", "env"],
            [self._python, "-m", "pip", "install", "--quiet", f"morango=={VERSION}", "cheroot"],
            folder=folder,
        )
        return VERSION

    def serve(self, folder: Path) -> AbstractContextManager[Server]:
        port = free_port()
        driver = [self._python, str(DRIVERS / "morango_node.py"), str(folder), str(port), "--serve"]
        return server(driver, folder, port)

    def device(self, folder: Path, url: str) -> AbstractContextManager[Device]:
        return ProcessDevice([self._python, str(DRIVERS / "morango_node.py")], folder, f"{url}/")
