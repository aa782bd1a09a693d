"""Papers of the closed loop, made from a case that lived: what is offered when, what each says, what it refuses."""

import pytest

from domain.cases.progress import ToldBy
from domain.errors import AppError
from domain.printing.offering import PAPERS, offered_papers, sizes_of
from domain.staff import Actor, Role
from services.back_office.boards import (
    ConsultationForm,
    answer_partly,
    receive_case,
    record_consultation,
    return_case,
    transfer_case,
)
from services.back_office.closing import feed_back_case, resolve_case
from services.case_steps import answer_case, assign_boards
from services.case_view import view_case
from services.cases import accept_case
from services.printing import preview_paper, record_print, render_document
from services.station import Station
from tests.fixed import FixedClock, form

POLICY = Actor("policy", Role.SPECIALIST, board="policy")
TALENT = Actor("talent", Role.SPECIALIST, board="talent")
ALWAYS = {"case_slip", "dossier"}


@pytest.fixture
def number(station: Station) -> str:
    return station.call(accept_case, form(boards=("talent",))).number


def _offered(station: Station, number: str) -> set[str]:
    view = station.call(view_case, number)
    return {one.paper for one in offered_papers(view.case, view.clock.alert) if not one.why_not}


def _why(station: Station, number: str, paper: str, size: str = "a4") -> str:
    with pytest.raises(AppError) as caught:
        station.call(record_print, number, paper, size)
    return caught.value.code


def _moved_to_policy(station: Station, number: str) -> None:
    station.call(return_case, number, "not_ours", "请转政策板块", as_actor=TALENT)
    station.call(assign_boards, number, ("policy", "talent"))
    station.call(receive_case, number, as_actor=POLICY)


def _resolved(station: Station, number: str) -> None:
    _moved_to_policy(station, number)
    station.call(answer_partly, number, "先说一半。", as_actor=POLICY)
    station.call(answer_case, number, "人才无异议。", as_actor=TALENT)
    station.call(resolve_case, number, "可以申报，材料已齐。", as_actor=POLICY)


def test_papers_are_offered_by_what_the_case_holds(station: Station, number: str, clock: FixedClock) -> None:
    assert _offered(station, number) == {*ALWAYS, "assignment_slip"}
    _moved_to_policy(station, number)
    assert _offered(station, number) == {*ALWAYS, "assignment_slip", "transfer_slip"}
    clock.move(days=9)
    late = {*ALWAYS, "assignment_slip", "transfer_slip", "urging_slip", "supervision_slip"}
    assert _offered(station, number) == late
    station.call(
        record_consultation, number, ConsultationForm(("policy",), agreed="三日内答复"), as_actor=POLICY
    )
    assert _offered(station, number) == {*late, "consultation_minutes"}


def test_a_closed_case_has_feedback_and_rating_and_is_no_longer_urged(
    station: Station, number: str, clock: FixedClock
) -> None:
    _resolved(station, number)
    clock.move(days=9)
    closed = {*ALWAYS, "assignment_slip", "transfer_slip", "feedback_slip", "rating_form"}
    assert _offered(station, number) == closed


@pytest.mark.parametrize(
    ("paper", "code"),
    [
        ("transfer_slip", "printing.no_handover"),
        ("urging_slip", "printing.not_urgent"),
        ("supervision_slip", "printing.not_overdue"),
        ("consultation_minutes", "printing.no_consultation"),
        ("feedback_slip", "printing.not_resolved"),
        ("rating_form", "printing.not_resolved"),
    ],
)
def test_what_is_not_offered_is_refused_with_the_reason(
    station: Station, number: str, paper: str, code: str
) -> None:
    assert _why(station, number, paper) == code


def test_a_paper_in_a_size_it_does_not_come_in_is_refused(station: Station, number: str) -> None:
    assert _why(station, number, "dossier", "58mm") == "printing.size_unfit"


def test_the_assignment_slip_names_boards_and_promise(station: Station, number: str) -> None:
    document = station.call(record_print, number, "assignment_slip", "a5").document
    assert [share["role"] for share in document["shares"]] == ["lead"]
    assert document["due"].startswith("2026-11-23 ")
    assert document["origin"] == "assigned"
    assert document["qr"].startswith("QYS1:")


def test_the_transfer_slip_tells_every_handover_in_order(station: Station, number: str) -> None:
    _moved_to_policy(station, number)
    station.call(transfer_case, number, "legal", "涉及合同", as_actor=POLICY)
    handovers = station.call(record_print, number, "transfer_slip", "a5").document["handovers"]
    assert [one["what"] for one in handovers] == ["assignment_returned", "case_transferred"]
    assert handovers[0]["note"] == "请转政策板块"
    assert handovers[0]["reason"] != "not_ours", "the reason is said in words"
    assert handovers[1]["giver"]
    assert handovers[1]["reason"] == "涉及合同"


def test_the_supervision_slip_says_how_far_over_in_opening_time(
    station: Station, number: str, clock: FixedClock
) -> None:
    view = station.call(view_case, number)
    assert view.clock.due_ms is not None
    # The limit ends at closing time; an hour of the next morning is an hour over, not the night.
    clock.at_ms = view.clock.due_ms
    clock.move(days=1)
    document = station.call(preview_paper, number, "supervision_slip")
    assert document["alert"] in ("yellow", "red")
    assert 0 < document["over_min"] < 24 * 60


def test_the_feedback_slip_carries_answer_partial_answers_and_how_it_was_told(
    station: Station, number: str
) -> None:
    _resolved(station, number)
    station.call(feed_back_case, number, ToldBy.PHONE, "王晓", "已电话告知")
    document = station.call(record_print, number, "feedback_slip", "80mm").document
    assert document["answer"] == "可以申报，材料已齐。"
    assert document["in_time"] is True
    assert (document["told_by"], document["told"]) == ("phone", "王晓")
    lead = document["shares"][0]
    assert "先说一半。" in lead["answer"]


def test_the_rating_form_names_neither_the_person_nor_who_served(station: Station, number: str) -> None:
    _resolved(station, number)
    document = station.call(record_print, number, "rating_form", "a5").document
    assert document["representative"] is None
    assert (document["clerk"], document["window"], document["matter"]) == ("", "", "")


def test_every_paper_of_a_full_case_is_drawn_in_each_of_its_sizes(
    station: Station, number: str, clock: FixedClock
) -> None:
    station.call(record_consultation, number, ConsultationForm(("talent",), agreed="议定"), as_actor=TALENT)
    _moved_to_policy(station, number)
    clock.move(days=9)
    drawn = 0
    for paper in PAPERS:
        if paper in ("one_time_notice", "feedback_slip", "rating_form"):
            continue
        document = station.call(preview_paper, number, paper)
        for size in sizes_of(paper):
            assert render_document(document, size).data.startswith(b"%PDF-")
            drawn += 1
    assert drawn == sum(len(sizes_of(paper)) for paper in PAPERS) - 12
