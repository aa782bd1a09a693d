"""Limits of the bad-rating loop in working days: the reference document ``ratings``."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from domain.errors import AppError

_MOST = 60
_LINK_DAYS, _MOST_LINK_DAYS = 90, 366


@dataclass(frozen=True, slots=True)
class RatingRules:
    """核实 within ``verify_days`` of the rating, 整改 or 说明 within ``answer_days`` of that, the call within
    ``call_days`` of the answer. The link on a slip works until ``link_days`` calendar days after the case was closed.
    """

    verify_days: int = 1
    answer_days: int = 5
    call_days: int = 3
    link_days: int = _LINK_DAYS

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """``ratings.rules_invalid`` names the field."""
        verify, answer, call = (_days(document, name) for name in ("verify_days", "answer_days", "call_days"))
        # Sites that wrote their document before links ended have no such field.
        link = _days({"link_days": _LINK_DAYS, **document}, "link_days", _MOST_LINK_DAYS)
        return cls(verify, answer, call, link)

    def document(self) -> dict[str, int]:
        """What ``from_document`` reads."""
        names = ("verify_days", "answer_days", "call_days", "link_days")
        return {name: getattr(self, name) for name in names}


def _days(document: Mapping[str, Any], name: str, most: int = _MOST) -> int:
    found = document.get(name)
    if not isinstance(found, int) or isinstance(found, bool) or not 1 <= found <= most:
        raise AppError("ratings.rules_invalid", field=name)
    return found
