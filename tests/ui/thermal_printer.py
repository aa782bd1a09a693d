"""A thermal printer of paper: speaks status answers over a real socket or terminal and keeps the dots it was sent."""

import os
import select
import socket
import tty
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Thread

from PIL import Image

PAPER_OUT, PAPER_LOW, PAPER_THERE = 0x72, 0x1E, 0x12
COVER_OPEN, FAULT, WELL = 0x16, 0x52, 0x12


@dataclass
class Firmware:
    """What the printer does with bytes. ``paper`` and ``cause`` are its answers to ``DLE EOT 4`` and ``2``.

    ``silent`` never answers, ``knows_done`` answers ``GS r``, ``chatter`` says something else before each answer;
    with ``out_after`` it has no paper left once it was sent so many rows.
    """

    paper: int = PAPER_THERE
    cause: int = WELL
    silent: bool = False
    knows_done: bool = True
    chatter: bytes = b""
    out_after: int | None = None
    rows: list[bytes] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    largest: int = 0
    _rest: bytes = b""

    def feed(self, data: bytes) -> bytes:
        """Take ``data``; what is said to it."""
        self._rest += data
        said = b""
        while self._rest:
            length, answer = self._command(self._rest)
            if not length:
                break
            self._rest = self._rest[length:]
            said += self.chatter + answer if answer else b""
        return b"" if self.silent else said

    def _command(self, data: bytes) -> tuple[int, bytes]:
        """(length, answer) of the command that ``data`` begins with; length 0 while it is incomplete."""
        if len(data) < 2:
            return 0, b""
        head = data[:2]
        if head == b"\x1b@":
            self.seen.append("init")
            return 2, b""
        if head in (b"\x10\x04", b"\x1dr", b"\x1bd"):
            return (3, self._short(head, data[2])) if len(data) > 2 else (0, b"")
        if head == b"\x1dV":
            self.seen.append("cut")
            return 4 if data[2] == 66 else 3, b""
        if head == b"\x1dv":
            return self._raster(data)
        raise AssertionError(f"unknown command {data[:8]!r}")

    def _short(self, head: bytes, value: int) -> bytes:
        if head == b"\x1bd":
            self.seen.append(f"feed {value}")
            return b""
        if head == b"\x1dr":
            return b"\x00" if self.knows_done and self.paper & 0x60 == 0 else b""
        return bytes([{2: self.cause, 4: self.paper}[value]])

    def _raster(self, data: bytes) -> tuple[int, bytes]:
        if len(data) < 8:
            return 0, b""
        width, height = data[4] | data[5] << 8, data[6] | data[7] << 8
        length = 8 + width * height
        if len(data) < length:
            return 0, b""
        self.largest = max(self.largest, length)
        self.rows += [data[8 + y * width : 8 + (y + 1) * width] for y in range(height)]
        if self.out_after is not None and len(self.rows) >= self.out_after:
            self.paper = PAPER_OUT
        return length, b""

    def picture(self) -> Image.Image:
        """What came out, black on white."""
        width = len(self.rows[0]) * 8
        dots = Image.frombytes("1", (width, len(self.rows)), b"".join(self.rows))
        return Image.eval(dots.convert("L"), lambda value: 255 - value)


class NetworkPrinter:
    """A printer at a port of this machine, until ``close``. Takes one caller after the other.

    ``hangs_up`` closes at once, ``reads`` False takes nothing, ``chatters`` never stops talking.
    """

    def __init__(
        self, firmware: Firmware, *, hangs_up: bool = False, reads: bool = True, chatters: bool = False
    ) -> None:
        self.firmware, self._hangs_up, self._reads, self._chatters = firmware, hangs_up, reads, chatters
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"tcp:127.0.0.1:{self._server.getsockname()[1]}"
        self.callers = 0
        self._over = Event()
        self._thread = Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        with socket.create_connection(self._server.getsockname()):
            pass
        self._thread.join()
        self._server.close()

    def _serve(self) -> None:
        while True:
            caller, _ = self._server.accept()
            with caller:
                if self._over.is_set():
                    return
                self.callers += 1
                if not self._reads:
                    self._over.wait()
                elif self._chatters:
                    _chatter(caller)
                elif not self._hangs_up:
                    self._talk(caller)

    def _talk(self, caller: socket.socket) -> None:
        while data := caller.recv(4096):
            answer = self.firmware.feed(data)
            if answer:
                caller.sendall(answer)


def _chatter(caller: socket.socket) -> None:
    with suppress(ConnectionError):
        while True:
            caller.sendall(b"\xff")


class TerminalPrinter:
    """A printer at a device file of this machine, until ``close``."""

    def __init__(self, firmware: Firmware) -> None:
        self.firmware = firmware
        self._own, self._others = os.openpty()
        tty.setraw(self._others)
        self.address = f"file:{os.ttyname(self._others)}"
        self._over = Event()
        self._thread = Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        self._thread.join()
        os.close(self._own)
        os.close(self._others)

    def _serve(self) -> None:
        while not self._over.is_set():
            ready, _, _ = select.select([self._own], [], [], 0.02)
            if ready:
                answer = self.firmware.feed(os.read(self._own, 4096))
                if answer:
                    os.write(self._own, answer)
