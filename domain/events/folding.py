"""Folding one stream. Total: it never fails; what does not fit is kept and listed as a conflict."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from domain.events.event import Event
from domain.events.kinds import upcast

S = TypeVar("S")


class UnfitError(Exception):
    """The event does not fit any more what its stream tells; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Folded(Generic[S]):
    """``unfit`` are (event id, code) of what does not fit, ``newer`` says that there are events of a newer program.

    ``state`` is None where the stream's beginning is not there; ``erased``: of some event what was private is gone.
    """

    state: S | None
    unfit: tuple[tuple[str, str], ...]
    newer: bool
    erased: bool


def birth_first(events: Iterable[Event]) -> list[Event]:
    """Fold order; the event that began the stream always comes first, whatever its clock said."""
    return sorted(events, key=lambda one: (one.id != one.stream, one.fold_key))


def folded(events: Iterable[Event], step: Callable[[S | None, Event, dict[str, Any]], S | None]) -> Folded[S]:
    """What ``events`` of one stream, in any order, tell step by step.

    ``step`` raises ``UnfitError``, or ``ValueError`` and the like for what is malformed.
    """
    state: S | None = None
    unfit: list[tuple[str, str]] = []
    newer = erased = False
    for event in birth_first(events):
        erased |= event.erased
        try:
            payload = upcast(event.kind, event.kind_version, event.payload)
            if payload is None:
                newer = True
            else:
                state = step(state, event, payload)
        except UnfitError as misfit:
            unfit.append((event.id, misfit.code))
        except (KeyError, ValueError, TypeError):
            unfit.append((event.id, "malformed"))
    return Folded(state, tuple(unfit), newer, erased)
