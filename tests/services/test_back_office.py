"""What boards do with a case, through the store: steps, queues, hand-over, and refusals that change nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from domain.cases.model import CaseState, LimitClass
from domain.cases.progress import ToldBy
from domain.deadlines.clock import Alert
from domain.errors import AppError
from domain.staff import Actor
from services.back_office.boards import (
    ConsultationForm,
    add_assist,
    answer_partly,
    decide_return,
    plan_solution,
    receive_case,
    record_consultation,
    remove_assist,
    return_case,
    return_reasons,
    take_case,
    transfer_case,
)
from services.back_office.closing import archive_case, feed_back_case, reopen_case, resolve_case
from services.back_office.hand_over import hand_over_open_work
from services.back_office.queues import count_queues, read_queue
from services.back_office.timing import (
    approve_extension,
    ask_extension,
    change_limit,
    end_of_day,
    escalate_case,
    pass_up_case,
    refuse_extension,
    resume_case,
    suspend_case,
)
from services.calendars import publish_calendar
from services.case_lists import count_lists, read_list
from services.case_steps import answer_case, assign_boards, receive_material, request_material
from services.case_view import view_case
from services.cases import accept_case, show_case
from services.documents import publish_own
from services.staff import actor_named
from services.station import Station
from tests.fixed import FixedClock, form, local_ms

As = Callable[[str], Actor]


@pytest.fixture
def who(station: Station) -> As:
    """A member of the demonstration centre's staff as an actor."""
    return lambda staff: station.call(actor_named, staff)


@pytest.fixture
def number(station: Station) -> str:
    return station.call(accept_case, form()).number


def _code(call: Callable[[], Any]) -> str:
    with pytest.raises(AppError) as caught:
        call()
    return caught.value.code


def _events(station: Station) -> int:
    return len(station.call(show_case, station.call(read_list, "all").rows[0].id).timeline)


def test_from_signature_to_archive(station: Station, number: str, who: As, clock: FixedClock) -> None:
    policy, clerk = who("policy"), who("clerk")
    station.call(receive_case, number, as_actor=policy)
    station.call(take_case, number, as_actor=policy)
    clock.move(hours=1)
    assert station.call(answer_partly, number, "先答一半", as_actor=policy).state is CaseState.HANDLING
    station.call(answer_case, number, "补贴已拨付。", as_actor=policy)
    assert station.call(count_lists, as_actor=clerk).counts["to_feed_back"] == 0
    resolved = station.call(resolve_case, number, as_actor=policy)
    assert (resolved.answer, resolved.closed_at) == ("补贴已拨付。", clock.at_ms)
    assert station.call(count_lists, as_actor=clerk).counts["to_feed_back"] == 1
    told = station.call(feed_back_case, number, ToldBy.PHONE, "王 晓", "已告知", as_actor=clerk)
    assert told.feedback is not None
    assert told.feedback.told == "王 晓"
    done = station.call(archive_case, number, as_actor=clerk)
    assert (done.state, done.archived_at) == (CaseState.ARCHIVED, clock.at_ms)
    assert station.call(count_lists).counts["answered"] == 1


def test_personal_words_stay_out_of_the_payload(station: Station, number: str, who: As) -> None:
    station.call(return_case, number, "not_ours", "秘密一", as_actor=who("policy"))
    station.call(assign_boards, number, ("policy",), {"policy": "秘密二"}, as_actor=who("clerk"))
    met = ConsultationForm(("policy",), (), ("秘密三",), "秘密四")
    station.call(record_consultation, number, met, as_actor=who("policy"))

    def payloads(uow: Any, clock: Any, actor: Any) -> str:
        return repr([event.payload for event in uow.events.stream(uow.cases.rows()[0].id)])

    assert "秘密" not in station.call(payloads)


