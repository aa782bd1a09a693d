"""Signed slips (``QYS1``): the QR code of a slip or ticket says what the paper says, and which device made it.

The payload is a CBOR map with small integer keys, so that the code stays readable on 58 mm paper: 1 id, 2 number,
3 kind, 4 site, 5 board, 6 accepted, 7 due (both seconds), 8 copy, 9 what (0 case, 1 ticket,
2 the rating form of a case). A reader that does not know a number there takes the code for damaged.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from domain.codes import strict_cbor
from domain.codes.claims import ClaimError, MissingClaimError
from domain.codes.envelope import sign, to_text
from domain.codes.keys import Signer
from domain.codes.profiles import QYS1

MAX_CHARS = 300
_MAX_TEXT = 24
_MAX_SECONDS = 100_000_000_000
_NAMES = ("id", "number", "kind", "site", "board", "accepted_at", "due_at", "copy", "of")


class SlipOf(StrEnum):
    """What the paper is about."""

    CASE = "case"
    TICKET = "ticket"
    RATING = "rating"


_OF = (SlipOf.CASE, SlipOf.TICKET, SlipOf.RATING)
"""By their number on the wire: only ever appended to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """What a slip's code says. Times are UTC milliseconds, whole seconds on the wire; empty means absent."""

    of: SlipOf
    id: str
    number: str
    site: str
    accepted_at: int
    kind: str = ""
    board: str = ""
    due_at: int | None = None
    copy: int = 1

    def document(self) -> dict[str, Any]:
        """The slip as JSON values."""
        return {name: getattr(self, name) for name in _NAMES}


def slip_text(slip: Slip, signer: Signer) -> str:
    """The text of the QR code; raises ``ValueError`` if it would pass 300 characters."""
    values = (
        UUID(slip.id).bytes,
        slip.number,
        slip.kind,
        slip.site,
        slip.board,
        slip.accepted_at // 1000,
        None if slip.due_at is None else slip.due_at // 1000,
        slip.copy,
        _OF.index(slip.of),
    )
    payload = {key: value for key, value in enumerate(values, start=1) if value not in (None, "")}
    text = to_text(sign(strict_cbor.encode(payload), signer), QYS1)
    if len(text) > MAX_CHARS:
        raise ValueError("a slip's code must stay readable on paper")
    return text


def read_slip(payload: Any) -> Slip:
    """The decoded payload; raises ``MissingClaimError`` or ``ClaimError``."""
    if not isinstance(payload, Mapping):
        raise ClaimError("claims")
    missing = [_NAMES[key - 1] for key in (1, 2, 4, 6, 9) if key not in payload]
    if missing:
        raise MissingClaimError(missing[0])
    what = _number(payload, 9, range(len(_OF)))
    return Slip(
        of=_OF[what],
        id=_uuid(payload[1]),
        number=_text(payload, 2),
        kind=_text(payload, 3),
        site=_text(payload, 4),
        board=_text(payload, 5),
        accepted_at=_number(payload, 6, range(_MAX_SECONDS)) * 1000,
        due_at=_number(payload, 7, range(_MAX_SECONDS)) * 1000 if 7 in payload else None,
        copy=_number(payload, 8, range(1, 10_000)) if 8 in payload else 1,
    )


def _text(payload: Mapping[Any, Any], key: int) -> str:
    found = payload.get(key, "")
    if not isinstance(found, str) or len(found) > _MAX_TEXT:
        raise ClaimError(_NAMES[key - 1])
    return found


def _number(payload: Mapping[Any, Any], key: int, allowed: range) -> int:
    found = payload[key]
    if not isinstance(found, int) or isinstance(found, bool) or found not in allowed:
        raise ClaimError(_NAMES[key - 1])
    return found


def _uuid(found: Any) -> str:
    if not isinstance(found, bytes) or len(found) != 16:
        raise ClaimError("id")
    return str(UUID(bytes=found))
