"""Every step after acceptance, through the store."""

import pytest

from domain.cases.intake import ContactForm
from domain.cases.model import CaseState
from domain.errors import AppError
from domain.staff import Actor, Role
from services.case_lists import count_lists, list_filters, read_list
from services.case_steps import (
    answer_case,
    assign_boards,
    correct_contact,
    decline_case,
    flag_case,
    link_cases,
    merge_case,
    receive_material,
    request_material,
    withdraw_case,
)
from services.case_view import view_case
from services.cases import accept_case, list_cases, search_cases, show_case
from services.station import Station
from tests.fixed import FixedClock, form

CHIEF = Actor("policy-chief", Role.CHIEF, "首席", "policy")


@pytest.fixture
def number(station: Station) -> str:
    return station.call(accept_case, form()).number


def _code(call: object) -> str:
    with pytest.raises(AppError) as caught:
        call()  # type: ignore[operator]
    return caught.value.code


def test_answer(station: Station, number: str, clock: FixedClock) -> None:
    clock.move(hours=1)
    case = station.call(answer_case, number, "已\u200b告知")
    assert (case.state, case.answer, case.closed_at) == (CaseState.RESOLVED, "已告知", clock.at_ms)
    assert _code(lambda: station.call(answer_case, number, "再答")) == "cases.closed"
    assert _code(lambda: station.call(answer_case, number, " ")) == "cases.answer_missing"


def test_decline_and_withdraw(station: Station, number: str) -> None:
    assert _code(lambda: station.call(decline_case, number, "\u200b")) == "cases.reason_missing"
    assert station.call(decline_case, number, "不属于受理范围").reason == "不属于受理范围"
    other = station.call(accept_case, form(text="另一件")).number
    assert station.call(withdraw_case, other, "自行办理").state is CaseState.WITHDRAWN


def test_merge_stops_the_merged_clock_and_keeps_both_histories(station: Station, number: str) -> None:
    other = station.call(accept_case, form(text="另一件")).number
    merged = station.call(merge_case, number, other)
    target = station.call(show_case, other)
    assert (merged.state, merged.is_open, merged.merged_into) == (CaseState.MERGED, False, target.id)
    assert target.links == (merged.id,)
    assert len(merged.timeline) == 2
    assert _code(lambda: station.call(merge_case, other, number)) == "cases.merge_target_closed"
    assert _code(lambda: station.call(merge_case, other, other)) == "cases.merge_self"
    assert station.call(list_cases, list_filters(station.actor, 0, "Asia/Shanghai")["open"]).total == 1


def test_link_twice_changes_nothing_and_closed_ones_may_be_linked(station: Station, number: str) -> None:
    other = station.call(accept_case, form(text="另一件", answer="好")).number
    station.call(link_cases, number, other)
    station.call(link_cases, other, number)
    one, two = station.call(show_case, number), station.call(show_case, other)
    assert (one.links, two.links) == ((two.id,), (one.id,))
    assert len(one.timeline) == 2


def test_assign(station: Station, number: str) -> None:
    assert station.call(assign_boards, number, ("talent", "policy", "talent")).boards == ("talent", "policy")
    assert len(station.call(assign_boards, number, ("talent", "policy")).timeline) == 2
    assert _code(lambda: station.call(assign_boards, number, ("nope",))) == "cases.unknown_board"
    assert _code(lambda: station.call(assign_boards, number, ())) == "cases.boards_missing"


def test_material_told_once_and_received(station: Station, number: str) -> None:
    case = station.call(request_material, number, ("执照\u200b", " ", "章程"))
    assert case.missing == ("执照", "章程")
    case = station.call(receive_material, number, ("章程",))
    assert (case.missing, case.material) == (("执照",), ("章程",))
    too_many = tuple(f"材料{i}" for i in range(61))
    assert _code(lambda: station.call(request_material, number, too_many)) == "cases.material_too_long"


def test_flags(station: Station, number: str) -> None:
    assert station.call(flag_case, number, sensitive=True).sensitive
    assert _code(lambda: station.call(flag_case, number, sensitive=False)) == "permission.denied"
    assert not station.call(flag_case, number, sensitive=False, as_actor=CHIEF).sensitive


def test_contact_is_corrected_and_found(station: Station, number: str) -> None:
    case = station.call(correct_contact, number, ContactForm(name="赵 一", phone="138\u200b0000 0001"))
    assert (case.contact.name, case.contact.phone) == ("赵 一", "13800000001")
    assert [row.number for row in station.call(search_cases, "13800000001")] == [number]
    assert (
        _code(lambda: station.call(correct_contact, number, ContactForm(phone="abc")))
        == "cases.phone_invalid"
    )


def test_four_megabytes_of_answer_are_refused_and_nothing_is_lost(station: Station, number: str) -> None:
    assert _code(lambda: station.call(answer_case, number, "长" * 4_000_000)) == "cases.text_too_long"
    assert station.call(show_case, number).is_open


def test_the_case_page_says_what_may_be_done(station: Station, number: str) -> None:
    view = station.call(view_case, number)
    why = {action.code: action.why_not for action in view.actions}
    assert why["answer"] == ""
    assert why["receive_material"] == "cases.nothing_missing"
    station.call(answer_case, number, "好")
    why = {action.code: action.why_not for action in station.call(view_case, number).actions}
    assert why["answer"] == "cases.closed"
    assert why["link"] == ""
    assert len(view.boards) == 1


def test_lists_and_counts(station: Station, number: str, clock: FixedClock) -> None:
    station.call(accept_case, form(text="投诉", sensitive=True))
    station.call(accept_case, form(text="答了", answer="好"))
    counts = station.call(count_lists).counts
    assert (counts["open"], counts["answered"], counts["sensitive"], counts["all"]) == (2, 1, 1, 3)
    assert counts["accepted_today"] == 3
    assert "board" not in counts
    assert station.call(count_lists, as_actor=CHIEF).counts["board"] == 2
    clock.move(days=10)
    assert station.call(count_lists).counts["overdue"] == 2
    page = station.call(read_list, "open", limit=1)
    assert (len(page.rows), page.total) == (1, 2)
