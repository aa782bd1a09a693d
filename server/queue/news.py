"""Telling everybody who waits that the hall is another, once for all of them."""

import asyncio
from collections.abc import Awaitable, Callable

POLL_S = 0.2
"""How often is looked whether another process has written, while somebody waits."""


class HallNews:
    """``look`` gives the hall's mark. One look serves all who wait; ``stir`` makes it be taken at once."""

    def __init__(self, look: Callable[[], Awaitable[str]], poll_s: float = POLL_S) -> None:
        self._look = look
        self._poll_s = poll_s
        self._stirred = asyncio.Event()
        self._looking: asyncio.Task[str] | None = None
        self._mark = ""
        self._looked_at = float("-inf")
        self._stale = True
        self.waiting = 0

    def stir(self) -> None:
        """Something was written here. On the loop's thread."""
        self._stale = True
        self._stirred.set()
        self._stirred = asyncio.Event()

    async def wait(self, seen: str, seconds: float) -> str:
        """The mark, as soon as it is not ``seen``, at the latest after ``seconds``."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        self.waiting += 1
        try:
            while True:
                stirred = self._stirred
                mark = await self._now()
                left = until - loop.time()
                if mark != seen or left <= 0:
                    return mark
                try:
                    await asyncio.wait_for(stirred.wait(), min(left, self._poll_s))
                except TimeoutError:
                    continue
        finally:
            self.waiting -= 1

    async def _now(self) -> str:
        fresh = asyncio.get_running_loop().time() - self._looked_at < self._poll_s
        if fresh and not self._stale:
            return self._mark
        if self._looking is None:
            # What is written while one looks may have been missed: that look does not make the mark fresh.
            self._stale = False
            self._looking = asyncio.create_task(self._take())
        return await asyncio.shield(self._looking)

    async def _take(self) -> str:
        try:
            self._mark = await self._look()
            self._looked_at = asyncio.get_running_loop().time()
            return self._mark
        finally:
            self._looking = None
