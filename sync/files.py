"""Attached files between this node and the one above: what it lacks is sent, what is wanted here is fetched.

A channel of its own, on a line and a thread of its own, so that no event waits for a file; files wait for events
(``step_aside``). What somebody waits for comes first, then the smallest. A cut costs nothing that has passed: both
sides keep what came and go on from there.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from db.files.arriving_files import HASH, WrongContent, received_whole
from db.files.attachment_rows import AttachmentRow
from db.files.attachments import Attachments, Received
from db.files.file_transfers import Direction, FileTransfers, NamedFile, Transfer
from db.files.partial_files import INCOMING, PartialFiles, partial_key
from db.store.backup import ATTACHMENTS
from db.store.read_only import reads
from db.unit_of_work import UnitOfWork
from db.upstream import Upstream
from domain.clock import Clock
from domain.errors import AppError
from domain.staff import Actor
from sync.protocol_files import FILE_HAVE, FILE_WHOLE, MAX_PIECE_BYTES, FileState
from sync.store import Store
from sync.transport_errors import CancelledError, LinkDown, Refused, WrongServer

BACKGROUND_FILE_BYTES = 8 << 20
BACKGROUND_BYTES = 512 << 20
"""What is fetched before anybody asks: files of open cases up to this size each, and in all."""
FIRST_PIECE, LEAST_PIECE = 64 << 10, 8 << 10
RUN_S = 20.0
"""After so long a run ends, in the middle of a file where need be: there may be news from above."""
PATIENCE = 8
"""Pieces that must pass after a cut before larger ones are tried."""
AT_ONCE = 50
TRIES = 3
"""Cuts in a row without a byte's progress, and no smaller piece left to try, after which the line is left alone."""
ON_THE_WAY = "files.on_the_way"
SOON_S = 0.5
NOT_YET = frozenset({"files.unknown", ON_THE_WAY, "files.not_here", "files.offset"})
"""The upstream has not heard of the file yet, or has to fetch it itself: later."""


class Line(Protocol):
    """What is needed of ``sync.transport.Transport``."""

    def put(self, path: str, offset: int, data: bytes, answer: type[FileState]) -> FileState:
        """Send a piece."""
        ...

    def head(self, path: str) -> dict[str, str] | None:
        """What the upstream says of it."""
        ...

    def get(self, path: str, from_offset: int = 0, *, limit: int | None = None) -> Iterable[bytes]:
        """Begin to fetch."""
        ...


@dataclass(frozen=True, slots=True)
class FilesRun:
    """What a run did, and what is left of both directions."""

    sent: int = 0
    fetched: int = 0
    failed: int = 0
    waiting: int = 0


