"""PouchDB on leveldb, and its own server of CouchDB's protocol."""

import shutil
from contextlib import AbstractContextManager
from pathlib import Path

from benchmarks.peers.peer import Device, NotInstalled, Server
from benchmarks.peers.processes import DRIVERS, ProcessDevice, free_port, install, server

VERSION = "9.0.0"
SERVER_VERSION = "4.2.0"


class PouchDB:
    """Replication in batches of ``batch`` documents, or of the library's own 100."""

    def __init__(self, *, batch: int | None = None) -> None:
        self.name = f"PouchDB, batches of {batch}" if batch else "PouchDB"
        self._batch = str(batch or "")
        self._folder = Path()

    def prepare(self, cache: Path) -> str:
        npm = shutil.which("npm")
        if not npm or not shutil.which("node"):
            raise NotInstalled("no node")
        self._folder = cache / "pouchdb"
        install(
            [npm, "init", "--yes"],
            [
                npm,
                "install",
                "--no-audit",
                "--no-fund",
                f"pouchdb@{VERSION}",
                f"express-pouchdb@{SERVER_VERSION}",
            ],
            folder=self._folder,
        )
        return VERSION

    def serve(self, folder: Path) -> AbstractContextManager[Server]:
        port = free_port()
        driver = ["node", str(DRIVERS / "pouchdb_server.js"), str(folder), str(port)]
        return server(driver, folder, port, PEER_MODULES=str(self._folder))

    def device(self, folder: Path, url: str) -> AbstractContextManager[Device]:
        driver = ["node", str(DRIVERS / "pouchdb_device.js")]
        return ProcessDevice(driver, folder, url, PEER_MODULES=str(self._folder), BATCH=self._batch)
