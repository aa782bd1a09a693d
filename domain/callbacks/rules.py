"""Shares and limits of callbacks: the reference document ``callbacks``."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from domain.callbacks.model import SampleGroup
from domain.errors import AppError

MAX_DAYS = 30
MAX_ATTEMPTS = 20
MAX_WORDS = 100


@dataclass(frozen=True, slots=True)
class CallbackRules:
    """``percent`` of each group (reopened cases: always all); ``due_days`` are working days after closing.

    After ``attempts`` calls that reached nobody the enterprise counts as out of reach. ``drawn_here`` is false where
    the centre above draws the sample. ``reopen_reason`` is written down where a callback opens a case again.
    """

    percent: Mapping[SampleGroup, int]
    due_days: int = 3
    attempts: int = 3
    drawn_here: bool = True
    reopen_reason: str = "callback"

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Read ``{"percent": {"ordinary", "hard", "complaint"}, "due_days", "attempts", …}``.

        ``callbacks.rules_invalid`` names the field.
        """
        shares = document.get("percent")
        if not isinstance(shares, Mapping):
            raise AppError("callbacks.rules_invalid", field="percent")
        groups = (SampleGroup.ORDINARY, SampleGroup.HARD, SampleGroup.COMPLAINT)
        percent = {group: _number(shares, group.value, 0, 100) for group in groups}
        return cls(
            {**percent, SampleGroup.REOPENED: 100},
            _number(document, "due_days", 1, MAX_DAYS),
            _number(document, "attempts", 1, MAX_ATTEMPTS),
            _flag(document, "drawn_here"),
            _words(document, "reopen_reason"),
        )

    def document(self) -> dict[str, Any]:
        """What ``from_document`` reads."""
        percent = {g.value: n for g, n in self.percent.items() if g is not SampleGroup.REOPENED}
        return {
            "percent": percent,
            "due_days": self.due_days,
            "attempts": self.attempts,
            "drawn_here": self.drawn_here,
            "reopen_reason": self.reopen_reason,
        }

    def is_sure(self, group: SampleGroup) -> bool:
        """Whether all of ``group`` are asked: their tasks are made at once."""
        return self.percent[group] >= 100


def _number(document: Mapping[str, Any], name: str, least: int, most: int) -> int:
    found = document.get(name)
    if not isinstance(found, int) or isinstance(found, bool) or not least <= found <= most:
        raise AppError("callbacks.rules_invalid", field=name)
    return found


def _flag(document: Mapping[str, Any], name: str) -> bool:
    found = document.get(name, True)
    if not isinstance(found, bool):
        raise AppError("callbacks.rules_invalid", field=name)
    return found


def _words(document: Mapping[str, Any], name: str) -> str:
    found = document.get(name)
    if not isinstance(found, str) or not 0 < len(found.strip()) <= MAX_WORDS:
        raise AppError("callbacks.rules_invalid", field=name)
    return found.strip()
