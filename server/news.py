"""Waiting for something new: one look at the store serves everybody in this process who waits."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

from anyio import to_thread

POLL_S = 0.2
Found = TypeVar("Found")


class Shared:
    """One look for all who want to know the same at the same mark: a commit wakes everybody who waits."""

    def __init__(self) -> None:
        self._looks: dict[Hashable, tuple[int, asyncio.Future[Any]]] = {}

    async def of(self, key: Hashable, mark: int, look: Callable[[], Awaitable[Found]]) -> Found:
        """What ``look`` finds. One that has failed is nobody's answer but theirs who wait for it."""
        known = self._looks.get(key)
        if known is None or known[0] != mark or (known[1].done() and _failed(known[1])):
            known = (mark, asyncio.ensure_future(look()))
            self._looks[key] = known
        # Whoever goes away meanwhile does not take it from the others.
        found: Found = await asyncio.shield(known[1])
        return found


def _failed(look: "asyncio.Future[Any]") -> bool:
    return look.cancelled() or look.exception() is not None


class News:
    """``version`` is a figure that changes whenever any process has written; it is asked in a thread.

    Use: ``mark = news.mark``, look whether there is something, and if not ``await news.after(mark, seconds)``.
    """

    def __init__(self, version: Callable[[], int], poll_s: float = POLL_S) -> None:
        self._version = version
        self._poll_s = poll_s
        self._known: int | None = None
        self._changed = asyncio.Event()
        self._polling: asyncio.Task[None] | None = None
        self.mark = 0
        self.waiting = 0

    def stir(self) -> None:
        """Something was written by this process. On the loop's thread."""
        self.mark += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def after(self, mark: int, seconds: float) -> bool:
        """Wait until something was written after ``mark`` was read, at most ``seconds``; whether it was."""
        if self.mark != mark:
            return True
        self.waiting += 1
        if self._polling is None or self._polling.done():
            self._polling = asyncio.create_task(self._poll())
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
        except TimeoutError:
            return False
        finally:
            self.waiting -= 1
        return True

    async def _poll(self) -> None:
        while self.waiting:
            version = await to_thread.run_sync(self._version)
            if version != self._known:
                self._known = version
                self.stir()
            await asyncio.sleep(self._poll_s)
