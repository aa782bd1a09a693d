"""Fetching what a window has let go of an older case from the node above, for reading."""

import threading
from collections.abc import Callable
from typing import Protocol

from domain.errors import AppError
from sync.engine.synchronise import upstream_line
from sync.protocol import Message
from sync.protocol_cases import CaseAnswer, CaseAsked
from sync.store import Station
from sync.transport_errors import Refused, TransportError

Parts = dict[str, tuple[bytes, bytes]]
"""Event → (salt, private part)."""


class Line(Protocol):
    """What is needed of ``sync.transport.Transport``."""

    def post(self, path: str, message: Message, answer: type[CaseAnswer]) -> CaseAnswer:
        """Ask."""
        ...


def ask(line: Line, case: str) -> Parts:
    """What is private of ``case`` (its id) at the node above; ``retention.offline`` where it cannot be had now.

    ``retention.not_above`` where that node knows no such case.
    """
    try:
        answer = line.post("/v1/case", CaseAsked(key=case), CaseAnswer)
    except Refused as refused:
        raise AppError("retention.not_above" if refused.status == 404 else "retention.offline") from refused
    except TransportError as error:
        raise AppError("retention.offline") from error
    return {one.event: (one.salt, one.private) for one in answer.parts}


def fetch(
    station: Station, case: str, keep: Callable[..., int], cancel: threading.Event | None = None
) -> int:
    """``ask`` over a line of its own and have ``keep`` (``services.retention.keep_fetched``) take it in.

    ``retention.offline``, ``retention.not_above``, ``retention.unfit``.
    """
    try:
        with upstream_line(station, cancel or threading.Event()) as (line, _):
            parts = ask(line, case)
    except TransportError as error:
        raise AppError("retention.offline") from error
    return station.call(keep, case, parts)
