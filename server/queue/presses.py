"""Calls that wait while others are being decided are decided together: one transaction, one write to the disk."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from server.queue.deciding import Asked, Decided

MOST = 32
"""Calls of one transaction at most: a hall has fewer windows, and nobody waits for more than these."""

Decide = Callable[[Sequence[Asked]], Awaitable[Sequence[Decided | Exception]]]
"""Decides in order and commits; what came of each, once all of it is on the disk."""


class Presses:
    """The line of calls before the store, first come, first served. Used on one loop's thread."""

    def __init__(self, decide: Decide) -> None:
        self._decide = decide
        self._waiting: deque[tuple[Asked, asyncio.Future[Decided]]] = deque()
        self._working: asyncio.Task[None] | None = None
        self._resting = asyncio.Event()
        self._resting.set()

    async def rest(self, seconds: float) -> None:
        """Wait until nobody's call is before the store, at most so long."""
        if self._resting.is_set():
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self._resting.wait(), seconds)

    async def decided(self, asked: Asked) -> Decided:
        """What came of it. Whoever goes away meanwhile leaves it to be decided."""
        answer: asyncio.Future[Decided] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, answer))
        if self._working is None:
            self._resting.clear()
            self._working = asyncio.create_task(self._work())
        return await answer

    async def _work(self) -> None:
        try:
            while self._waiting:
                await self._decide_some()
        finally:
            self._working = None
            self._resting.set()

    async def _decide_some(self) -> None:
        some = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
        try:
            found = await self._decide([asked for asked, _ in some])
        except Exception as error:
            found = [error] * len(some)
        for (_, answer), one in zip(some, found, strict=True):
            if answer.done():
                continue
            if isinstance(one, Exception):
                answer.set_exception(one)
            else:
                answer.set_result(one)
