"""The golden chain of the node and of cases, ratings and common problems.

New steps go to the end: a chain is composed anew each time, and a file that is kept must stay what it was.
"""

from collections.abc import Callable

from domain import erasure
from domain.callbacks import decide as callbacks
from domain.callbacks.model import Attitude, CallResult, SampleGroup
from domain.cases import closing, decide, decisions, handling, timing
from domain.cases.model import Attached, Case, Contact, Due, Limit, LimitClass, Scope
from domain.cases.progress import Consultation, ToldBy
from domain.deadlines.clock import Alert
from domain.enrolment import ChainEnd, Device, enrol, revoke
from domain.events.event import NewEvent
from domain.queue import hub
from domain.ratings import decide as ratings
from domain.ratings.model import RatingOf, RatingSource
from domain.staff import Actor, Role
from domain.supervision import decide as supervision
from domain.supervision import problems
from domain.supervision.model import MeasureKind
from tests.fixed import WEDNESDAY
from tests.made_cases import ACCEPTANCE, accepted, case_after

CLERK, SUPERVISOR = Actor("clerk"), Actor("supervisor", Role.SUPERVISOR)
LEAD, CHIEF = (
    Actor("policy", Role.SPECIALIST, board="policy"),
    Actor("policy-chief", Role.CHIEF, board="policy"),
)
LIMIT, DUE = Limit(LimitClass.HARD), Due(WEDNESDAY + 7 * 86_400_000, False, 1)
SLIP = "019a95a0-0000-7000-8000-000000000065"
"""The supervision slip of the golden chain."""


class Life:
    """A case as its events are decided, each about the case as it is by then."""

    def __init__(self) -> None:
        self.made: list[NewEvent] = []

    def step(self, decide: Callable[[Case], NewEvent | None]) -> None:
        """What ``decide`` gives for the case so far is the next event."""
        new = decide(case_after(*self.made))
        assert new is not None
        self.made.append(new)


def steps() -> list[tuple[int, NewEvent]]:
    """(stream, event): the node's own, and cases that between them go through every step."""
    case = accepted()
    file = Attached("ab" * 32, "营业执照.pdf", 1234, "application/pdf")
    wanted = [
        (0, NewEvent("station_opened", {"site": "demo", "letters": "AB"})),
        (1, NewEvent("incarnation_started", {"reason": "behind", "previous": 1, "seq": 9, "letters": "CD"})),
        (2, decide.accept(ACCEPTANCE)),
        (2, NewEvent("case_assigned", {"boards": ["policy", "talent"]})),
        (2, decide.flag(case, in_pool=None, sensitive=True)),
        (2, decide.correct_contact(case, Contact("李明", "13900000000"))),
        (2, decide.request_material(case, ("营业执照", "章程"))),
        (2, decide.receive_material(case, ("章程",))),
        (2, decide.attach(case, file)),
        (2, decide.record_print("case_slip", "a5", 1, at_centre=False)),
        (2, decide.recompute_due(case, Due(WEDNESDAY + 5 * 86_400_000, False, 2))),
        (2, NewEvent("case_linked", {"to": "019a95a0-0000-7000-8000-00000000ffff"})),
        (2, decide.answer(case, "已当场答复。")),
        (3, decide.accept(ACCEPTANCE)),
        (3, decide.decline(case, "不属于受理范围")),
        (4, decide.accept(ACCEPTANCE)),
        (4, decide.withdraw(case, "企业自行办理")),
        (5, decide.accept(ACCEPTANCE)),
        (5, NewEvent("case_merged", {"into": "019a95a0-0000-7000-8000-00000000ffff"})),
    ]
    whole = [*((6, new) for new in whole_life()), *((7, new) for new in returned_twice())]
    whole += [*((8, new) for new in asked_afterwards()), *((9, new) for new in badly_rated())]
    whole += [*((10, new) for new in supervised()), *((11, new) for new in shared_problem())]
    whole += [(12, new) for new in decided_about()]
    whole += [(14, new) for new in enrolled()]
    whole.append((13, hub.move("demo", 1, "golden", "https://10.0.0.5:8461")))
    joined = {
        "old_site": "solo",
        "site": "demo",
        "letters": ["AC", "KM", "PQ", "XY"],
        "server": "c0ffee0011223344",
    }
    whole.append((15, NewEvent("station_joined", joined)))
    person = "019a95a0-0000-7000-8000-0000000000e1"
    named = [
        erasure.Named(person, (person,)),
        erasure.Named("019a95a0-0000-7000-8000-0000000000e2", (), whole=False),
    ]
    whole += [(16, new) for new in erasure.erase(named, erasure.Ground.REQUEST)]
    return [(stream, new) for stream, new in [*wanted, *whole] if new is not None]


