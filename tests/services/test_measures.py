"""Urging and supervision slips through the store: what the boards are asked, on the list and on paper."""

from collections.abc import Callable
from typing import Any

import pytest

from domain.cases.model import LimitClass
from domain.errors import AppError
from domain.staff import Actor
from services.case_steps import answer_case, assign_boards, flag_case
from services.cases import accept_case, show_case
from services.common_problems import answer_problem, begin_problem, suggest_for
from services.printing import preview_paper, record_print
from services.staff import actor_named
from services.station import Station
from services.supervision.lists import SupervisionFilter, read_supervision
from services.supervision.measures import answer_supervision, card_case, urge_case
from tests.fixed import FixedClock, form

As = Callable[[str], Actor]


@pytest.fixture
def who(station: Station) -> As:
    """A member of the demonstration centre's staff as an actor."""
    return lambda staff: station.call(actor_named, staff)


@pytest.fixture
def number(station: Station) -> str:
    return station.call(accept_case, form(limit=LimitClass.STANDARD, boards=("policy", "talent"))).number


def code(call: Callable[[], Any]) -> str:
    with pytest.raises(AppError) as caught:
        call()
    return caught.value.code


def test_the_slip_says_what_the_supervisor_wrote(
    station: Station, clock: FixedClock, number: str, who: As
) -> None:
    supervisor = who("supervisor")
    assert code(lambda: station.call(preview_paper, number, "urging_slip")) == "printing.not_urgent"
    station.call(urge_case, number, "请先联系企业", "2026-11-20", as_actor=supervisor)
    slip = station.call(preview_paper, number, "urging_slip", as_actor=who("clerk"))
    assert (slip["demand"], slip["reply_by"]) == ("请先联系企业", "2026-11-20 17:00")
    assert slip["issued_by"] == supervisor.name
    clock.set("2026-11-26 09:00")
    station.call(card_case, number, "请说明原因", as_actor=supervisor)
    job = station.call(record_print, number, "supervision_slip", "a4", as_actor=supervisor)
    assert (job.document["demand"], job.document["alert"]) == ("请说明原因", "red")


def test_every_board_asked_owes_an_answer_of_its_own(
    station: Station, clock: FixedClock, number: str, who: As
) -> None:
    station.call(urge_case, number, "请答复", "2026-11-20", as_actor=who("supervisor"))
    (item,) = station.call(read_supervision, "unanswered").rows
    assert (item.row.waiting, item.row.urged, item.over_ms and item.over_ms < 0) == (2, 1, True)
    station.call(answer_supervision, number, "正在核对", as_actor=who("policy"))
    assert station.call(read_supervision, "unanswered").rows[0].row.waiting == 1
    station.call(answer_supervision, number, "已派人", as_actor=who("talent-chief"))
    assert station.call(read_supervision, "unanswered").total == 0
    assert code(lambda: station.call(answer_supervision, number, "好", as_actor=who("law"))) in (
        "supervision.not_asked",
        "staff.unknown",
    )


def test_what_may_not_be_done_changes_nothing(station: Station, number: str, who: As) -> None:
    before = len(station.call(show_case, number).timeline)
    for staff in ("clerk", "policy", "policy-chief"):
        assert (
            code(lambda s=staff: station.call(urge_case, number, "快", as_actor=who(s)))
            == "permission.denied"
        )
    supervisor = who("supervisor")
    assert (
        code(lambda: station.call(urge_case, number, " ", as_actor=supervisor)) == "supervision.text_missing"
    )
    assert (
        code(lambda: station.call(urge_case, number, "快", "2026-11-17", as_actor=supervisor))
        == "cases.until_past"
    )
    assert (
        code(lambda: station.call(card_case, number, "快", as_actor=supervisor)) == "supervision.not_overdue"
    )
    assert len(station.call(show_case, number).timeline) == before
    for _ in range(2):
        station.call(urge_case, number, "快", as_actor=supervisor)
    assert len(station.call(show_case, number).timeline) == before + 1


def test_the_list_says_whose_turn_it_is_and_who_had_it(
    station: Station, clock: FixedClock, number: str, who: As
) -> None:
    clock.set("2026-11-24 10:00")
    (item,) = station.call(read_supervision, "yellow", SupervisionFilter(board="policy")).rows
    assert (item.row.number, item.owner.board, item.alert.value) == (number, "policy", "yellow")
    assert item.over_ms == 3_600_000
    assert {share.board: share.elapsed_ms for share in item.shares} == {
        "policy": item.age_ms,
        "talent": item.age_ms,
    }
    assert station.call(read_supervision, "yellow", SupervisionFilter(board="talent")).rows == ()
    assert station.call(read_supervision, "all", SupervisionFilter(text="不存在")).total == 0


def test_one_member_that_refuses_keeps_no_other_from_its_answer(station: Station, who: As) -> None:
    """One is led by another board, one was answered already, one is returned: each is listed with why."""
    made = [
        station.call(accept_case, form(text=f"园区停电影响第{at}条生产线", boards=(board,)))
        for at, board in enumerate(("policy", "policy", "talent", "policy"))
    ]
    for one in made:
        station.call(flag_case, one.number, in_pool=True)
    policy = who("policy")
    station.call(answer_case, made[1].number, "另有答复", as_actor=policy)
    alike = station.call(suggest_for, ("园区停电影响生产线",))
    assert {one.row.number for one in alike} == {one.number for one in made}
    view = station.call(begin_problem, "园区停电", tuple(one.number for one in made))
    result = station.call(answer_problem, view.ref, "周一增容", as_actor=policy)
    assert sorted(result.answered) == sorted([made[0].number, made[3].number])
    assert {one.number: one.error.code for one in result.refused} == {
        made[1].number: "cases.share_not_held",
        made[2].number: "cases.not_the_lead",
    }
    assert station.call(show_case, made[0].number).lead.answer == "周一增容"
    (problem,) = station.call(lambda uow, *_: uow.problems.problems_of(made[2].id))
    assert (problem.ref, problem.members, problem.answered, problem.state) == (view.ref, 4, 2, "open")
    station.call(assign_boards, made[2].number, ("policy",))
    again = station.call(answer_problem, view.ref, as_actor=policy)
    assert again.answered == (made[2].number,)
    assert code(lambda: station.call(answer_problem, view.ref, as_actor=who("clerk"))) == "permission.denied"
