"""What every step of folding a case rests on: whether an event still fits, and its facts as typed values."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from domain.cases.assignments import handled, with_share
from domain.cases.model import Case, Due, Limit, LimitClass
from domain.cases.moves import Action, misfit
from domain.cases.progress import Suspension
from domain.cases.reading import facts_of, flag_in, integer_in, text_in
from domain.events.event import Event
from domain.events.folding import UnfitError

Step = Callable[[Case, Event, dict[str, Any]], Case]


def require_fit(case: Case, action: Action, board: str | None = None) -> None:
    """``UnfitError`` where the table of moves has no row for ``action`` (of ``board``) in this state."""
    why = misfit(case, action, board)
    if why:
        code = why.removeprefix("cases.")
        raise UnfitError("case_closed" if code == "closed" else code)


def at_of(event: Event, payload: dict[str, Any]) -> int:
    """When it happened by the wall clock, which stands in the payload where the event's own stamp ran ahead."""
    return integer_in(payload, "at", event.at)


def reason_of(event: Event) -> str:
    """The reason that was written, which is in the private part."""
    return text_in(facts_of(event.private), "reason", "")


def limit_in(value: dict[str, Any]) -> Limit:
    """A limit as ``decide.limit_document`` wrote it."""
    days = None if value.get("days") is None else integer_in(value, "days")
    return Limit(LimitClass(value["class"]), days, text_in(value, "profile", "provincial"))


def due_in(value: Any) -> Due | None:
    """A due time as ``decide.due_document`` wrote it."""
    if value is None:
        return None
    facts = facts_of(value)
    return Due(integer_in(facts, "at"), flag_in(facts, "provisional"), integer_in(facts, "calendar", 0))


def worked_on(case: Case, board: str | None, at: int) -> Case:
    """``case`` once ``board``, if it is one that has a share in hand, works on it."""
    share = case.share_of(board)
    if share is None or not share.is_held:
        return case
    return replace(case, assignments=with_share(case.assignments, handled(share, at)))


def resumed(suspensions: tuple[Suspension, ...], at: int) -> tuple[Suspension, ...]:
    """The pauses once the lasting one, if there is one, has ended. It never ends before it began."""
    if not suspensions or suspensions[-1].end is not None:
        return suspensions
    last = suspensions[-1]
    return (*suspensions[:-1], replace(last, end=max(at, last.start)))
