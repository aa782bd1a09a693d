"""The unit of work: one transaction, its repositories, and what it changed. Only it commits."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.engine import Connection, Engine

from db.audience import audience_of
from db.changes import ChangeLog, Changes
from db.incarnation import begin
from db.log.event_log import EventLog, LogMark
from db.log.ingest import Ingest
from db.refolding import Refolding, refold
from db.repositories import Repositories
from db.rows import hub_rows
from db.rows.device_rows import Devices
from db.rows.ticket_refresh import TicketStreams
from db.store.witness import Witness
from domain.cases.fold import fold_case
from domain.cases.model import Case
from domain.clock import Clock
from domain.errors import AppError
from domain.events.event import Event, NewEvent
from domain.queue.model import Ticket
from domain.ratings.fold import fold_rating
from domain.ratings.model import Rating
from domain.supervision.problems import Problem, fold_problem

Result = TypeVar("Result")


class UnitOfWork(Repositories):
    """What a service works with. Repositories share the connection and so the transaction."""

    def __init__(self, connection: Connection, cache: dict[Any, Any] | None = None) -> None:
        super().__init__(connection, cache)
        self.events = EventLog(connection)
        self.changed = ChangeLog()
        self._unshown: list[Event] | None = None

    @cached_property
    def hubs(self) -> hub_rows.Hubs:
        """Who decides over the hall's queue."""
        return hub_rows.Hubs(self.connection)

    @cached_property
    def ticket_streams(self) -> TicketStreams:
        """The tickets in hand in this transaction."""
        return TicketStreams(self.connection, self.events, self.tickets)

    @cached_property
    def devices(self) -> Devices:
        """Enrolled devices."""
        return Devices(self.connection)

    def case(self, case_id: str) -> Case:
        """The case folded from its events; ``AppError`` where it is not known."""
        case = fold_case(self.events.stream(case_id))
        if case is None:
            raise AppError("cases.not_found", number=case_id)
        return case

    def ticket(self, ticket_id: str) -> Ticket:
        """The ticket folded from its events; ``AppError`` where it is not known."""
        ticket = self.ticket_streams.get(ticket_id)
        if ticket is None:
            raise AppError("queue.not_found", number=ticket_id[:40])
        return ticket

    def rating(self, rating_id: str) -> Rating:
        """The rating folded from its events; ``AppError`` where it is not known."""
        rating = fold_rating(self.events.stream(rating_id))
        if rating is None:
            raise AppError("ratings.not_found", ref=rating_id[:40])
        return rating

    def problem(self, problem_id: str) -> Problem:
        """The common problem folded from its events; ``AppError`` where it is not known."""
        problem = fold_problem(self.events.stream(problem_id))
        if problem is None:
            raise AppError("supervision.problem_not_found", ref=problem_id[:40])
        return problem

    def append(
        self,
        stream: str | None,
        new_events: Sequence[NewEvent],
        *,
        actor: str,
        now_ms: int,
        first_id: str | None = None,
    ) -> list[Event]:
        """Append to a stream and refresh the read-model rows it touches, in this transaction."""
        latest = self.ticket_streams.latest_key(stream)
        written = self.events.append(
            stream, new_events, actor=actor, now_ms=now_ms, first_id=first_id, latest_key=latest
        )
        if not written:
            return written
        if self.events.last_node.serves:
            self._show(written, now_ms)
        if self.ticket_streams.grow(written):
            self.changed.note("queue", written[0].stream)
        elif stream is None:
            folding = Refolding(self, now_ms, born=True)
            folding.take(written[0].stream, written)
            folding.end()
            self.hall_days.forget()
        else:
            self.refold([stream], now_ms)
        return written

    def attempt(self, work: Callable[[], Result]) -> Result | Exception:
        """``work`` as a part of this transaction; its error where it raised: then nothing of it has happened.

        Raises what ends the whole transaction: what is wrong with the store, and where there is no way back.
        """
        shown = None if self._unshown is None else list(self._unshown)
        log, cached = self.events.mark(), set(self.cache)
        self.connection.exec_driver_sql("SAVEPOINT attempt")
        try:
            result = work()
        except Exception as error:
            if isinstance(error, AppError) and error.code.startswith("storage."):
                raise
            self.connection.exec_driver_sql("ROLLBACK TO attempt")
            self.connection.exec_driver_sql("RELEASE attempt")
            self._back_to(log, shown, cached)
            return error
        self.connection.exec_driver_sql("RELEASE attempt")
        return result

    def _back_to(self, mark: LogMark, unshown: list[Event] | None, cached: set[Any]) -> None:
        """Know nothing of what has been undone."""
        self.events.back_to(mark)
        self._unshown = unshown
        for key in self.cache.keys() - cached:
            del self.cache[key]
        for name in [
            name for name in vars(self) if isinstance(getattr(type(self), name, None), cached_property)
        ]:
            delattr(self, name)

    @contextmanager
    def showing_at_the_end(self) -> Iterator[None]:
        """Let those below see at the end of the block, all at once, what this node records itself in it."""
        self._unshown = []
        yield
        self._show_rest()
        self._unshown = None

    def _show(self, written: Sequence[Event], now_ms: int) -> None:
        if self._unshown is None:
            self.ingest(now_ms).show_own(written)
        else:
            self._unshown.extend(written)

    def _show_rest(self) -> None:
        rest = self._unshown
        if rest:
            self._unshown = []
            self.ingest(rest[-1].received_at or 0).show_own(rest)

    def begin_incarnation(self, highest: int, reason: str, now_ms: int) -> int:
        """Begin an incarnation of this node above ``highest``; its number. Those below see that it began."""
        incarnation = begin(self.events, highest, reason, now_ms)
        if self.events.last_node.serves:
            self.ingest(now_ms).show_own(self.events.since_began())
        return incarnation

    def ingest(self, now_ms: int) -> Ingest:
        """What takes in events that were recorded elsewhere, and shows this node's own to those below it."""
        self._show_rest()  # before anything else enters the logs
        own = self.events.node.site
        return Ingest(self.connection, audience_of(self.reference, own), now_ms)

    def refold(self, streams: Iterable[str], now_ms: int) -> None:
        """Fold ``streams`` again and bring their rows up to date."""
        refold(self, streams, now_ms)
        self.hall_days.forget()


