"""Whole lives of cases, twenty events each, as they stand in the log but for who, when and the case's number."""

from dataclasses import dataclass, replace
from functools import cache

from benchmarks.simulated import PROMISE_MS, SALT, accepted
from benchmarks.sync_content import SyncCase, cases
from domain.events.canonical import canonical_bytes
from domain.events.event import NewEvent, private_hash
from domain.events.kinds import CURRENT

LIVES = 1_000
"""Lives that differ; a store repeats them under new ids, numbers and times."""
STEPS = 20
OPEN_EVERY = 50
"""One life in so many has not come to its end."""
NUMBER, DUE_MS = "@number@", 9_007_199_254_740_991
"""Stand in a birth for the case's own number and due time."""


@dataclass(frozen=True, slots=True)
class Step:
    """An event. ``middle`` is its body from behind its id up to its seq, ``end`` what follows its stream.

    ``private`` is the private part, whose salt is ``benchmarks.simulated.SALT``.
    """

    kind: str
    version: int
    middle: str
    end: str
    private: bytes | None


@dataclass(frozen=True, slots=True)
class Life:
    """The events of one case in order. ``is_open`` where the last of them does not end it."""

    steps: tuple[Step, ...]
    is_open: bool


@cache
def lives() -> tuple[Life, ...]:
    """What stores are filled with."""
    return tuple(_life(one, at % OPEN_EVERY == OPEN_EVERY - 1) for at, one in enumerate(cases(LIVES)))


def _life(case: SyncCase, is_open: bool) -> Life:
    lead = {"board": case.boards[0]}
    blank = replace(case, number=NUMBER, accepted_ms=DUE_MS - PROMISE_MS, boards=case.boards[:1])
    told = f"已与{case.boards[0]}核对，按规定办理，三日内给{case.person}答复。"
    begun = (
        accepted(blank),
        _printed("slip"),
        NewEvent("assignment_received", lead),
        NewEvent("assignment_taken", {**lead, "handler": case.boards[0]}),
        *(_printed("notice"), NewEvent("case_linked", {"to": case.id}), NewEvent("case_flagged", {})) * 3,
        *(NewEvent("consultation_recorded", {"boards": list(case.boards)}, {"agreed": told}),) * 2,
    )
    rest = _waiting() if is_open else _ended(lead, told)
    return Life(tuple(_step(one) for one in (*begun, *rest)), is_open)


def _printed(paper: str) -> NewEvent:
    return NewEvent("paper_printed", {"paper": paper})


def _ended(lead: dict[str, str], told: str) -> tuple[NewEvent, ...]:
    return (
        NewEvent("assignment_answered", lead, {"answer": told}),
        NewEvent("case_resolved", {}, {"answer": told}),
        NewEvent("case_fed_back", {"how": "phone"}),
        _printed("feedback"),
        NewEvent("case_archived", {}),
    )


def _waiting() -> tuple[NewEvent, ...]:
    return (
        NewEvent("material_requested", {}, {"missing": ["营业执照"]}),
        _printed("notice"),
        NewEvent("material_received", {}, {"material": ["营业执照"]}),
        _printed("slip"),
        _printed("slip"),
    )


def _step(new: NewEvent) -> Step:
    private = None if new.private is None else canonical_bytes(new.private)
    payload = canonical_bytes(new.payload).decode()
    bound = "" if private is None else f',"private":"{private_hash(SALT, private)}"'
    version = CURRENT[new.kind]
    middle = f'","inc":1,"kind":"{new.kind}","payload":{payload}{bound},"seq":'
    return Step(new.kind, version, middle, f',"v":{version}}}', private)
