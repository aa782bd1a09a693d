"""Asking a registry over HTTP.

``POST <address>/resolve`` with ``{"text": …}`` gives 200 and ``{"uscc", "name", "state", "source"}``, or 404. An
address is ``https://``, or plain ``http://`` on this machine alone, where a bridge to the registry's interface runs.
"""

import json
from typing import Any
from urllib.parse import urlsplit

import httpx

from domain.clock import Clock
from domain.codes.registry import RegistryUnreachableError, Resolution
from domain.errors import AppError

TIMEOUT_S = 3.0
MAX_ANSWER_BYTES = 64 * 1024
_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})


class HttpRegistry:
    """A ``RegistryResolver`` over HTTP. ``AppError("codes.registry_address")`` for a wrong address."""

    def __init__(self, address: str, clock: Clock, *, transport: httpx.BaseTransport | None = None) -> None:
        self._address = _checked(address)
        self._clock = clock
        self._client = httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, transport=transport)

    def resolve(self, text: str) -> Resolution | None:
        """Whose ``text`` is; see the protocol."""
        try:
            with self._client.stream("POST", f"{self._address}/resolve", json={"text": text}) as answer:
                if answer.status_code == httpx.codes.NOT_FOUND:
                    return None
                if answer.status_code != httpx.codes.OK:
                    raise RegistryUnreachableError(str(answer.status_code))
                return Resolution.from_document(_document(answer), self._clock.now_ms())
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise RegistryUnreachableError(type(error).__name__) from error

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()


def _checked(address: str) -> str:
    try:
        parts = urlsplit(address.strip())
        host = parts.hostname
    except ValueError as error:
        raise AppError("codes.registry_address", address=address[:80]) from error
    safe = parts.scheme == "https" or (parts.scheme == "http" and host in _LOCAL)
    if not (safe and host) or parts.username or parts.query or parts.fragment:
        raise AppError("codes.registry_address", address=address[:80])
    return address.strip().rstrip("/")


def _document(answer: httpx.Response) -> Any:
    body = bytearray()
    for piece in answer.iter_bytes():
        body += piece
        if len(body) > MAX_ANSWER_BYTES:
            raise RegistryUnreachableError("size")
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RegistryUnreachableError("json") from error
