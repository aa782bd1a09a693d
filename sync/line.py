"""One connection to a server: TCP, TLS where it is not this machine, a pinned certificate where there is one.

What is counted is silence, never the whole: a line may be as slow as it likes while bytes move. After sending, bytes
may still rest in buffers on the way, so the silence that is borne grows by the time they need on ``SLOWEST`` of lines.
``Cancel`` wakes whoever waits, from any thread.
"""

import errno
import hmac
import queue
import selectors
import socket
import ssl
import threading
from contextlib import suppress
from hashlib import sha256
from typing import Any

from sync.address import Address, is_numeric
from sync.transport_errors import CancelledError, LinkDown, Stalled, WrongServer

CHUNK = 64 << 10
SEND_BUFFER = 64 << 10
"""What the system may hold back of what was sent: little, so that progress is seen as it is made."""
SLOWEST = 8_000
"""Bytes a second of the slowest line that must do (64 kbit/s)."""
_IN_PROGRESS = {errno.EINPROGRESS, errno.EWOULDBLOCK, getattr(errno, "WSAEWOULDBLOCK", errno.EWOULDBLOCK), 0}


class Cancel:
    """Tells all that wait with it to stop, once and for good."""

    def __init__(self) -> None:
        self._bell, self._ear = socket.socketpair()
        self._bell.setblocking(False)
        self.asked = False

    def ask(self) -> None:
        """Stop whatever waits, now; any thread may."""
        self.asked = True
        with suppress(OSError):
            self._bell.send(b"x")

    def fileno(self) -> int:
        """Readable once it was asked."""
        return self._ear.fileno()

    def check(self) -> None:
        """``CancelledError`` once it was asked."""
        if self.asked:
            raise CancelledError

    def close(self) -> None:
        """Let go of the sockets, when nobody waits any more."""
        self._bell.close()
        self._ear.close()


class Line:
    """An open connection. One thread at a time; ``cancel`` alone comes from others."""

    def __init__(
        self, address: Address, pin: bytes | None, cancel: Cancel, *, connect_s: float, stall_s: float
    ) -> None:
        self._cancel = cancel
        self._stall_s = stall_s
        self._inbox: bytes | None = None
        self._waiting = 0  # bytes that were sent and not answered yet
        self._selector = selectors.DefaultSelector()
        self._socket: socket.socket | ssl.SSLSocket = _connect(address, cancel, connect_s)
        try:
            self._selector.register(cancel, selectors.EVENT_READ)
            self._selector.register(self._socket, selectors.EVENT_READ)
            if address.tls:
                self._shake_hands(address, pin)
        except BaseException:
            self.close()
            raise

    def send(self, data: bytes) -> int:
        """Send all of ``data``, or less where the other side spoke before the end; how much was sent."""
        view = memoryview(data)
        sent = 0
        while sent < len(view):
            try:
                count = self._socket.send(view[sent : sent + CHUNK])
            except (BlockingIOError, ssl.SSLWantWriteError):
                if (
                    self._wait(selectors.EVENT_READ | selectors.EVENT_WRITE) & selectors.EVENT_READ
                    and self._heard()
                ):
                    return sent
                continue
            except ssl.SSLWantReadError:
                self._wait(selectors.EVENT_READ)
                continue
            except OSError as error:
                raise _down(error) from error
            sent += count
            self._waiting += count
        return sent

    def receive(self) -> bytes:
        """The next bytes; empty where the other side has ended."""
        if self._inbox is not None:
            data, self._inbox = self._inbox, None
            return data
        while True:
            try:
                data = self._socket.recv(CHUNK)
            except (BlockingIOError, ssl.SSLWantReadError):
                self._wait(selectors.EVENT_READ)
                continue
            except ssl.SSLWantWriteError:
                self._wait(selectors.EVENT_WRITE)
                continue
            except OSError as error:
                raise _down(error) from error
            self._waiting = 0
            return data

    @property
    def is_stale(self) -> bool:
        """Whether an idle connection has something to read: it was closed, or is out of step."""
        return self._heard()

    def _heard(self) -> bool:
        """Whether the other side has said or ended something; what TLS says to itself does not count."""
        if self._inbox is None:
            try:
                self._inbox = self._socket.recv(CHUNK)
                self._waiting = 0
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return False
            except OSError:
                self._inbox = b""
        return True

    def close(self) -> None:
        """End it."""
        self._selector.close()
        with suppress(OSError):
            self._socket.close()

    def _patience_s(self) -> float:
        return self._stall_s + self._waiting / SLOWEST

    def _wait(self, events: int) -> int:
        """Wait until the socket is ready for one of ``events``; which it is."""
        self._selector.modify(self._socket, events)
        patience_s = self._patience_s()
        ready = {key.fileobj: mask for key, mask in self._selector.select(patience_s)}
        self._cancel.check()
        if self._socket not in ready:
            raise Stalled(f"{patience_s:.0f} s")
        return ready[self._socket]

    def _shake_hands(self, address: Address, pin: bytes | None) -> None:
        context = _context(pin)
        self._selector.unregister(self._socket)
        try:
            wrapped = context.wrap_socket(
                self._socket, server_hostname=address.host, do_handshake_on_connect=False
            )
        except (OSError, ValueError) as error:
            raise _down(error) from error
        self._socket = wrapped
        self._selector.register(wrapped, selectors.EVENT_READ)
        while True:
            try:
                wrapped.do_handshake()
                break
            except ssl.SSLWantReadError:
                self._wait(selectors.EVENT_READ)
            except ssl.SSLWantWriteError:
                self._wait(selectors.EVENT_WRITE)
            except ssl.SSLCertVerificationError as error:
                raise WrongServer(f"certificate: {error.verify_message}") from error
            except OSError as error:
                raise _down(error) from error
        if pin is not None and not _is_pinned(wrapped, pin):
            raise WrongServer("certificate: pin")


