"""Limits of the bad-rating loop in working days: the reference document ``ratings``."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from domain.errors import AppError

_MOST = 60


@dataclass(frozen=True, slots=True)
class RatingRules:
    """核实 within ``verify_days`` of the rating, 整改 or 说明 within ``answer_days`` of that, the call within
    ``call_days`` of the answer.
    """

    verify_days: int = 1
    answer_days: int = 5
    call_days: int = 3

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """``ratings.rules_invalid`` names the field."""
        return cls(*(_days(document, name) for name in ("verify_days", "answer_days", "call_days")))

    def document(self) -> dict[str, int]:
        """What ``from_document`` reads."""
        return {name: getattr(self, name) for name in ("verify_days", "answer_days", "call_days")}


def _days(document: Mapping[str, Any], name: str) -> int:
    found = document.get(name)
    if not isinstance(found, int) or isinstance(found, bool) or not 1 <= found <= _MOST:
        raise AppError("ratings.rules_invalid", field=name)
    return found
