"""The messages by which an older case is fetched. Same rules as ``sync/protocol.py``."""

from typing import Annotated

from pydantic import Field

from sync.protocol import Message, Name

Part = Annotated[bytes, Field(max_length=1 << 20)]


class CaseAsked(Message):
    """POST /v1/case: what is private of a case, by its id or its whole number."""

    key: Annotated[str, Field(min_length=1, max_length=64)]


class PrivatePart(Message):
    """The private part of one event; its body names the SHA-256 of salt and private part."""

    event: Name
    salt: Annotated[bytes, Field(min_length=8, max_length=8)]
    private: Part


class CaseAnswer(Message):
    """All that is there of it; erased parts are absent."""

    case: Name
    parts: Annotated[tuple[PrivatePart, ...], Field(max_length=10_000)] = ()