def enrolled() -> list[NewEvent]:
    """A device that was enrolled, and revoked after 120 events."""
    device = Device(
        "00a1b2c3d4e5f607", "demo", "window", "3号窗口", bytes(range(32)), ("AC", "KM", "PQ", "XY"), ("solo",)
    )
    return [enrol(device), revoke(device, "电脑报废", [ChainEnd(1, 0, 120)])]


def whole_life() -> list[NewEvent]:
    """A case through every step of its boards, one event after the other as they are decided."""
    life = Life()
    until = WEDNESDAY + 9 * 86_400_000
    met = Consultation(0, ("policy", "law"), ("demo",), ("王主任",), "分两步办理", until)
    life.step(lambda case: handling.receive(case, LEAD))
    life.step(lambda case: handling.take(case, LEAD))
    life.step(lambda case: handling.add_assist(case, LEAD, "talent", "核对人才认定"))
    life.step(lambda case: handling.remove_assist(case, LEAD, "talent", "不涉及人才"))
    life.step(lambda case: handling.answer_partly(case, LEAD, "申报窗口已开放。"))
    life.step(lambda case: handling.consult(case, LEAD, met))
    life.step(lambda case: timing.suspend(case, LEAD, "等待上级批复", "省厅受理函"))
    life.step(lambda case: timing.resume(case, LEAD))
    life.step(lambda case: timing.ask_extension(case, LEAD, until, "需现场核查", due_ms=None, overdue=False))
    life.step(lambda case: timing.decide_extension(case, SUPERVISOR, DUE))
    life.step(lambda case: timing.change_limit(case, CHIEF, LIMIT, DUE, "涉及多部门", overdue=False))
    life.step(lambda case: handling.plan(case, LEAD, "先行受理，月底前兑现", until, WEDNESDAY))
    life.step(lambda case: handling.answer_share(case, LEAD, "已兑现。"))
    life.step(lambda case: closing.resolve(case, LEAD, ""))
    life.step(lambda case: closing.feed_back(case, CLERK, ToldBy.PHONE, "王晓", "已电话告知"))
    life.step(lambda case: closing.reopen(case, CLERK, "企业反映未到账", LIMIT, DUE))
    life.step(lambda case: handling.answer_share(case, LEAD, "已补发。"))
    life.step(lambda case: closing.resolve(case, LEAD, "已补发到账。"))
    life.step(lambda case: closing.feed_back(case, CLERK, ToldBy.WINDOW, "", ""))
    life.step(lambda case: closing.archive(case, CLERK))
    return [decide.accept(ACCEPTANCE), *life.made]


def returned_twice() -> list[NewEvent]:
    """A case that its board returns twice, that is transferred, goes to the appeal board and is passed up."""
    life = Life()
    life.step(lambda case: handling.give_back(case, LEAD, "not_ours", "属人才板块"))
    life.step(lambda case: handling.assign(case, CLERK, ("policy",), {"policy": "核对补贴条件"}))
    life.step(lambda case: handling.give_back(case, LEAD, "no_basis"))
    life.step(lambda case: handling.decide_return(case, CHIEF, "确属本板块"))
    life.step(lambda case: handling.transfer(case, LEAD, "talent", "人才政策事项"))
    life.step(lambda case: handling.escalate(case, SUPERVISOR, "板块无法解决", LIMIT, DUE))
    life.step(lambda case: handling.pass_up(case, CLERK, "city", "需市级协调"))
    life.step(lambda case: handling.hand_over_to_site(case, CLERK, "west", "企业在河西"))
    return [decide.accept(ACCEPTANCE), *life.made]


