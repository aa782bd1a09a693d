"""A bad line on loopback: a TCP proxy that is slow, cuts, swallows answers or goes down, as told, while it runs.

It runs on a thread of its own and knows nothing of what it carries, but that a request is what goes up after silence
or an answer, and an answer is what then comes down (HTTP/1.1 without pipelining).
"""

import asyncio
import random
import socket
import sys
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from tests.faults.line import Counts, Faults, Line, Way
from tests.patience import PATIENCE_S

__all__ = ["Counts", "Faults", "FaultyProxy", "Way"]

HOST = "127.0.0.1"
CHUNK = 65_536
IN_FLIGHT = 16
"""Chunks that are on the line at once in one direction; who sends more waits."""
BACKLOG = 256
SLICES_PER_S = 20
LATE_S = 0.2
"""A slice that comes no later than this after the one before was kept by a busy machine, and loses no time by it."""


class _Cut(Exception):
    """The line breaks here."""


class FaultyProxy:
    """Stands between a client and ``target_host:target_port`` as long as its ``with`` block lasts.

        with FaultyProxy("127.0.0.1", port, faults=Faults(latency_ms=40)) as proxy:
            client = Client(proxy.url)
            proxy.set(rate_bytes_per_s=8000)
            proxy.lose_answers(1, to=b"POST /v1/push")

    Every call may come from any thread, and holds when it returns. Draws depend on ``seed`` and the order of
    connections alone. ``target`` may be set anew for a server that moved; it counts for connections to come.
    """

    def __init__(
        self, target_host: str, target_port: int, *, faults: Faults | None = None, seed: int = 0
    ) -> None:
        self.target = (target_host, target_port)
        self.faults = faults or Faults()
        self.port = 0
        self._counts = Counts()
        self._chance = random.Random(seed)
        self._lines: set[Line] = set()
        self._schedule: deque[int | None] = deque()
        self._lose: deque[bytes] = deque()
        self._left_in_all: int | None = None
        self._free_at = dict.fromkeys(Way, 0.0)
        self._listener: socket.socket | None = None
        self._timer: asyncio.Task[None] | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="faulty-proxy", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(PATIENCE_S):
            raise TimeoutError("the proxy did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(PATIENCE_S)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def counts(self) -> Counts:
        return self._counts

    @property
    def bytes_up(self) -> int:
        return self._counts.bytes_up

    @property
    def bytes_down(self) -> int:
        return self._counts.bytes_down

    @property
    def connections(self) -> int:
        return self._counts.connections

    @property
    def cuts(self) -> int:
        return self._counts.cuts

    def set(self, **changes: Any) -> None:
        """Change faults by name (see ``Faults``). A new ``cut_after_bytes`` counts for open connections from now."""
        self._ask(self._change(replace(self.faults, **changes), redraw="cut_after_bytes" in changes))

    def heal(self) -> None:
        """Nothing is wrong any more; cuts and losses still due are forgotten."""
        self.cut_connections()
        self.cut_once(None)
        self.lose_answers(0)
        self._ask(self._change(Faults(), redraw=True))

    def cut(self) -> None:
        """Reset all that is open, now."""
        self._ask(self._cut_all())

    def cut_connections(self, *at_bytes: int | None) -> None:
        """Cut the next connection after the first number of bytes, the one after it after the second, and so on.

        None lets one pass, whatever ``cut_after_bytes`` says. What was still due from an earlier call is forgotten.
        """
        self._ask(self._do(lambda: setattr(self, "_schedule", deque(at_bytes))))

    def cut_once(self, after_bytes: int | None) -> None:
        """Reset all that is open when so many more bytes have passed on all connections together; None forgets it."""
        self._ask(self._do(lambda: setattr(self, "_left_in_all", after_bytes)))

    def lose_answers(self, count: int, *, to: bytes = b"") -> None:
        """Of the next ``count`` requests the server gets all, and the client a reset instead of the answer.

        Only requests with ``to`` in their first bytes, such as ``b"POST /v1/push"``.
        """
        self._ask(self._do(lambda: setattr(self, "_lose", deque([to] * count))))

    def _ask(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_S)

    async def _do(self, work: Callable[[], object]) -> None:
        work()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            runner.run(self._live())

    async def _live(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._moving = asyncio.Event()
        with socket.socket() as kept:
            self.port = _keep_port(kept)
            await self._change(self.faults, redraw=False)
            self._ready.set()
            await self._stop.wait()
            await _end(self._timer)
            await self._go_down()

    async def _change(self, faults: Faults, *, redraw: bool) -> None:
        self.faults = faults
        if redraw:
            for line in self._lines:
                line.left = self._drawn()
        (self._moving.clear if faults.stall else self._moving.set)()
        await _end(self._timer)
        self._timer = asyncio.create_task(self._cut_again(faults.every_s)) if faults.every_s else None
        if faults.refuse:
            await self._go_down()
        elif not self._listener:
            self._listener = socket.create_server((HOST, self.port), backlog=BACKLOG)
            self._listener.setblocking(False)
            self.port = self._listener.getsockname()[1]
            self._loop.add_reader(self._listener, self._accept, self._listener)

    async def _go_down(self) -> None:
        if self._listener:
            self._loop.remove_reader(self._listener)
            self._listener.close()
            self._listener = None
        await self._cut_all()

    async def _cut_again(self, every_s: float) -> None:
        while True:
            await asyncio.sleep(every_s)
            await self._cut_all()

    async def _cut_all(self) -> None:
        self._count(cuts=len(self._lines))
        await _end(*(line.task for line in self._lines))

    def _count(self, **more: int) -> None:
        self._counts = replace(
            self._counts, **{name: getattr(self._counts, name) + by for name, by in more.items()}
        )

    def _drawn(self) -> int | None:
        at = self.faults.cut_after_bytes
        return self._chance.randint(*at) if isinstance(at, tuple) else at

    def _accept(self, listener: socket.socket) -> None:
        """Take one connection; not by a task, since one that is cancelled would drop what it just took."""
        try:
            near, _ = listener.accept()
        except OSError:
            return
        near.setblocking(False)
        near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line = Line(near, self._schedule.popleft() if self._schedule else self._drawn())
        self._lines.add(line)
        self._count(connections=1)
        line.task = asyncio.create_task(self._carry(line))
        line.task.add_done_callback(lambda _: self._close(line))

    async def _carry(self, line: Line) -> None:
        """One connection from its beginning to its end; whatever breaks it is a reset for both sides."""
        try:
            await self._loop.sock_connect(line.far, self.target)
            async with asyncio.TaskGroup() as group:
                for way in Way:
                    flight: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(IN_FLIGHT)
                    group.create_task(self._take(line, way, flight))
                    group.create_task(self._give(line, way, flight))
            line.reset = False
        except* _Cut:
            self._count(cuts=1)
        except* OSError:
            pass

    def _close(self, line: Line) -> None:
        self._lines.discard(line)
        line.close()

    async def _take(self, line: Line, way: Way, flight: asyncio.Queue[tuple[float, bytes]]) -> None:
        source = line.ends(way)[0]
        chunk = b"-"
        while chunk:
            chunk = await self._loop.sock_recv(source, CHUNK)
            await flight.put((self._loop.time() + self.faults.latency_ms / 1000, chunk))

    async def _give(self, line: Line, way: Way, flight: asyncio.Queue[tuple[float, bytes]]) -> None:
        sink = line.ends(way)[1]
        while True:
            due, chunk = await flight.get()
            if due > self._loop.time():
                await asyncio.sleep(due - self._loop.time())
            if not chunk:
                sink.shutdown(socket.SHUT_WR)
                return
            self._take_turns(line, way, chunk)
            while chunk:
                await self._moving.wait()
                size = self._portion(line, way, len(chunk))
                await self._on_the_wire(way, size)
                self._count(**{f"bytes_{way}": size})
                await self._loop.sock_sendall(sink, chunk[:size])
                self._wear(line, way, size)
                chunk = chunk[size:]

    def _take_turns(self, line: Line, way: Way, chunk: bytes) -> None:
        """Count a request, and break the line where its answer is to be lost."""
        if way is Way.DOWN:
            line.asking = False
            if line.losing:
                self._count(lost_answers=1)
                raise _Cut
        elif not line.asking:
            line.asking = True
            self._count(round_trips=1)
            if self._lose and self._lose[0] in chunk:
                self._lose.popleft()
                line.losing = True

    def _portion(self, line: Line, way: Way, size: int) -> int:
        if way is self.faults.trickle:
            return 1
        if self.faults.rate_bytes_per_s:
            size = min(size, max(1, self.faults.rate_bytes_per_s // SLICES_PER_S))
        if self._left_in_all is not None:
            size = min(size, self._left_in_all)
        return min(size, line.left) if line.left is not None and self._wears(way) else size

    async def _on_the_wire(self, way: Way, size: int) -> None:
        """Wait as long as ``size`` bytes are under way, after all that others sent before."""
        if way is self.faults.trickle:
            await asyncio.sleep(self.faults.trickle_s)
        if self.faults.rate_bytes_per_s:
            now = self._loop.time()
            behind = now - self._free_at[way]
            begun = now if behind > LATE_S else self._free_at[way]
            self._free_at[way] = begun + size / self.faults.rate_bytes_per_s
            await asyncio.sleep(max(0, self._free_at[way] - now))

    def _wears(self, way: Way) -> bool:
        return self.faults.cut_counts in (None, way)

    def _wear(self, line: Line, way: Way, size: int) -> None:
        """Break the line, or all lines, where their time has come."""
        if self._left_in_all is not None:
            self._left_in_all -= size
            if self._left_in_all <= 0:
                self._left_in_all = None
                self._break_others(line)
                raise _Cut
        if line.left is not None and self._wears(way):
            line.left -= size
            if line.left <= 0:
                raise _Cut

    def _break_others(self, line: Line) -> None:
        others = self._lines - {line}
        self._count(cuts=len(others))
        for other in others:
            if other.task:
                other.task.cancel()


def _keep_port(kept: socket.socket) -> int:
    """A port that nobody else is given while the proxy is down: one that is bound and does not listen refuses."""
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.bind((HOST, 0))
    port = int(kept.getsockname()[1])
    if sys.platform != "linux":  # elsewhere nobody may listen beside it
        kept.close()
    return port


async def _end(*tasks: "asyncio.Task[None] | None") -> None:
    """Cancel ``tasks`` and see them gone; whoever cancels us meanwhile is heard."""
    going = [task for task in tasks if task]
    for task in going:
        task.cancel()
    if going:
        await asyncio.wait(going)
