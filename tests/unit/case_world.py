"""A case that people of several boards work on, without a store: what the tests of its life share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from domain.cases import closing, decide, handling, timing
from domain.cases.fold import fold_case
from domain.cases.model import Attached, Case, Contact, Due, Limit, LimitClass
from domain.cases.moves import Action, require_move
from domain.cases.progress import Consultation, ToldBy
from domain.deadlines.case_clock import CaseClock, clock_of, new_due
from domain.events.clock import pack
from domain.events.event import Event, NewEvent
from domain.staff import Actor, Role
from tests.fixed import HOUR_MS, WEDNESDAY
from tests.made_cases import ACCEPTANCE, event_of
from tests.unit.deadline_walk import RULES

CLERK = Actor("clerk")
SUPERVISOR = Actor("supervisor", Role.SUPERVISOR)
ADMIN = Actor("admin", Role.ADMIN)
BOARDS = ("policy", "talent", "law", "appeal")
SPECIALISTS = {board: Actor(board, Role.SPECIALIST, board=board) for board in BOARDS}
CHIEFS = {board: Actor(f"{board}-chief", Role.CHIEF, board=board) for board in BOARDS}
POLICY, TALENT, APPEAL = SPECIALISTS["policy"], SPECIALISTS["talent"], SPECIALISTS["appeal"]
CHIEF = CHIEFS["policy"]
ACTORS = (CLERK, SUPERVISOR, ADMIN, *SPECIALISTS.values(), *CHIEFS.values())
DAY = 8 * HOUR_MS * 3


@dataclass
class World:
    """A stream of events in the making; ``now`` is UTC milliseconds, each event comes a millisecond later."""

    now: int = WEDNESDAY
    device: str = "d1"
    events: list[Event] = field(default_factory=list)
    _folded: tuple[int, Case] | None = None

    def __post_init__(self) -> None:
        if not self.events:
            due = new_due(self.now, ACCEPTANCE.limit, RULES, 1)
            self.add(decide.accept(_accepted(due)))

    def add(self, *new: NewEvent | None) -> Case:
        """Append what was decided; the case as it is then."""
        for one in filter(None, new):
            at = len(self.events)
            self.now += 1
            self.events.append(event_of(one, at, hlc=pack(self.now, 0), device=self.device))
        return self.case

    def wait(self, hours: float) -> None:
        self.now += int(hours * HOUR_MS)

    @property
    def case(self) -> Case:
        if self._folded is None or self._folded[0] != len(self.events):
            case = fold_case(self.events)
            assert case is not None
            self._folded = (len(self.events), case)
        return self._folded[1]

    @property
    def clock(self) -> CaseClock:
        return clock_of(self.case, RULES, self.now)

    def do(self, actor: Actor, action: Action, **wanted: Any) -> Case:
        """``actor`` takes ``action``; ``AppError`` where it is refused."""
        return self.add(DECIDE[action](self, actor, wanted))


def _accepted(due: Due) -> decide.Acceptance:
    return replace(ACCEPTANCE, due=due)


Wanted = dict[str, Any]
Decide = Callable[[World, Actor, Wanted], NewEvent | None]


def _answer(world: World, actor: Actor, wanted: Wanted) -> NewEvent | None:
    case, text = world.case, wanted.get("text", "已办")
    if actor.board is not None and actor.board in case.boards:
        return handling.answer_share(case, actor, text)
    require_move(case, actor, Action.ANSWER)
    return decide.answer(case, text)


def _of_desk(action: Action, new: Callable[[Case], Any]) -> Decide:
    def decided(world: World, actor: Actor, wanted: Wanted) -> NewEvent | None:
        require_move(world.case, actor, action)
        made = new(world.case)
        if isinstance(made, list):
            return made[0][1] if made else None
        assert made is None or isinstance(made, NewEvent)
        return made

    return decided


def _extension(world: World, actor: Actor, wanted: Wanted) -> NewEvent | None:
    clock = world.clock
    until = wanted.get("until", (clock.due_ms or world.now) + 5 * DAY)
    return timing.ask_extension(
        world.case, actor, until, "需核查", due_ms=clock.due_ms, overdue=clock.is_overdue
    )


def _decided_extension(world: World, actor: Actor, wanted: Wanted) -> NewEvent:
    asked = world.case.extension
    due = Due(asked.until, False, 1) if asked is not None and wanted.get("granted", True) else None
    return timing.decide_extension(world.case, actor, due, "情况属实")


def _limited(world: World, actor: Actor, wanted: Wanted) -> NewEvent | None:
    limit = Limit(wanted.get("limit", LimitClass.HARD))
    due = new_due(world.case.limit_from, limit, RULES, 1)
    return timing.change_limit(world.case, actor, limit, due, "涉及多部门", overdue=world.clock.is_overdue)


def _escalated(world: World, actor: Actor, wanted: Wanted) -> NewEvent:
    limit = Limit(LimitClass.HARD)
    return handling.escalate(world.case, actor, "解决不了", limit, new_due(world.now, limit, RULES, 1))


def _reopened(world: World, actor: Actor, wanted: Wanted) -> NewEvent | None:
    limit = world.case.limit
    reason = wanted.get("reason", f"没解决 {world.case.reopened}")
    return closing.reopen(world.case, actor, reason, limit, new_due(world.now, limit, RULES, 1))


def _file(case: Case) -> NewEvent | None:
    return decide.attach(case, Attached("ab" * 32, "批文.pdf", 10, "application/pdf"))


def _met(world: World) -> Consultation:
    return Consultation(world.now, ("policy",), (), ("王主任",), f"分步办理 {world.now}", None)


DECIDE: dict[Action, Decide] = {
    Action.ANSWER: _answer,
    Action.PARTIAL: lambda w, a, k: handling.answer_partly(w.case, a, k.get("text", "先答一半")),
    Action.PLAN: lambda w, a, k: handling.plan(w.case, a, "先行办理", k.get("until", w.now + 9 * DAY), w.now),
    Action.RECEIVE: lambda w, a, k: handling.receive(w.case, a),
    Action.TAKE: lambda w, a, k: handling.take(w.case, a, k.get("handler")),
    Action.RETURN: lambda w, a, k: handling.give_back(w.case, a, k.get("reason", "not_ours")),
    Action.DECIDE_RETURN: lambda w, a, k: handling.decide_return(w.case, a, "裁定", k.get("board")),
    Action.ASSIGN: lambda w, a, k: handling.assign(
        w.case, a, k.get("boards", ("policy", "talent")), k.get("tasks", {})
    ),
    Action.TRANSFER: lambda w, a, k: handling.transfer(w.case, a, k.get("board", "law"), "属法治"),
    Action.ADD_ASSIST: lambda w, a, k: handling.add_assist(w.case, a, k.get("board", "talent"), "核对"),
    Action.REMOVE_ASSIST: lambda w, a, k: handling.remove_assist(
        w.case, a, k.get("board", "talent"), "不涉及"
    ),
    Action.NOTICE: _of_desk(Action.NOTICE, lambda case: decide.request_material(case, ("执照",))),
    Action.RECEIVE_MATERIAL: _of_desk(
        Action.RECEIVE_MATERIAL, lambda case: decide.receive_material(case, ("执照",))
    ),
    Action.SUSPEND: lambda w, a, k: timing.suspend(w.case, a, f"等批复 {w.now}", "受理函"),
    Action.RESUME: lambda w, a, k: timing.resume(w.case, a),
    Action.EXTEND: _extension,
    Action.DECIDE_EXTENSION: _decided_extension,
    Action.LIMIT: _limited,
    Action.ESCALATE: _escalated,
    Action.PASS_UP: lambda w, a, k: handling.pass_up(w.case, a, "city", "需市级协调"),
    Action.CONSULT: lambda w, a, k: handling.consult(w.case, a, _met(w)),
    Action.RESOLVE: lambda w, a, k: closing.resolve(w.case, a, k.get("text", "已办结")),
    Action.FEEDBACK: lambda w, a, k: closing.feed_back(w.case, a, ToldBy.PHONE, "王晓", "已电话告知"),
    Action.REOPEN: _reopened,
    Action.ARCHIVE: lambda w, a, k: closing.archive(w.case, a),
    Action.DECLINE: _of_desk(Action.DECLINE, lambda case: decide.decline(case, "不属")),
    Action.WITHDRAW: _of_desk(Action.WITHDRAW, lambda case: decide.withdraw(case, "不办")),
    Action.MERGE: _of_desk(Action.MERGE, lambda case: NewEvent("case_merged", {"into": "x"})),
    Action.LINK: _of_desk(Action.LINK, lambda case: NewEvent("case_linked", {"to": "x"})),
    Action.ATTACH: _of_desk(Action.ATTACH, _file),
    Action.FLAG: _of_desk(
        Action.FLAG, lambda case: decide.flag(case, in_pool=not case.in_pool, sensitive=None)
    ),
    Action.CORRECT_CONTACT: _of_desk(
        Action.CORRECT_CONTACT, lambda case: decide.correct_contact(case, Contact("新人"))
    ),
}
"""How each action is decided here, as services do."""


def merged(*streams: Sequence[Event]) -> list[Event]:
    """The events of several devices, each once."""
    return list({event.id: event for stream in streams for event in stream}.values())
