"""Events and cases without a store."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from domain.cases import decide
from domain.cases.decide import Acceptance
from domain.cases.fold import fold_case
from domain.cases.model import Applicant, Case, CaseKind, Channel, Contact, Due, Limit, LimitClass, Scope
from domain.cases.numbers import CaseNumber
from domain.events.clock import pack
from domain.events.event import Event, NewEvent
from tests.fixed import NAME, TEXT, WEDNESDAY

STREAM = "019a95a0-0000-7000-8000-000000000001"

ACCEPTANCE = Acceptance(
    number=CaseNumber("QJ", "261118", "AB", 17).text,
    kind=CaseKind.REQUEST,
    channel=Channel.WINDOW,
    scope=Scope.POINT,
    limit=Limit(LimitClass.STANDARD),
    due=Due(WEDNESDAY + 3 * 86_400_000, False, 1),
    applicant=Applicant(NAME),
    contact=Contact("王晓", "13812345678"),
    text=TEXT,
    boards=("policy",),
    versions=(("boards", 1), ("catalog", 1), ("packages", 1)),
)


def event_of(new: NewEvent, at: int, **changes: Any) -> Event:
    """``new`` as the ``at``-th event of the stream, ``at`` milliseconds after the acceptance."""
    one = Event(
        id=STREAM if at == 0 else f"019a95a0-0000-7000-8000-{at + 1:012d}",
        stream=STREAM,
        kind=new.kind,
        kind_version=1,
        device="d1",
        incarnation=1,
        seq=at + 1,
        hlc=pack(WEDNESDAY + at, 0),
        actor="clerk",
        site="demo",
        payload=new.payload,
        private=new.private,
        private_hash=None if new.private is None else "hash",
    )
    return replace(one, **changes)


def events_of(steps: Sequence[NewEvent]) -> list[Event]:
    """The acceptance and ``steps`` after it."""
    return [event_of(new, at) for at, new in enumerate([decide.accept(ACCEPTANCE), *steps])]


def case_after(*steps: NewEvent) -> Case:
    """The accepted case after ``steps``."""
    case = fold_case(events_of(steps))
    assert case is not None
    return case


def accepted() -> Case:
    """The case as accepted."""
    return case_after()
