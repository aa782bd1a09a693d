"""What can go wrong on a line, as the engine tells it apart. ``code`` is also that of the sentence for people."""

from typing import ClassVar

from domain.errors import AppError

_BUSY = frozenset({429, 503})


class TransportError(Exception):
    """An exchange failed."""

    code: ClassVar[str] = "sync.link_down"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail

    def for_people(self) -> AppError:
        """The same as a sentence."""
        return AppError(self.code)


class LinkDown(TransportError):
    """Nobody is reached, or the line broke in the middle."""


class Stalled(LinkDown):
    """The line stands, but no byte moved for too long."""

    code = "sync.stalled"


class CancelledError(TransportError):
    """Somebody asked to stop. Silent."""

    code = "sync.cancelled"


class WrongServer(TransportError):
    """Something else answers there: another certificate, another device, or no server of ours at all."""

    code = "sync.wrong_server"


class TooNew(TransportError):
    """This program is newer than the server can speak with."""

    code = "sync.too_new"


class TooOld(TransportError):
    """This program is older than the server takes."""

    code = "sync.too_old"


class Refused(TransportError):
    """The server answered with an error: its ``refusal`` code, HTTP status, when to try again, and the whole answer."""

    code = "sync.refused"

    def __init__(
        self, refusal: str, *, status: int, detail: str = "", retry_s: int = 0, body: bytes = b""
    ) -> None:
        super().__init__(detail)
        self.body = body
        self.refusal = refusal
        self.status = status
        self.retry_s = retry_s

    def __str__(self) -> str:
        return f"{self.status} {self.refusal}"

    @property
    def is_busy(self) -> bool:
        """Whether the server only has no time for it now: its store is away or recovers, or too much was asked."""
        return self.status in _BUSY

    def for_people(self) -> AppError:
        """The same as a sentence."""
        return AppError("sync.busy") if self.is_busy else AppError(self.code, refusal=self.refusal)
