"""Files that are attached to a case but not on this machine: asked for above, and how far they have come."""

from dataclasses import dataclass

from db.files.attachments import Attachments
from db.files.file_transfers import Direction, FileTransfers
from db.files.partial_files import INCOMING, PartialFiles, partial_key
from db.store.backup import ATTACHMENTS
from db.unit_of_work import UnitOfWork
from db.upstream import Upstream
from domain.clock import Clock
from domain.errors import AppError
from domain.staff import Actor
from services.cases import find_case
from services.station import Ground


@dataclass(frozen=True, slots=True)
class FileComing:
    """How much of a file is here. ``failure`` is a code: it will not come."""

    size: int
    have: int = 0
    here: bool = False
    failure: str = ""


def want_file(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, sha256: str) -> FileComing:
    """Have the file of a case fetched before all others; whoever syncs hears of it by the change ``files``.

    ``storage.attachment_missing`` where no event names it, or there is no node above to ask.
    """
    stream = find_case(uow, clock, key)
    transfers = FileTransfers(uow.connection)
    file = transfers.named(stream, sha256)
    if file is None or Upstream(uow.connection).get() is None:
        raise AppError("storage.attachment_missing", sha256=sha256)
    transfers.queue(file, Direction.DOWN, clock.now_ms(), wanted=True)
    uow.changed.note("files", stream)
    return FileComing(file.size)


def coming_file(ground: Ground, key: str, sha256: str) -> FileComing:
    """How far a file has come. For ``Station.run_aside`` and ``submit_upkeep``. ``storage.attachment_missing``."""
    with ground.store.read() as uow:
        transfers = FileTransfers(uow.connection)
        file = transfers.named(find_case(uow, ground.clock, key), sha256)
        row, known = uow.attachments.get(sha256), transfers.get(sha256, Direction.DOWN)
        seed = uow.device_secrets.get(uow.events.node.device)
    if file is None or seed is None:
        raise AppError("storage.attachment_missing", sha256=sha256)
    if row is not None and Attachments(ground.home / ATTACHMENTS).path(sha256).exists():
        return FileComing(file.size, file.size, here=True)
    have = PartialFiles(ground.home / INCOMING, partial_key(seed)).have(sha256)
    return FileComing(file.size, min(have, file.size), failure=known.failure if known is not None else "")
