"""What may be wrong with a line, what is counted on it, and one connection that it carries."""

import asyncio
import contextlib
import socket
import struct
from dataclasses import dataclass, field
from enum import StrEnum

RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Way(StrEnum):
    """A direction: from the client to the server, or back."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong with the line. Nothing is, unless said.

    ``latency_ms`` is one way, so a round trip costs twice as much; ``rate_bytes_per_s`` is shared by all connections,
    in each direction for itself (64 kbit/s = 8,000). ``cut_after_bytes`` resets every connection after so many bytes,
    or after a number drawn between two, in both directions together or in ``cut_counts`` alone. ``every_s`` cuts all
    that is open, time and again. ``trickle`` lets one byte pass per ``trickle_s`` that way. ``refuse``: nobody listens
    and what was open is cut; ``stall``: connections stand, but no byte moves until it is taken back.
    """

    latency_ms: float = 0
    rate_bytes_per_s: int | None = None
    cut_after_bytes: int | tuple[int, int] | None = None
    cut_counts: Way | None = None
    every_s: float | None = None
    trickle: Way | None = None
    trickle_s: float = 1.0
    refuse: bool = False
    stall: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """What passed since the start, or between two moments (``after - before``).

    ``round_trips``: how often the client spoke after silence or an answer. ``cuts`` holds ``lost_answers``.
    """

    bytes_up: int = 0
    bytes_down: int = 0
    connections: int = 0
    round_trips: int = 0
    cuts: int = 0
    lost_answers: int = 0

    @property
    def bytes_both(self) -> int:
        return self.bytes_up + self.bytes_down

    def __sub__(self, before: "Counts") -> "Counts":
        return Counts(*(getattr(self, name) - getattr(before, name) for name in self.__slots__))


def _stream() -> socket.socket:
    stream = socket.socket()
    stream.setblocking(False)
    stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return stream


@dataclass(slots=True, eq=False)
class Line:
    """One connection: what it may still carry, and whose turn it is."""

    near: socket.socket
    left: int | None
    task: "asyncio.Task[None] | None" = None
    far: socket.socket = field(default_factory=_stream)
    asking: bool = False
    losing: bool = False
    reset: bool = True

    def ends(self, way: Way) -> tuple[socket.socket, socket.socket]:
        return (self.near, self.far) if way is Way.UP else (self.far, self.near)

    def close(self) -> None:
        for end in (self.near, self.far):
            if self.reset:
                with contextlib.suppress(OSError):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            end.close()
