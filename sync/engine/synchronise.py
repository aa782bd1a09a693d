"""A whole run of sync with everything it needs opened and let go of: events, then documents, then files."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from db.files.file_transfers import Direction, FileTransfers
from db.log.chains import Chains
from db.log.ingest import REFUSED
from db.log.pulling import Pulling
from db.log.scope_log import held_count
from db.store.read_only import reads
from db.unit_of_work import UnitOfWork
from db.upstream import Upstream
from domain.clock import Clock
from domain.errors import AppError
from domain.staff import Actor
from sync.engine.collecting import collected_seldom
from sync.engine.link import HttpLink
from sync.engine.run import Outcome, Progress, Run, read_upstream, write_upstream
from sync.protocol import HelloAnswer, ScopeHead, Wait, WaitAnswer
from sync.session import Session, open_transport, read_access, signs_with
from sync.store import Station
from sync.transport import Transport
from sync.transport_errors import CancelledError, Refused, TransportError

_CANCEL_POLL_S = 0.1


Extra = Callable[[Station, Transport, HelloAnswer, Callable[[Progress], None], threading.Event], bool]
"""What else travels once the events have: documents, files; whether anything did.

Raises the errors of ``sync/transport_errors.py``.
"""


@dataclass(frozen=True, slots=True)
class Persistence:
    """When ``synchronise_fully`` gives up, seconds; ``tries`` are runs in a row that brought nothing."""

    tries: int = 3
    quiet_s: float = 20
    limit_s: float = 50
    pause_s: float = 0.5


def synchronise(
    station: Station,
    *,
    progress: Callable[[Progress], None] = lambda _: None,
    cancel: threading.Event | None = None,
    extras: tuple[Extra, ...] = (),
) -> Outcome:
    """Send what waits, take in what is new; every failure is in the outcome as a code, and in the store.

    Blocks; to be called where that hurts nobody. ``AppError("sync.alone")`` at a station without an upstream.
    """
    cancel = cancel or threading.Event()
    station.call(read_upstream)
    run: Run | None = None
    failure, retry_s, moved = "", 0, False
    try:
        with collected_seldom(), upstream_line(station, cancel) as (transport, session):
            _, seed, _ = station.call(read_access)
            run = Run(
                station, HttpLink(transport), signs_with(seed), progress=progress, cancel=cancel, ahead=True
            )
            answer = run.go()
            session.renewed(answer.token, answer.token_until, answer.now)
            for extra in extras:
                moved |= extra(station, transport, answer, progress, cancel)
            _note_success(station, answer)
    except CancelledError:
        failure = CancelledError.code
    except TransportError as error:
        failure = error.for_people().code
        retry_s = error.retry_s if isinstance(error, Refused) else 0
    except AppError as error:
        failure = error.code
    if failure and failure != CancelledError.code:
        station.call(write_upstream, failed_at=station.clock.now_ms(), failure=failure)
    waiting, rejected, files = station.call(read_left)
    pushed, pulled = (run.pushed, run.pulled) if run is not None else (0, 0)
    return Outcome(pushed, pulled, waiting, rejected, failure, retry_s, files, moved)


def synchronise_fully(
    station: Station,
    *,
    progress: Callable[[Progress], None] = lambda _: None,
    cancel: threading.Event | None = None,
    extras: tuple[Extra, ...] = (),
    patience: Persistence = Persistence(),
    monotonic: Callable[[], float] = time.monotonic,
) -> Outcome:
    """``synchronise`` until nothing is left: again at once while it makes progress, and not for ever without any."""
    cancel = cancel or threading.Event()
    began = moved = monotonic()
    pushed = pulled = idle = 0
    with _limited(cancel, patience.limit_s) as stop:
        while True:
            found = synchronise(station, progress=progress, cancel=stop, extras=extras)
            pushed, pulled = pushed + found.pushed, pulled + found.pulled
            outcome = replace(found, pushed=pushed, pulled=pulled)
            if not found.failure and not found.waiting:
                return outcome
            now = monotonic()
            if found.pushed or found.pulled:
                moved, idle = now, 0
            else:
                idle += 1
            over = (
                idle >= patience.tries or now - moved >= patience.quiet_s or now - began >= patience.limit_s
            )
            if over or stop.is_set() or stop.wait(max(patience.pause_s, found.retry_s) if idle else 0):
                return outcome


@contextmanager
def _limited(cancel: threading.Event, limit_s: float) -> Iterator[threading.Event]:
    """An event that is set by ``cancel``, and by itself after ``limit_s``."""
    stop, until = threading.Event(), time.monotonic() + limit_s
    with _watched("sync-limit", lambda: cancel.is_set() or time.monotonic() >= until, stop.set):
        yield stop


@contextmanager
def upstream_line(station: Station, cancel: threading.Event) -> Iterator[tuple[Transport, Session]]:
    """A line to the upstream that is closed as soon as ``cancel`` is set, whoever waits on it."""
    transport, session = open_transport(station, station.clock)
    try:
        with _watched("sync-cancel", cancel.is_set, transport.close):
            yield transport, session
    finally:
        transport.close()


@contextmanager
def _watched(name: str, is_due: Callable[[], bool], act: Callable[[], None]) -> Iterator[None]:
    """Meanwhile a thread looks whether something is due, and acts on it once."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(_CANCEL_POLL_S):
            if is_due():
                act()
                return

    thread = threading.Thread(target=watch, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _note_success(station: Station, answer: HelloAnswer) -> None:
    now_ms = station.clock.now_ms()
    station.call(write_upstream, heard_at=now_ms, failure="", offset_ms=answer.now - now_ms)


@reads
def read_left(uow: UnitOfWork, clock: Clock, actor: Actor) -> tuple[int, int, int]:
    """(events that the upstream has not confirmed and this node can send, events refused, files to be carried)."""
    node = uow.events.node
    chains, own = Chains(uow.connection), (node.device, node.incarnation, 0)
    row = chains.get(own)
    known = row.upstream_seq if row is not None else 0
    waiting = chains.left_beside(own)
    transfers = FileTransfers(uow.connection)
    files = sum(transfers.waiting(direction)[0] for direction in Direction)
    return waiting + max(0, node.seq - known), held_count(uow.connection, REFUSED), files


def await_news(station: Station, seconds: int, cancel: threading.Event) -> bool:
    """Wait at the upstream until it has something new, at most ``seconds``; whether it has. ``TransportError``."""
    asked = station.call(_waiting_at, seconds)
    with upstream_line(station, cancel) as (transport, _):
        return transport.post("/v1/wait", asked, WaitAnswer).news


@reads
def _waiting_at(uow: UnitOfWork, clock: Clock, actor: Actor, seconds: int) -> Wait:
    node, upstream = uow.events.node, Upstream(uow.connection).get()
    assert upstream is not None
    cursor = Pulling(uow.ingest(clock.now_ms()), node).cursor(node.site)
    head = ScopeHead(scope=node.site, pos=cursor.pos, digest=cursor.digest)
    return Wait(scopes=(head,), documents=bytes.fromhex(upstream.documents), s=seconds)