def test_what_is_refused_leaves_nothing_behind(station: Station, number: str, who: As) -> None:
    before = _events(station)
    policy = who("policy")
    for call, code in (
        (lambda: station.call(receive_case, number, as_actor=who("clerk")), "permission.denied"),
        (lambda: station.call(receive_case, number, as_actor=who("talent")), "cases.not_your_board"),
        (lambda: station.call(return_case, number, "tired", as_actor=policy), "cases.unknown_return_reason"),
        (lambda: station.call(transfer_case, number, "nope", "x", as_actor=policy), "cases.unknown_board"),
        (lambda: station.call(transfer_case, number, "policy", "x", as_actor=policy), "cases.same_board"),
        (lambda: station.call(transfer_case, number, "legal", " ", as_actor=policy), "cases.reason_missing"),
        (lambda: station.call(suspend_case, number, "等", "据", as_actor=policy), "cases.not_received"),
        (lambda: station.call(answer_partly, number, "\u200b", as_actor=policy), "cases.answer_missing"),
        (lambda: station.call(take_case, number, "talent", as_actor=policy), "cases.handler_not_of_board"),
        (lambda: station.call(pass_up_case, number, "难", as_actor=who("clerk")), "cases.no_parent_site"),
        (lambda: station.call(end_of_day, "后天"), "cases.until_invalid"),
        (lambda: station.call(count_queues), "cases.queue_board_missing"),
        (lambda: station.call(read_queue, "odd", board="policy"), "cases.unknown_queue"),
    ):
        assert _code(call) == code
    assert _events(station) == before


def test_pausing_needs_evidence_and_stops_the_clock(
    station: Station, number: str, who: As, clock: FixedClock
) -> None:
    policy = who("policy")
    station.call(receive_case, number, as_actor=policy)
    assert (
        _code(lambda: station.call(suspend_case, number, "等批复", as_actor=policy))
        == "cases.evidence_missing"
    )
    assert (
        _code(lambda: station.call(suspend_case, number, "等", "", ("ff",), as_actor=policy))
        == "cases.evidence_unknown"
    )
    station.call(suspend_case, number, "等批复", "受理函", as_actor=policy)
    clock.move(days=30)
    counts = station.call(count_lists).counts
    assert (counts["suspended"], counts["overdue"]) == (1, 0)
    assert station.call(count_queues, "policy").counts["waiting"] == 1
    assert station.call(view_case, number).clock.alert is Alert.NONE
    station.call(resume_case, number, as_actor=policy)
    row = station.call(read_list, "open").rows[0]
    assert row.due_at is not None
    assert row.due_at > clock.at_ms
    assert row.due_at == station.call(view_case, number).clock.due_ms


def test_an_extension_is_asked_and_decided(station: Station, number: str, who: As, clock: FixedClock) -> None:
    policy, chief, head = who("policy"), who("policy-chief"), who("supervisor")
    station.call(receive_case, number, as_actor=policy)
    until = station.call(end_of_day, "2026-11-30")
    assert until == local_ms("2026-11-30 17:00")
    early = station.call(end_of_day, "2026-11-20")
    assert (
        _code(lambda: station.call(ask_extension, number, early, "难", as_actor=policy))
        == "cases.extension_too_short"
    )
    station.call(ask_extension, number, until, "需核查", as_actor=policy)
    assert station.call(count_lists).counts["extensions"] == 1
    assert _code(lambda: station.call(approve_extension, number, as_actor=chief)) == "permission.denied"
    assert _code(lambda: station.call(refuse_extension, number, "", as_actor=head)) == "cases.reason_missing"
    case = station.call(approve_extension, number, as_actor=head)
    assert (case.state, case.due and case.due.at) == (CaseState.EXTENDED, until)
    assert station.call(read_list, "open").rows[0].due_at == until
    assert _code(lambda: station.call(approve_extension, number, as_actor=head)) == "cases.no_extension_asked"


