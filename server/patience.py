"""Connections that keep a place without asking for anything: heads that do not come, one address with hundreds.

uvicorn counts time between requests alone. A centre's proxy sees to the rest; a hub stands in the hall's own network.
"""

import asyncio
from collections import Counter
from typing import ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol

from domain.hosts import is_loopback_number, number_of

HEAD_S = 30.0
"""How long the head of a request may take."""
MAX_OF_ADDRESS = 200
"""Connections of one address at once, but for this machine's own: a proxy's are everybody's."""


class PatientProtocol(H11Protocol):
    """HTTP/1.1 with an end to patience."""

    _of_address: ClassVar[Counter[str]] = Counter()
    _head: asyncio.TimerHandle | None = None
    _address = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody is there; one too many of an address goes at once."""
        super().connection_made(transport)
        self._address = _counted(self.client[0] if self.client else "")
        if self._address:
            self._of_address[self._address] += 1
            if self._of_address[self._address] > MAX_OF_ADDRESS:
                transport.abort()
                return
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """Something came."""
        super().data_received(data)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self._forget_head()
        if self._address:
            self._of_address[self._address] -= 1
            if not self._of_address[self._address]:
                del self._of_address[self._address]
        super().connection_lost(exc)

    def _await_head(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self._forget_head()
        elif self._head is None:
            self._head = self.loop.call_later(HEAD_S, self.transport.abort)

    def _forget_head(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None


def _counted(host: str) -> str:
    return host if number_of(host) is not None and not is_loopback_number(host) else ""
