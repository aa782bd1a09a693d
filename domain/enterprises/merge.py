"""What was said of an enterprise by whom, and which of it counts.

Every field, licence, tag and contact is a key of its own with a list of statements in fold order. A statement that a
verified code proves stands over what was typed or imported for as long as the proof lasts; otherwise the latest counts.
What is overridden stays visible. The order is the same on every node, so two offline edits end in the same profile.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Key = tuple[str, ...]
"""``("name",)``, ``("licence", kind, number)``, ``("tag", group, word)``, ``("contact", name)`` and so on."""


class Source(StrEnum):
    """Who says it."""

    TYPED = "typed"
    IMPORTED = "imported"
    PROVED = "proved"


@dataclass(frozen=True, slots=True)
class Statement:
    """One saying. ``value`` None takes the key away; ``by`` is a person, a list's name, or a code's issuer.

    ``at`` and ``until`` (of a proof; None without end) are UTC milliseconds.
    """

    key: Key
    value: Any
    source: Source
    by: str
    at: int
    event: str
    until: int | None = None

    def proves(self, now_ms: int) -> bool:
        """Whether this is a proof that holds at ``now_ms``."""
        return self.source is Source.PROVED and (self.until is None or now_ms < self.until)


@dataclass(frozen=True, slots=True)
class Fact:
    """What counts, who says so, and what others say instead (the latest of each source).

    ``lapsed`` marks a proof that has ended and that nothing newer has replaced.
    """

    key: Key
    value: Any
    source: Source
    by: str
    at: int
    until: int | None = None
    others: tuple[Statement, ...] = ()
    lapsed: bool = False

    @property
    def is_proved(self) -> bool:
        """Whether a verified code proves it now."""
        return self.source is Source.PROVED and not self.lapsed


def settle(statements: Sequence[Statement], now_ms: int) -> Fact | None:
    """The fact told by ``statements`` of one key (in fold order) at ``now_ms``; None where nothing is said any more."""
    if not statements:
        return None
    proofs = [one for one in statements if one.proves(now_ms)]
    chosen = (proofs or statements)[-1]
    if chosen.value is None:
        return None
    return Fact(
        chosen.key,
        chosen.value,
        chosen.source,
        chosen.by,
        chosen.at,
        chosen.until,
        others=_others(statements, chosen),
        lapsed=chosen.source is Source.PROVED and not chosen.proves(now_ms),
    )


def latest(statements: Iterable[Statement], source: Source) -> Statement | None:
    """The last statement of ``source``."""
    return next((one for one in reversed(list(statements)) if one.source is source), None)


def _others(statements: Sequence[Statement], chosen: Statement) -> tuple[Statement, ...]:
    found = (latest(statements, source) for source in Source if source is not chosen.source)
    return tuple(one for one in found if one and one.value is not None and one.value != chosen.value)