class FileChannel:
    """One run at a time; made for each run over one line."""

    def __init__(
        self,
        line: Line,
        store: Store,
        home: Path,
        *,
        cancel: threading.Event | None = None,
        step_aside: Callable[[], bool] = lambda: False,
        limit_s: float = RUN_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._line = line
        self._store = store
        self._cancel = cancel or threading.Event()
        self._step_aside = step_aside
        self._monotonic, self._until = monotonic, monotonic() + limit_s
        self._attachments = Attachments(home / ATTACHMENTS)
        self._parts = PartialFiles(home / INCOMING, partial_key(store.call(_seed)))
        self._piece = FIRST_PIECE
        self._calm, self._patience = 0, 1
        self._moved = 0
        self._answers = 0
        self._there: dict[str, int] = {}
        self._done = {Direction.UP: 0, Direction.DOWN: 0}
        self._failed = 0

    def run(self) -> FilesRun:
        """Carry what there is to carry. ``LinkDown`` once the line no longer makes any progress."""
        self._store.call(note_named)
        seen: set[tuple[str, Direction]] = set()
        while not self._is_over():
            found = self._store.call(_open_transfers, AT_ONCE + len(seen))
            fresh = [one for one in found if (one.sha256, one.direction) not in seen]
            if not fresh:
                break
            seen.add((fresh[0].sha256, fresh[0].direction))
            if not self._carried(fresh[0]):
                break
        waiting = self._store.call(_waiting)
        return FilesRun(self._done[Direction.UP], self._done[Direction.DOWN], self._failed, waiting)

    @property
    def has_moved(self) -> bool:
        """Whether a byte of any file passed, or one of them came to its end."""
        return self._moved > 0 or any(self._done.values()) or self._failed > 0

    def _carried(self, one: Transfer) -> bool:
        """Carry one file through whatever cuts; False where events are to go first."""
        carry = self._send if one.direction is Direction.UP else self._fetch
        idle = 0
        while True:
            moved, answers, piece = self._moved, self._answers, self._piece
            try:
                return self._ended(one, carry(one))
            except LinkDown:
                self._piece, self._calm, self._patience = max(LEAST_PIECE, piece // 2), 0, PATIENCE
                smaller = self._answers > answers and self._piece < piece
                idle = 0 if self._moved > moved else idle + (not smaller)
                if idle >= TRIES:
                    raise
            except Refused as refused:
                if refused.refusal not in NOT_YET and 400 <= refused.status < 500 and refused.status != 429:
                    return self._ended(one, refused.refusal)
                if not (one.wanted and refused.refusal == ON_THE_WAY) or self._leave():
                    return True
                # Somebody stands at the counter: the node above is fetching it, too.
                self._cancel.wait(SOON_S)
            self._check()

    def _ended(self, one: Transfer, failure: str | None) -> bool:
        """``failure``: None where it was left in the middle, empty where the file has arrived."""
        if failure is None:
            return False
        self._store.call(_end, one, failure)
        self._failed += bool(failure)
        self._done[one.direction] += not failure
        return True

    def _send(self, one: Transfer) -> str | None:
        row = self._store.call(_row, one.sha256)
        if row is None:
            return "files.not_here"
        path = _path(one)
        state = _state(self._line.head(path), one)
        have = state.have
        # A piece that was cut on its way has arrived in part: that, too, is progress.
        self._moved += max(0, have - self._there.get(one.sha256, 0))
        self._there[one.sha256] = have
        self._answers += 1
        if state.whole:
            return ""
        try:
            pieces = _Pieces(self._attachments.read(row), have)
            while have < one.size:
                if self._leave():
                    return None
                piece = pieces.next(self._piece)
                if not piece:
                    return HASH
                answer = self._line.put(path, have, piece, FileState)
                if answer.refused or answer.whole:
                    return answer.refused
                self._moved += max(0, answer.have - have)
                self._there[one.sha256] = answer.have
                if answer.have != pieces.at:
                    return None if answer.have < have else self._send(one)
                have = answer.have
                self._grow()
        except AppError as error:
            if not error.code.startswith("storage.attachment_"):
                raise
            return error.code
        # All of it is there and yet it is not whole: another process there is about to put it in place.
        return None

    def _fetch(self, one: Transfer) -> str | None:
        have = self._parts.have(one.sha256)
        if have < one.size:
            for piece in self._line.get(_path(one), have, limit=one.size - have):
                have = self._parts.append(one.sha256, have, piece)
                self._moved += len(piece)
                if self._leave():
                    return None
        if have < one.size:
            raise LinkDown("cut")
        file = self._store.call(_named, one)
        if file is None:
            return "files.unknown"
        try:
            received = received_whole(self._attachments, self._parts, file)
        except WrongContent as wrong:
            return wrong.reason
        self._store.call(_keep, self._attachments, received, one)
        self._parts.drop(one.sha256)
        return ""

    def _grow(self) -> None:
        """Larger pieces after a success; on a line that cuts, only after many."""
        self._calm += 1
        if self._calm >= self._patience:
            self._piece, self._calm = min(self._piece * 2, MAX_PIECE_BYTES), 0

    def _leave(self) -> bool:
        self._check()
        return self._is_over()

    def _is_over(self) -> bool:
        return self._monotonic() >= self._until or self._step_aside()

    def _check(self) -> None:
        if self._cancel.is_set():
            raise CancelledError


class _Pieces:
    """Plain content in pieces of any size, from an offset on; ``at`` is where the next one begins."""

    def __init__(self, chunks: Iterator[bytes], offset: int) -> None:
        self._chunks = chunks
        self._rest = b""
        self.at = 0
        while self.at < offset:
            self.next(min(MAX_PIECE_BYTES, offset - self.at))

    def next(self, size: int) -> bytes:
        """The next piece, shorter at the end of a chunk and of the file."""
        if not self._rest:
            self._rest = next(self._chunks, b"")
        piece, self._rest = self._rest[:size], self._rest[size:]
        self.at += len(piece)
        return piece


def _path(one: Transfer) -> str:
    return f"/v1/files/{one.sha256}?stream={one.stream}"


def _state(headers: dict[str, str] | None, one: Transfer) -> FileState:
    if headers is None:
        raise Refused("files.unknown", status=404)
    have = headers.get(FILE_HAVE, "")
    if not (have.isascii() and have.isdecimal() and int(have) <= one.size):
        raise WrongServer("files")
    return FileState(have=int(have), size=one.size, whole=headers.get(FILE_WHOLE) == "1")


def note_named(uow: UnitOfWork, clock: Clock, actor: Actor) -> None:
    """Queue what events have named since: files that are here go up, small ones of open cases come down."""
    transfers, now_ms = FileTransfers(uow.connection), clock.now_ms()
    left = BACKGROUND_BYTES - transfers.waiting(Direction.DOWN)[1]
    for file in transfers.newly_named():
        if transfers.is_here(file.sha256):
            if transfers.get(file.sha256, Direction.DOWN) is None:
                transfers.queue(file, Direction.UP, now_ms)
        elif file.size <= min(BACKGROUND_FILE_BYTES, left) and not transfers.is_closed(file.stream):
            transfers.queue(file, Direction.DOWN, now_ms)
            left -= file.size


def begin_again(uow: UnitOfWork, clock: Clock, actor: Actor) -> None:
    """After the upstream was put back from a backup: offer it all files once more; it says which it has."""
    FileTransfers(uow.connection).reopen(Direction.UP)


@reads
def _open_transfers(uow: UnitOfWork, clock: Clock, actor: Actor, limit: int) -> list[Transfer]:
    return FileTransfers(uow.connection).open(limit)


@reads
def _waiting(uow: UnitOfWork, clock: Clock, actor: Actor) -> int:
    return sum(FileTransfers(uow.connection).waiting(direction)[0] for direction in Direction)


@reads
def _row(uow: UnitOfWork, clock: Clock, actor: Actor, sha256: str) -> AttachmentRow | None:
    return uow.attachments.get(sha256)


@reads
def _named(uow: UnitOfWork, clock: Clock, actor: Actor, one: Transfer) -> NamedFile | None:
    return FileTransfers(uow.connection).named(one.stream, one.sha256)


@reads
def _seed(uow: UnitOfWork, clock: Clock, actor: Actor) -> bytes:
    seed = uow.device_secrets.get(uow.events.node.device)
    if seed is None or Upstream(uow.connection).get() is None:
        raise AppError("sync.alone")
    return seed


def _end(uow: UnitOfWork, clock: Clock, actor: Actor, one: Transfer, failure: str) -> None:
    FileTransfers(uow.connection).end(one.sha256, one.direction, clock.now_ms(), failure)
    uow.changed.note("files", one.stream)


def _keep(
    uow: UnitOfWork, clock: Clock, actor: Actor, files: Attachments, received: Received, one: Transfer
) -> None:
    files.keep(uow.attachments, received, clock.now_ms())
    uow.changed.note("files", one.stream)
