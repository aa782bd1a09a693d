"""What a node does with files of those below: which they may ask for, taking pieces in, putting the whole in place."""

from collections.abc import Iterator
from dataclasses import dataclass

from db.files.arriving_files import WrongContent, received_whole
from db.files.attachment_rows import AttachmentRow
from db.files.attachments import LIMIT_BYTES, Attachments, Received
from db.files.file_transfers import Direction, FileTransfers, NamedFile
from db.files.partial_files import INCOMING, OffsetGap, PartialFiles, partial_key
from db.store.backup import ATTACHMENTS
from db.unit_of_work import UnitOfWork
from db.upstream import Upstream
from domain.clock import Clock
from domain.errors import AppError
from domain.staff import Actor
from server.files.allowance import Allowance
from server.refusing import Node, Refusal
from server.syncing.answering import Caller
from sync.protocol_files import FileState

_SOON_S, _LATER_S = 3, 60
_ABANDONED_MS = 30 * 86_400_000
_SWEEP_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Known:
    """A file that ``device`` may ask for; ``row`` where it is whole here."""

    file: NamedFile
    row: AttachmentRow | None
    device: str = ""


class FileDesk:
    """Files of one node. Blocks: for a thread of its own."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._attachments = Attachments(node.home / ATTACHMENTS)
        with node.store.read() as uow:
            seed = uow.device_secrets.get(uow.events.node.device)
        if seed is None:
            raise AppError("documents.no_key")
        self._parts = PartialFiles(node.home / INCOMING, partial_key(seed))
        self._allowance = Allowance(node.home, self._parts)
        self._swept_at = 0
        self._sweep(node.clock.now_ms())

    def known(self, caller: Caller, sha256: str, stream: str) -> Known:
        """The file, if an event of a stream that the caller's site may see names it; 404 otherwise."""
        with self._node.store.read() as uow:
            transfers = FileTransfers(uow.connection)
            file = transfers.named(stream, sha256) if transfers.shows(stream, caller.site) else None
            if file is None:
                raise Refusal(404, "files.unknown", retry_s=_LATER_S)
            row = uow.attachments.get(sha256)
        if file.size > LIMIT_BYTES:
            raise Refusal(413, "files.too_large", str(LIMIT_BYTES))
        if row is not None and not self._attachments.path(sha256).exists():
            row = None
        return Known(file, row, caller.device)

    def state(self, known: Known) -> FileState:
        """How much of it is here."""
        size = known.file.size
        if known.row is not None:
            return FileState(have=size, size=size, whole=True)
        return FileState(have=min(self._parts.have(known.file.sha256), size), size=size)

    def take(self, known: Known, offset: int, piece: bytes) -> int:
        """Keep a piece; how much is here then. 409 names it where the piece does not follow.

        429 to a device that has begun too much: it tries again later.
        """
        if offset + len(piece) > known.file.size:
            raise Refusal(400, "files.too_long", str(known.file.size))
        if offset == 0 and self._parts.touched_ms(known.file.sha256) is None:
            now_ms = self._node.clock.now_ms()
            self._sweep(now_ms)
            if not self._allowance.admits(known.device, known.file.sha256, known.file.size, now_ms):
                raise Refusal(429, "files.allowance", retry_s=_LATER_S)
        try:
            return self._parts.append(known.file.sha256, offset, piece)
        except OffsetGap as gap:
            raise Refusal(409, "files.offset", str(gap.have)) from gap

    def _sweep(self, now_ms: int) -> None:
        """Once a day: drop what nobody has gone on with."""
        if now_ms - self._swept_at >= _SWEEP_MS:
            self._swept_at = now_ms
            self._parts.sweep(now_ms - _ABANDONED_MS)

    def settle(self, known: Known) -> FileState:
        """Put the file in place once all of it is here; wrong content is dropped, and the answer says why."""
        file = known.file
        if known.row is not None or self._parts.have(file.sha256) < file.size:
            return self.state(known)
        try:
            received = received_whole(self._attachments, self._parts, file)
        except WrongContent as wrong:
            return FileState(have=0, size=file.size, refused=wrong.reason)
        try:
            self._node.call(_keep, self._attachments, received, file)
        except BaseException:
            self._attachments.discard(received)
            raise
        self._parts.drop(file.sha256)
        self._allowance.ended(known.device, file.sha256, file.size)
        return FileState(have=file.size, size=file.size, whole=True)

    def content(self, known: Known, offset: int) -> Iterator[bytes]:
        """The plain content from ``offset`` on; the first piece has been read when this returns.

        A file that is not here is asked for above, where there is a node above: 404, to be tried again.
        """
        if known.row is None:
            self._ask_above(known.file)
        assert known.row is not None
        pieces = _from(self._attachments.read(known.row), offset)
        try:
            first = next(pieces, b"")
        except AppError as error:
            raise Refusal(404, "files.damaged") from error
        return _with_first(first, pieces)

    def _ask_above(self, file: NamedFile) -> None:
        if not self._node.call(_want, file):
            raise Refusal(404, "files.not_here", retry_s=_LATER_S)
        raise Refusal(404, "files.on_the_way", retry_s=_SOON_S)


def _keep(
    uow: UnitOfWork, clock: Clock, actor: Actor, files: Attachments, received: Received, file: NamedFile
) -> None:
    """Put it in place; what came from below goes further up, where there is a node above."""
    files.keep(uow.attachments, received, clock.now_ms())
    if Upstream(uow.connection).get() is not None:
        FileTransfers(uow.connection).queue(file, Direction.UP, clock.now_ms())
    uow.changed.note("files", file.stream)


def _want(uow: UnitOfWork, clock: Clock, actor: Actor, file: NamedFile) -> bool:
    """Have it fetched from above, before all others; False where there is no node above.

    Asked again, nothing is stirred: whoever waits asks twice a second.
    """
    if Upstream(uow.connection).get() is None:
        return False
    transfers = FileTransfers(uow.connection)
    known = transfers.get(file.sha256, Direction.DOWN)
    if known is not None and known.wanted and known.done_at is None and not known.failure:
        return True
    transfers.queue(file, Direction.DOWN, clock.now_ms(), wanted=True)
    uow.changed.note("files", file.stream)
    return True


def _from(pieces: Iterator[bytes], offset: int) -> Iterator[bytes]:
    for piece in pieces:
        if offset < len(piece):
            yield piece[offset:]
        offset = max(0, offset - len(piece))


def _with_first(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
