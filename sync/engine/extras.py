"""What travels once the events have: reference documents where they differ, then files, smallest first."""

import threading
from collections.abc import Callable

from db.store.read_only import reads
from db.unit_of_work import UnitOfWork
from db.upstream import Upstream
from domain.clock import Clock
from domain.staff import Actor
from sync.documents import Install, take_documents
from sync.engine.run import Progress
from sync.engine.synchronise import Extra, read_left
from sync.files import FileChannel
from sync.protocol import HelloAnswer
from sync.store import Station
from sync.transport import Transport


def usual_extras(install: Install) -> tuple[Extra, ...]:
    """Documents and files. ``install`` is ``services.upstream_documents.take_in``."""

    def documents(
        station: Station,
        transport: Transport,
        answer: HelloAnswer,
        progress: Callable[[Progress], None],
        cancel: threading.Event,
    ) -> bool:
        if answer.documents == station.call(_documents_here):
            return False
        progress(Progress("documents", 0, 0))
        take_documents(transport, station, station.home, install)
        return True

    return documents, files


def files(
    station: Station,
    transport: Transport,
    answer: HelloAnswer,
    progress: Callable[[Progress], None],
    cancel: threading.Event,
) -> bool:
    """Files both ways, until an event waits to be sent."""

    def step_aside() -> bool:
        return station.call(read_left)[0] > 0

    channel = FileChannel(transport, station, station.home, cancel=cancel, step_aside=step_aside)
    channel.run()
    return channel.has_moved


@reads
def _documents_here(uow: UnitOfWork, clock: Clock, actor: Actor) -> bytes:
    row = Upstream(uow.connection).get()
    return bytes.fromhex(row.documents) if row is not None else b""