def test_a_promise_to_an_unpublished_year_is_provisional_until_it_is_published(
    station: Station, number: str, who: As
) -> None:
    policy = who("policy")
    station.call(receive_case, number, as_actor=policy)
    until = station.call(end_of_day, "2027-01-29")
    station.call(ask_extension, number, until, "需核查", as_actor=policy)
    station.call(approve_extension, number, as_actor=who("supervisor"))
    assert station.call(read_list, "open").rows[0].provisional

    def published(uow: Any, clock: Any, actor: Any) -> dict[str, Any]:
        years = dict((uow.reference.get("calendar") or {})["years"])
        years["2027"] = {"notice": "国办发明电〔2026〕9号", "holidays": [], "workdays": []}
        return {"years": years}

    document = station.call(published)
    assert station.call(publish_calendar, document, as_actor=who("admin")) == 1
    row = station.call(read_list, "open").rows[0]
    assert (row.provisional, row.due_at) == (False, until)


def test_limit_and_escalation(station: Station, number: str, who: As, clock: FixedClock) -> None:
    chief = who("policy-chief")
    case = station.call(change_limit, number, LimitClass.HARD, "涉及多部门", as_actor=chief)
    assert case.due is not None
    assert case.due.at == local_ms("2026-11-25 17:00")
    clock.set("2026-11-20 10:00")
    case = station.call(escalate_case, number, "解决不了", as_actor=who("policy"))
    assert (case.boards, case.state) == (("appeal",), CaseState.ESCALATED)
    assert station.call(read_list, "open").rows[0].due_at == local_ms("2026-11-27 17:00")
    counts = station.call(count_queues, as_actor=who("appeal")).counts
    assert (counts["new"], counts["fallback"]) == (1, 1)
    station.call(receive_case, number, as_actor=who("appeal"))
    until = station.call(end_of_day, "2026-12-30")
    planned = station.call(plan_solution, number, "分两步", until, as_actor=who("appeal"))
    assert planned.due is not None
    assert planned.due.at == until


def test_a_second_return_waits_for_the_chief(station: Station, number: str, who: As) -> None:
    policy, clerk = who("policy"), who("clerk")
    assert set(station.call(lambda uow, clock, actor: return_reasons(uow))) >= {"not_ours", "no_basis"}
    station.call(return_case, number, "not_ours", as_actor=policy)
    assert station.call(count_lists).counts["to_assign"] == 1
    station.call(assign_boards, number, ("policy",), as_actor=clerk)
    station.call(return_case, number, "no_basis", as_actor=policy)
    counts = station.call(count_lists).counts
    assert (counts["to_assign"], counts["returns"]) == (0, 1)
    row = station.call(read_queue, "returned", board="policy").rows[0]
    assert (row.waits, row.returned) == ("decision", 2)
    case = station.call(decide_return, number, "属人才", "talent", as_actor=who("policy-chief"))
    assert (case.boards, case.state) == (("talent",), CaseState.TRANSFERRED)


def test_queues_of_boards_that_share_a_case(station: Station, who: As, clock: FixedClock) -> None:
    number = station.call(accept_case, form(boards=("policy", "talent"))).number
    policy, talent = who("policy"), who("talent")
    assert station.call(count_queues, as_actor=talent).counts["new"] == 1
    station.call(receive_case, number, as_actor=policy)
    station.call(request_material, number, ("执照",), as_actor=policy)
    assert station.call(count_queues, as_actor=policy).counts["waiting"] == 1
    station.call(receive_material, number, ("执照",), as_actor=who("clerk"))
    assert station.call(count_queues, as_actor=policy).counts["in_hand"] == 1
    clock.set("2026-11-23 10:00")
    assert station.call(count_queues, as_actor=policy).counts["due_today"] == 1
    assert [row.number for row in station.call(read_queue, "due_today", as_actor=policy).rows] == [number]
    clock.set("2026-11-24 10:00")
    assert station.call(count_queues, as_actor=talent).counts["overdue"] == 1
    station.call(answer_case, number, "我板块已答", as_actor=policy)
    assert station.call(read_queue, "waiting", as_actor=policy).rows[0].waits == "boards"
    station.call(answer_case, number, "已核对", as_actor=talent)
    counts = station.call(count_queues, as_actor=policy).counts
    assert (counts["to_resolve"], counts["overdue"], counts["all"]) == (1, 0, 1)
    station.call(resolve_case, number, as_actor=policy)
    assert set(station.call(count_queues, as_actor=policy).counts.values()) == {0}


