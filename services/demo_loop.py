"""The demonstration centre's made-up weeks: cases on every stretch of the closed loop, each step taken by who takes it
at a working day and hour that would be so at a centre.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import resources
from db.unit_of_work import UnitOfWork
from domain.callbacks.decide import Call
from domain.callbacks.model import CallResult
from domain.cases.intake import read_form
from domain.cases.progress import ToldBy
from domain.clock import Clock
from domain.deadlines.case_clock import office_of
from domain.deadlines.office import Office
from domain.staff import Actor
from services import case_steps
from services.back_office import boards, by_day, closing, timing
from services.callbacks.sample import draw_sample
from services.callbacks.tasks import record_callback
from services.cases import accept_case
from services.common_problems import begin_problem
from services.demo_time import PastClock
from services.ratings.giving import rate_case
from services.ratings.loop import answer_rating, call_rating, verify_rating
from services.rulebook import rulebook
from services.supervision import measures

MINUTE_MS = 60_000
Told = dict[str, Any]
Service = Callable[..., object]


@dataclass(slots=True)
class _Weeks:
    """The steps of the made-up cases, each with its instant; ``cases`` is name → id of those accepted so far."""

    uow: UnitOfWork
    device: Actor
    now_ms: int
    office: Office
    staff: dict[str, Actor]
    cases: dict[str, str] = field(default_factory=dict)
    steps: list[tuple[int, int, Callable[[PastClock], object]]] = field(default_factory=list)

    def tell(self, told: Told) -> None:
        """One case, from its acceptance on."""
        self._add(told["came"], partial(self._accept, told))
        for step in told["steps"]:
            self._add(step["at"], partial(self._take, told["name"], step))

    def run(self) -> None:
        """Take every step in the order of time; of one moment the first that was written comes first."""
        for at_ms, _, step in sorted(self.steps, key=lambda one: one[:2]):
            step(PastClock(at_ms))

    def instant(self, at: str) -> int:
        """``4 09:30``: that time four working days before today; ``~35``: so many minutes ago."""
        if at.startswith("~"):
            return self.now_ms - int(at[1:]) * MINUTE_MS
        days, time = at.split()
        day = self.office.day_of(self.now_ms)
        for _ in range(int(days)):
            day = self.office.previous_working(day)
        hour, minute = (int(part) for part in time.split(":"))
        return self.office.hours.instant(day, hour * 60 + minute)

    def day_after(self, at_ms: int, days: int) -> str:
        """So many working days after an instant, as ``2026-11-30``."""
        day = self.office.day_of(at_ms)
        for _ in range(days):
            day = self.office.next_working(day)
        return day.isoformat()

    def _add(self, at: str, step: Callable[[PastClock], object]) -> None:
        self.steps.append((self.instant(at), len(self.steps), step))

    def _accept(self, told: Told, clock: PastClock) -> None:
        accepted = accept_case(self.uow, clock, self.staff["clerk"], read_form(told["form"]))
        self.cases[told["name"]] = accepted.id

    def _take(self, name: str, step: Told, clock: PastClock) -> None:
        actor = self.staff[step["who"]] if "who" in step else self.device
        service, args = _MOVES[step["do"]](self, clock.at_ms, step)
        key = self.cases[name]
        if step["do"] in _OF_RATING:
            row = self.uow.ratings.of_subject(key)
            assert row is not None, step
            key = row.ref
        service(self.uow, clock, actor, key, *args)


_OF_RATING = frozenset({"verify", "fix", "call_again"})
_Made = tuple[Service, tuple[Any, ...]]
_Move = Callable[[_Weeks, int, Told], _Made]


def _with(service: Service, *names: str) -> _Move:
    """A move whose arguments stand in the step; ``day`` is told in working days from the step on."""

    def made(weeks: _Weeks, at_ms: int, step: Told) -> _Made:
        given = {**step, "day": weeks.day_after(at_ms, step.get("day", 0))}
        return service, tuple(given[name] for name in names if name in given)

    return made


def _assign(weeks: _Weeks, at_ms: int, step: Told) -> _Made:
    return case_steps.assign_boards, (tuple(step["boards"]),)


def _notice(weeks: _Weeks, at_ms: int, step: Told) -> _Made:
    return case_steps.request_material, (tuple(step["missing"]),)


def _merge(weeks: _Weeks, at_ms: int, step: Told) -> _Made:
    return case_steps.merge_case, (weeks.cases[step["into"]],)


def _consult(weeks: _Weeks, at_ms: int, step: Told) -> _Made:
    met = boards.ConsultationForm(tuple(step["boards"]), (), tuple(step["people"]), step["text"])
    return by_day.consult_until, (met, weeks.day_after(at_ms, step["day"]))


def _feedback(weeks: _Weeks, at_ms: int, step: Told) -> _Made:
    return closing.feed_back_case, (ToldBy(step["how"]), step["told"])


def _call(weeks: _Weeks, at_ms: int, step: Told) -> _Made:
    said = Call(
        CallResult(step["result"]), step.get("solved"), level=step.get("level"), wish=step.get("wish", "")
    )
    return record_callback, (said,)


def _rate(weeks: _Weeks, at_ms: int, step: Told) -> _Made:
    return partial(rate_case, text=step.get("text", "")), (step["level"],)


def _call_again(weeks: _Weeks, at_ms: int, step: Told) -> _Made:
    return call_rating, (CallResult.REACHED, "", step["level"])


_MOVES: dict[str, _Move] = {
    "receive": _with(boards.receive_case),
    "partial": _with(boards.answer_partly, "text"),
    "plan": _with(by_day.plan_until, "text", "day"),
    "return": _with(boards.return_case, "reason", "text"),
    "transfer": _with(boards.transfer_case, "board", "reason"),
    "assist": _with(boards.add_assist, "board", "text"),
    "answer": _with(case_steps.answer_case, "text"),
    "decline": _with(case_steps.decline_case, "reason"),
    "withdraw": _with(case_steps.withdraw_case, "reason"),
    "suspend": _with(timing.suspend_case, "reason", "evidence"),
    "extend": _with(by_day.ask_extension_until, "day", "reason"),
    "approve": _with(timing.approve_extension, "reason"),
    "escalate": _with(timing.escalate_case, "reason"),
    "resolve": _with(closing.resolve_case, "text"),
    "archive": _with(closing.archive_case),
    "urge": _with(measures.urge_case, "text", "day"),
    "card": _with(measures.card_case, "text", "day"),
    "say": _with(measures.answer_supervision, "text"),
    "verify": _with(verify_rating, "confirmed", "text"),
    "fix": _with(answer_rating, "fixed", "text"),
    "assign": _assign,
    "notice": _notice,
    "merge": _merge,
    "consult": _consult,
    "feedback": _feedback,
    "call": _call,
    "rate": _rate,
    "call_again": _call_again,
}


def fill_demo_loop(uow: UnitOfWork, clock: Clock, actor: Actor) -> int:
    """Let the made-up weeks pass, up to now; how many cases came. None where its people have been changed."""
    document = json.loads(resources.path("demo/loop.json").read_text("utf-8"))
    book, now_ms = rulebook(uow), clock.now_ms()
    staff = {one.id: one.actor for one in book.staff.values() if one.active}
    if not {step["who"] for told in document["cases"] for step in told["steps"] if "who" in step} <= set(
        staff
    ):
        return 0
    device = Actor(f"device:{uow.events.node.device}")
    weeks = _Weeks(uow, device, now_ms, office_of(book.rules), staff)
    for told in document["cases"]:
        weeks.tell(told)
    weeks.run()
    for told in document["problems"]:
        members = tuple(weeks.cases[name] for name in told["cases"])
        begin_problem(
            uow,
            PastClock(weeks.instant(told["at"])),
            staff[told["who"]],
            told["title"],
            members,
            None,
            told["text"],
        )
    draw_sample(uow, clock, device)
    return len(weeks.cases)