def asked_afterwards() -> list[NewEvent]:
    """A case that was answered at once, drawn, taken, rated and called back."""
    life = Life()
    missed = callbacks.Call(CallResult.NO_ANSWER, note="下午再打")
    reached = callbacks.Call(CallResult.REACHED, True, True, Attitude.GOOD, 5, "多办政策宣讲")
    life.step(lambda case: decide.answer(case, "已当场答复。"))
    life.step(lambda case: callbacks.draw(case, SampleGroup.ORDINARY, WEDNESDAY + 3 * 86_400_000))
    life.step(lambda case: callbacks.take(case, CLERK))
    life.step(lambda _: NewEvent("case_rated", {}))
    life.step(lambda case: callbacks.record(case, missed, 3))
    life.step(lambda case: callbacks.record(case, reached, 3))
    return [decide.accept(ACCEPTANCE), *life.made]


def badly_rated() -> list[NewEvent]:
    """A bad rating through its loop, with an appeal that was rejected."""
    subject = ratings.Subject(
        RatingOf.CASE, "019a95a0-0000-7000-8000-00000000ffff", "demo", "policy", ("clerk",)
    )
    bad = ratings.opinion_of(1, RatingSource.PAPER, ("slow",), "等了一上午")
    due = WEDNESDAY + 86_400_000
    return [
        ratings.give(subject, bad, due, at_parent=False),
        NewEvent("rating_appealed", {}, {"reason": "当日系统停机"}),
        NewEvent("rating_verified", {"confirmed": True, "due": due}, {"finding": "情况属实"}),
        NewEvent("rating_appeal_decided", {"upheld": False}, {"decision": "停机未告知来访者"}),
        NewEvent("rating_answered", {"fixed": True, "due": due}, {"text": "已增设停机提示"}),
        NewEvent("rating_given_again", {"level": 4, "source": "call"}),
        NewEvent("rating_called", {"result": "reached", "ends": True}, {"note": "表示理解"}),
    ]


def supervised() -> list[NewEvent]:
    """A case that was urged and supervised; its board answered."""
    life = Life()
    until = WEDNESDAY + 2 * 86_400_000
    urge, card = MeasureKind.URGE, MeasureKind.CARD
    life.step(
        lambda case: supervision.take(case, SUPERVISOR, urge, "请于周五前答复", until, Alert.AMBER, WEDNESDAY)
    )
    life.step(
        lambda case: supervision.take(case, SUPERVISOR, card, "已超期，请说明", None, Alert.RED, WEDNESDAY)
    )
    # In a chain of its own the slip has another name than in the case that decided about the answer.
    answered = NewEvent(
        "supervision_answered", {"board": "policy", "of": SLIP}, {"text": "待资金下达，周五兑现"}
    )
    return [decide.accept(ACCEPTANCE), *life.made, answered]


def shared_problem() -> list[NewEvent]:
    """A common problem that cases join and leave, answered once."""
    one, two = (f"019a95a0-0000-7000-8000-0000000000{at}" for at in ("f1", "f2"))
    return [
        problems.begin("园区夜间停电", "多家企业反映", Scope.BLOCK, (one,)),
        NewEvent("problem_joined", {"cases": [two]}),
        NewEvent("problem_left", {"cases": [two]}, {"reason": "属单独线路"}),
        NewEvent("problem_answered", {"cases": [one], "board": "project"}, {"answer": "已增容，周一恢复"}),
    ]


def decided_about() -> list[NewEvent]:
    """A case of which a conflict and a step without a right were decided."""
    record = "019a95a0-0000-7000-8000-0000000000f3"
    return [
        decide.accept(ACCEPTANCE),
        decisions.decide_conflict(record, decisions.ConflictChoice.BOTH),
        decisions.decide_review(record, decisions.ReviewDecision.UNDONE, "当天已调离窗口"),
    ]
