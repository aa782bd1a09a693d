"""What an online registry answers about an identifier (登记机关在线核验). The adapter that asks lives in ``sync``."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, Self

from domain.enterprises.credit_code import parse
from domain.errors import AppError

_MAX_NAME, _MAX_SOURCE = 200, 60


class RegistryState(StrEnum):
    """登记状态."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


class RegistryUnreachableError(Exception):
    """No answer: no network, no server, out of time, or nothing that could be read."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """Whose identifier it is. ``source`` names the registry, ``at`` is when it said so (UTC milliseconds)."""

    uscc: str
    name: str
    state: RegistryState
    source: str
    at: int

    @classmethod
    def from_document(cls, document: Any, at: int) -> Self:
        """Read an answer from outside; ``RegistryUnreachableError`` where it is none: nothing is believed by halves."""
        if not isinstance(document, Mapping):
            raise RegistryUnreachableError("answer")
        name, source = (document.get(field) for field in ("name", "source"))
        if not (isinstance(name, str) and 0 < len(name) <= _MAX_NAME and name.isprintable()):
            raise RegistryUnreachableError("name")
        if not (isinstance(source, str) and 0 < len(source) <= _MAX_SOURCE and source.isprintable()):
            raise RegistryUnreachableError("source")
        try:
            code = parse(str(document.get("uscc"))).code
        except AppError as error:
            raise RegistryUnreachableError("uscc") from error
        state = str(document.get("state"))
        known = RegistryState(state) if state in set(RegistryState) else RegistryState.UNKNOWN
        return cls(code, name, known, source, at)


class RegistryResolver(Protocol):
    """Asks a registry. Blocks; never called on the store's or the window's thread."""

    def resolve(self, text: str) -> Resolution | None:
        """Whose ``text`` is, None where it is nobody's; ``RegistryUnreachableError`` without an answer."""
        ...
