"""A hub's store: the encrypted file of a desk, used by several threads of a server at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from db.unit_of_work import Store, UnitOfWork
from domain.clock import Clock


class HubStore(Store):
    """``Store`` for many threads: those that write take turns, and none asks for the file's lock in vain."""

    def __init__(self, engine: sa.Engine, clock: Clock, witness_folder: Path | None = None) -> None:
        super().__init__(engine, clock, witness_folder)
        self._turn = threading.Lock()
        self._watch = threading.Lock()
        self._watcher: Any = None

    @contextmanager
    def write(self) -> Iterator[UnitOfWork]:
        """A unit of work that may write, one at a time."""
        with self._turn, super().write() as uow:
            yield uow

    gather = write
    """The file has one writer, whatever it writes: ``db.centre.CentreStore.gather``."""

    def data_version(self) -> int:
        """A figure that changes whenever anybody has written, this process as well."""
        # The figure means something only within one connection, and that one must not write.
        with self._watch:
            if self._watcher is None:
                self._watcher = self.engine.connect().execution_options(qifu_read=True)
            with self._watcher.begin():
                return int(self._watcher.exec_driver_sql("PRAGMA data_version").scalar_one())

    def close(self) -> None:
        """Let go of the file and the witness."""
        with self._watch:
            if self._watcher is not None:
                self._watcher.close()
        super().close()