class Store:
    """Hands out units of work over one engine. Safe to use from several processes at once.

    Before its first write in this process a store is held against its witness; one that was restored or copied
    begins a new incarnation in that very transaction.
    """

    def __init__(self, engine: Engine, clock: Clock, witness_folder: Path | None = None) -> None:
        self.engine = engine
        self._clock = clock
        self._witness_folder = witness_folder
        self._witness: Witness | None = None
        self._cache: dict[Any, Any] = {}

    @contextmanager
    def write(self) -> Iterator[UnitOfWork]:
        """A unit of work that may write: it holds the store's only write lock until it ends.

        Commits when the block ends well, otherwise nothing has happened. ``changes_of`` then says what changed.
        """
        with self.engine.connect() as connection:
            connection.begin()
            uow = UnitOfWork(connection, self._cache)
            try:
                self._hold_against_witness(uow)
                yield uow
                connection.commit()
            except BaseException:
                self._cache.clear()
                self._forget_witness()  # an incarnation that was begun here has been undone with the rest
                raise
            self._tell_witness(uow)

    @contextmanager
    def read(self) -> Iterator[UnitOfWork]:
        """A unit of work that only reads: a consistent view that never waits for a writer."""
        with self.engine.connect().execution_options(qifu_read=True) as connection:
            yield UnitOfWork(connection, self._cache)

    def data_version(self) -> int:
        """A figure that changes whenever another process has written (``PRAGMA data_version``)."""
        with self.engine.connect().execution_options(qifu_read=True) as connection:
            return int(connection.exec_driver_sql("PRAGMA data_version").scalar_one())

    def close(self) -> None:
        """Let go of the file and the witness."""
        self._forget_witness()
        self.engine.dispose()

    def _forget_witness(self) -> None:
        if self._witness is not None:
            self._witness.close()
            self._witness = None

    def _hold_against_witness(self, uow: UnitOfWork) -> None:
        if self._witness is not None or not uow.events.is_opened:
            return
        node = uow.events.node
        witness = Witness(node.store, folder=self._witness_folder)
        verdict = witness.check(node.incarnation, node.seq)
        if verdict.needs_new_incarnation:
            now_ms = self._clock.now_ms()
            incarnation = uow.begin_incarnation(verdict.highest_incarnation, verdict.state.value, now_ms)
            witness.advance(incarnation, 0)
            uow.changed.note("node")
        self._witness = witness

    def _tell_witness(self, uow: UnitOfWork) -> None:
        if not uow.events.written:
            return
        node = uow.events.last_node
        if self._witness is None:
            self._witness = Witness(node.store, folder=self._witness_folder)
        self._witness.advance(node.incarnation, node.seq)


def changes_of(uow: UnitOfWork) -> Changes:
    """What ``uow`` changed; meaningful once it has been committed."""
    return uow.changed.frozen()
