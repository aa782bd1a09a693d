"""The steps of folding a case that are about supervision. They never move its state."""

from dataclasses import replace
from typing import Any

from domain.cases.fitting import Step, at_of
from domain.cases.model import Case
from domain.cases.reading import facts_of, integer_in, text_in, texts_in
from domain.events.event import Event
from domain.events.folding import UnfitError
from domain.supervision.model import Measure, MeasureAnswer, MeasureKind

Facts = dict[str, Any]


def _measured(case: Case, event: Event, payload: Facts, kind: MeasureKind) -> Case:
    measure = Measure(
        id=event.id,
        kind=kind,
        at=at_of(event, payload),
        actor=event.actor,
        boards=texts_in(payload, "boards"),
        alert=text_in(payload, "alert", "none"),
        until=None if payload.get("until") is None else integer_in(payload, "until"),
        text=text_in(facts_of(event.private), "text", ""),
    )
    return replace(case, measures=(*case.measures, measure))


def _urged(case: Case, event: Event, payload: Facts) -> Case:
    return _measured(case, event, payload, MeasureKind.URGE)


def _supervised(case: Case, event: Event, payload: Facts) -> Case:
    return _measured(case, event, payload, MeasureKind.CARD)


def _answered(case: Case, event: Event, payload: Facts) -> Case:
    of = text_in(payload, "of")
    if all(one.id != of for one in case.measures):
        raise UnfitError("no_measure")
    said = MeasureAnswer(
        text_in(payload, "board"),
        at_of(event, payload),
        event.actor,
        text_in(facts_of(event.private), "text", ""),
    )
    return replace(
        case,
        measures=tuple(
            replace(one, answers=(*one.answers, said)) if one.id == of else one for one in case.measures
        ),
    )


STEPS: dict[str, Step] = {
    "case_urged": _urged,
    "case_supervised": _supervised,
    "supervision_answered": _answered,
}