def test_assisting_boards_come_and_go(station: Station, number: str, who: As) -> None:
    policy = who("policy")
    station.call(add_assist, number, "talent", "核对", as_actor=policy)
    assert station.call(show_case, number).boards == ("policy", "talent")
    assert len(station.call(add_assist, number, "talent", as_actor=policy).timeline) == 2
    assert (
        _code(lambda: station.call(remove_assist, number, "policy", "x", as_actor=policy))
        == "cases.lead_cannot_leave"
    )
    assert station.call(remove_assist, number, "talent", "不涉及", as_actor=policy).boards == ("policy",)


def test_open_work_is_handed_over_within_the_board(station: Station, number: str, who: As) -> None:
    other = station.call(accept_case, form(text="另一件")).number
    policy = who("policy")
    for one in (number, other):
        station.call(take_case, one, as_actor=policy)
    station.call(answer_case, other, "好", as_actor=policy)
    head = who("supervisor")
    assert (
        _code(lambda: station.call(hand_over_open_work, "policy", "talent", as_actor=head))
        == "cases.handler_not_of_board"
    )
    for stranger in ("clerk", "talent-chief"):
        refused = lambda s=stranger: station.call(  # noqa: E731
            hand_over_open_work, "policy", "policy-chief", as_actor=who(s)
        )
        assert _code(refused) == "permission.denied"
    assert station.call(hand_over_open_work, "policy", "policy-chief", as_actor=policy) == 1
    assert [row.number for row in station.call(read_queue, mine=True, as_actor=who("policy-chief")).rows] == [
        number
    ]
    assert station.call(hand_over_open_work, "policy", "policy-chief", as_actor=head) == 0


def test_opened_again_it_comes_back_to_its_board(
    station: Station, number: str, who: As, clock: FixedClock
) -> None:
    station.call(answer_case, number, "当场答复", as_actor=who("clerk"))
    clock.set("2026-12-01 10:00")
    case = station.call(reopen_case, number, "没有解决", as_actor=who("clerk"))
    assert (case.state, case.reopened, case.boards) == (CaseState.REOPENED, 1, ("policy",))
    assert station.call(count_queues, "policy").counts["new"] == 1
    assert station.call(read_list, "open").rows[0].due_at == local_ms("2026-12-04 17:00")


def test_passing_up_names_the_site_above(station: Station, number: str, who: As) -> None:
    def with_parent(uow: Any, clock: Any, actor: Any) -> None:
        present = uow.reference.get("site")
        body = {key: value for key, value in present.items() if key not in ("kind", "version")}
        publish_own(uow, "site", {**body, "parent": "city"}, clock.now_ms())

    station.call(with_parent)
    case = station.call(pass_up_case, number, "需市级协调", as_actor=who("clerk"))
    assert case.passed_to == "city"
    assert station.call(view_case, number).owner.site == "city"


def test_the_view_tells_clock_and_owner(station: Station, number: str, who: As) -> None:
    view = station.call(view_case, number, as_actor=who("policy"))
    assert (view.owner.board, view.clock.alert) == ("policy", Alert.NONE)
    why = {action.code: action.why_not for action in view.actions}
    assert (why["receive"], why["partial"]) == ("", "cases.not_received")


def test_a_board_s_new_name_leaves_old_cases_as_they_were(station: Station, number: str, who: As) -> None:
    station.call(receive_case, number, as_actor=who("policy"))
    before = station.call(view_case, number).boards

    def renamed(uow: Any, clock: Any, actor: Any) -> None:
        document = uow.reference.get("boards")
        entries = [{**e, "name": "新名"} if e["code"] == "policy" else e for e in document["entries"]]
        body = {key: value for key, value in document.items() if key not in ("kind", "version")}
        publish_own(uow, "boards", {**body, "entries": entries}, clock.now_ms())

    station.call(renamed)
    assert station.call(view_case, number).boards == before
    later = station.call(accept_case, form(text="以后的事")).number
    assert station.call(view_case, later).boards == ("新名",)
