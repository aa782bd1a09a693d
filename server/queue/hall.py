"""A hub's way to its store: decisions on the store's one thread, reading beside it, and news for those who wait."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, cast

from db.changes import Changes
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.errors import AppError
from domain.staff import Actor
from server.queue.deciding import Asked, Decided, decide_together, look
from server.queue.news import HallNews
from server.queue.presses import Presses
from services.hub import learn_term, require_deciding
from services.station import Ground, reads

SUPERSEDED = "queue.hub_superseded"
READERS = 2
VIEW_S = 0.25
"""How long one reading of the hall serves all its screens, unless something was written meanwhile."""
STAND_ASIDE_S = 0.1
"""How long a screen lets those go first who press: they share the processor with whoever reads."""

Result = TypeVar("Result")


class HallStore(Protocol):
    """An open ``Station``, or the node of a server, which has a station's face."""

    def submit(self, service: Callable[..., Result], /, *args: Any) -> "Future[Result]":
        """Run ``service(uow, clock, actor, *args)`` in one unit of work."""
        ...

    def run_aside(self, task: Callable[..., Result], /, *args: Any) -> Result:
        """Run ``task(ground, *args)`` in the calling thread."""
        ...

    def add_listener(self, listener: Callable[[Changes], None]) -> Callable[[], None]:
        """Call ``listener`` after every commit of this process; returns how to stop."""
        ...


@dataclass(slots=True)
class _View:
    """The hall as it was read at ``read_at``, and found to be the same still at ``found_at``; monotonic seconds."""

    mark: str
    seen: Decided
    read_at: float
    found_at: float


class HubHall:
    """``domain.queue.hall_desk.HallDesk`` for many windows at once. Asked on one loop's thread.

    A decision never waits behind a screen that reads; the same reading asked for by many is done once.
    """

    def __init__(self, station: HallStore) -> None:
        self._station = station
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="hall-read")
        self._views: dict[int, _View] = {}
        self._view_lock = asyncio.Lock()
        self._stop_listening: Callable[[], None] | None = None
        self._presses = Presses(self._decide)
        self.news = HallNews(self._mark)

    def stop(self) -> None:
        """Let go of the threads; the station is the caller's."""
        if self._stop_listening is not None:
            self._stop_listening()
        self._readers.shutdown(wait=True, cancel_futures=True)

    async def ask(self, asked: Asked) -> Decided:
        """Decide, or read."""
        return await self._learning(asked.term, self._ask(asked))

    async def wait(self, seen: str, seconds: float, term: int) -> tuple[str, int]:
        """The hall's mark once it is not ``seen`` any more, and the term."""
        self._listen()
        await self._learning(term, self._read(_term, term))
        mark = await self.news.wait(seen, seconds)
        return mark, await self._read(_term, term)

    def _listen(self) -> None:
        if self._stop_listening is not None:
            return
        loop = asyncio.get_running_loop()

        def on_changes(_: Changes) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self.news.stir)

        self._stop_listening = self._station.add_listener(on_changes)

    async def _ask(self, asked: Asked) -> Decided:
        if not asked.method.reads:
            return await self._presses.decided(asked)
        if asked.method.name == "view":
            return await self._view(asked)
        return cast(Decided, await self._read(look, asked))

    async def _decide(self, presses: Sequence[Asked]) -> list[Decided | Exception]:
        return await asyncio.wrap_future(self._station.submit(decide_together, presses))

    async def _learning(self, term: int, work: Awaitable[Result]) -> Result:
        """``work``; a hub that is refused by it because of ``term`` remembers that for good."""
        try:
            return await work
        except AppError as error:
            if error.code == SUPERSEDED:
                await asyncio.wrap_future(self._station.submit(learn_term, term))
            raise

    async def _view(self, asked: Asked) -> Decided:
        """The view is the same for everybody: one whose reading began after this was asked, or that still stands."""
        arrived = time.monotonic()
        async with self._view_lock:
            kept = self._views.get(asked.term)
            if kept is not None and kept.found_at >= arrived:
                return kept.seen
            await self._presses.rest(STAND_ASIDE_S)
            began = time.monotonic()
            is_young = kept is not None and began - kept.read_at < VIEW_S
            mark, seen = await self._read(
                _look_after, asked, kept.mark if kept is not None and is_young else ""
            )
            if kept is not None and seen is None:
                kept.found_at = began
                return kept.seen
            self._views = {asked.term: _View(mark, seen, began, began)}
            return cast(Decided, seen)

    async def _mark(self) -> str:
        return str(await self._read(_hall_mark))

    async def _read(self, service: Callable[..., Any], *args: Any) -> Any:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._read_here, service, args)

    def _read_here(self, service: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        def read(ground: Ground) -> Any:
            with ground.store.read() as uow:
                return service(uow, ground.clock, ground.actor, *args)

        return self._station.run_aside(read)


@reads
def _hall_mark(uow: UnitOfWork, clock: Clock, actor: Actor) -> str:
    return uow.hubs.hall_mark()


@reads
def _look_after(
    uow: UnitOfWork, clock: Clock, actor: Actor, asked: Asked, known: str
) -> tuple[str, Decided | None]:
    """The hall's mark, and what there is to see unless the mark is ``known``."""
    mark = uow.hubs.hall_mark()
    return mark, None if mark == known else look(uow, clock, actor, asked)


@reads
def _term(uow: UnitOfWork, clock: Clock, actor: Actor, told: int) -> int:
    return require_deciding(uow, told).term
