"""The steps of folding that move a case's clock: pauses, extensions, a change of limit class."""

from dataclasses import replace
from typing import Any

from domain.cases.fitting import Step, at_of, due_in, limit_in, reason_of, require_fit, resumed
from domain.cases.model import Case
from domain.cases.moves import Action
from domain.cases.progress import ExtensionRequest, Suspension
from domain.cases.reading import facts_of, flag_in, integer_in, text_in, texts_in
from domain.events.event import Event

Facts = dict[str, Any]


def _suspended(case: Case, event: Event, payload: Facts) -> Case:
    require_fit(case, Action.SUSPEND)
    evidence = text_in(facts_of(event.private), "evidence", "")
    pause = Suspension(at_of(event, payload), None, reason_of(event), evidence, texts_in(payload, "files"))
    return replace(case, suspensions=(*case.suspensions, pause))


def _resumed(case: Case, event: Event, payload: Facts) -> Case:
    require_fit(case, Action.RESUME)
    return replace(case, suspensions=resumed(case.suspensions, at_of(event, payload)))


def _extension_requested(case: Case, event: Event, payload: Facts) -> Case:
    require_fit(case, Action.EXTEND)
    asked = ExtensionRequest(
        integer_in(payload, "until"), reason_of(event), at_of(event, payload), event.actor
    )
    return replace(case, extension=asked)


def _extension_decided(case: Case, event: Event, payload: Facts) -> Case:
    require_fit(case, Action.DECIDE_EXTENSION)
    if not flag_in(payload, "granted"):
        return replace(case, extension=None)
    due = due_in(payload["due"])
    return replace(case, extension=None, extended=True, due=due, due_from=at_of(event, payload))


def _limit_changed(case: Case, event: Event, payload: Facts) -> Case:
    """The time that the clock stood stays given back: pauses are counted from the beginning of the limit."""
    require_fit(case, Action.LIMIT)
    limit, due = limit_in(facts_of(payload["limit"])), due_in(payload["due"])
    return replace(case, limit=limit, due=due, due_from=case.limit_from, extended=False, extension=None)


STEPS: dict[str, Step] = {
    "case_suspended": _suspended,
    "case_resumed": _resumed,
    "extension_requested": _extension_requested,
    "extension_decided": _extension_decided,
    "limit_changed": _limit_changed,
}
