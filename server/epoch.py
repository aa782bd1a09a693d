"""The epoch: which life of its store a server lives. A store that was put back from a backup begins another.

A small file beside the store and a row in it hold the same counter, which grows while the server runs. Whatever puts
the store back, this program's ``restore`` or the database's own tools, leaves the row behind the file.
"""

import json
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from db.server_secrets import ServerSecrets
from db.store.atomic import write_file
from db.store.file_lock import locked
from db.unit_of_work import UnitOfWork

FILE_NAME = "epoch"
_ROW = "epoch"


@dataclass(frozen=True, slots=True)
class Epoch:
    """``counter`` never falls within an epoch; ``incarnation`` is the node's own as last known."""

    epoch: str
    counter: int
    incarnation: int


class EpochKeeper:
    """Compares file and row, and advances both."""

    def __init__(self, home: Path) -> None:
        self._path = home / FILE_NAME
        self._lock = home / f"{FILE_NAME}.lock"
        self._read: tuple[tuple[int, int] | None, Epoch | None] = (None, None)

    def known(self) -> Epoch | None:
        """What the file says; read again only when another process has written it."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        stamp = (found.st_mtime_ns, found.st_ino)
        if self._read[0] != stamp:
            self._read = (stamp, _read(self._path))
        return self._read[1]

    def advance(self, uow: UnitOfWork, now_ms: int) -> bool:
        """Count once more, in the unit of work ``uow``; True where the store was put back and a new epoch begins.

        ``keep`` has to follow once the unit of work has been committed.
        """
        uow.events.hold_node()
        told, row = self.known(), _row(uow)
        restored = row is not None and (told is None or row.counter < told.counter)
        count = max(told.counter if told else 0, row.counter if row else 0) + 1
        if row is None or restored:
            incarnation = _begun(uow, told, now_ms) if restored else uow.events.node.incarnation
            fresh = Epoch(secrets.token_hex(8), count, incarnation)
        else:
            fresh = Epoch(row.epoch, count, uow.events.node.incarnation)
        ServerSecrets(uow.connection).keep(_ROW, json.dumps(asdict(fresh)).encode(), now_ms)
        uow.cache["epoch"] = fresh
        return restored

    def keep(self, uow: UnitOfWork) -> None:
        """Write down what ``advance`` left in ``uow``; the file is never set back."""
        fresh: Epoch = uow.cache["epoch"]
        with self._lock.open("w") as lock, locked(lock.fileno()):
            told = self.known()
            if told is None or fresh.counter > told.counter:
                write_file(self._path, json.dumps(asdict(fresh)).encode())

    def adopt(self, uow: UnitOfWork) -> None:
        """Take the store's word for it: a further home of a node that others serve already."""
        row = _row(uow)
        if row is not None:
            write_file(self._path, json.dumps(asdict(row)).encode())

    def forget(self) -> None:
        """What comes next is another life of the store: a restore does this before it puts anything back."""
        told = self.known()
        if told is not None:
            far = Epoch(told.epoch, told.counter + (1 << 20), told.incarnation)
            write_file(self._path, json.dumps(asdict(far)).encode())


def _begun(uow: UnitOfWork, told: Epoch | None, now_ms: int) -> int:
    node = uow.events.node
    if told is not None and node.incarnation > told.incarnation:
        return node.incarnation  # the store's own witness was first
    highest = max(node.incarnation, told.incarnation if told else 0)
    return uow.begin_incarnation(highest, "restored", now_ms)


def _read(path: Path) -> Epoch | None:
    with suppress(OSError, ValueError, TypeError, KeyError):
        return Epoch(**json.loads(path.read_bytes()))
    return None


def _row(uow: UnitOfWork) -> Epoch | None:
    value = ServerSecrets(uow.connection).get(_ROW)
    return None if value is None else Epoch(**json.loads(value))