def _connect(address: Address, cancel: Cancel, connect_s: float) -> socket.socket:
    """A connected socket that never blocks: the first of the host's addresses that answers."""
    found = _resolved(address, cancel, connect_s)
    failure: LinkDown = LinkDown("name")
    for family, kind, protocol, _, place in found:
        cancel.check()
        one = socket.socket(family, kind, protocol)
        try:
            one.setblocking(False)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
            _dial(one, place, cancel, connect_s)
        except LinkDown as error:
            one.close()
            failure = error
        except BaseException:
            one.close()
            raise
        else:
            return one
    raise failure


def _resolved(address: Address, cancel: Cancel, patience_s: float) -> list[Any]:
    """What ``getaddrinfo`` gives. A name is asked for in a thread of its own, since nothing can interrupt that."""
    if is_numeric(address.host):
        return _look_up(address)
    answer: queue.SimpleQueue[list[Any]] = queue.SimpleQueue()
    bell, ear = socket.socketpair()

    def ask() -> None:
        with bell, suppress(LinkDown):
            answer.put(_look_up(address))

    threading.Thread(target=ask, name="name-lookup", daemon=True).start()
    with ear, selectors.DefaultSelector() as selector:
        selector.register(cancel, selectors.EVENT_READ)
        selector.register(ear, selectors.EVENT_READ)
        selector.select(patience_s)
        cancel.check()
    if answer.empty():
        raise LinkDown("name")
    return answer.get()


def _look_up(address: Address) -> list[Any]:
    try:
        return list(socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError) as error:
        raise LinkDown("name") from error


def _dial(one: socket.socket, place: Any, cancel: Cancel, connect_s: float) -> None:
    code = one.connect_ex(place)
    if code not in _IN_PROGRESS:
        raise LinkDown(errno.errorcode.get(code, str(code)))
    with selectors.DefaultSelector() as selector:
        selector.register(cancel, selectors.EVENT_READ)
        selector.register(one, selectors.EVENT_WRITE)
        ready = selector.select(connect_s)
    cancel.check()
    if not ready:
        raise LinkDown("connect")
    if code := one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
        raise LinkDown(errno.errorcode.get(code, str(code)))


def _context(pin: bytes | None) -> ssl.SSLContext:
    if pin is None:
        return ssl.create_default_context()
    # The certificate itself is held against the pin after the handshake, before the first byte of a request.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _is_pinned(wrapped: ssl.SSLSocket, pin: bytes) -> bool:
    shown = wrapped.getpeercert(binary_form=True)
    return shown is not None and hmac.compare_digest(sha256(shown).digest(), pin)


def _down(error: Exception) -> LinkDown:
    code = getattr(error, "errno", None)
    name = errno.errorcode.get(code, "") if isinstance(code, int) else ""
    return LinkDown("tls" if isinstance(error, ssl.SSLError) else name or type(error).__name__)
