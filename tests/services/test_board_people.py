"""Leave and substitutes, the people of a board, and steps with several cases at once."""

import pytest

from domain.cases.model import LimitClass
from domain.errors import AppError
from domain.staff import Actor, Role
from services.back_office.absence import set_away, stands_for
from services.back_office.boards import take_case
from services.back_office.people import board_people, name_leader
from services.back_office.several import hand_over_several, receive_several
from services.case_steps import answer_case
from services.cases import accept_case, show_case
from services.rulebook import current
from services.staff import save_member
from services.station import Station
from tests.fixed import FixedClock, form

POLICY = Actor("policy", Role.SPECIALIST, board="policy")
CHIEF = Actor("policy-chief", Role.CHIEF, board="policy")
LEGAL_CHIEF = Actor("legal-chief", Role.CHIEF, board="legal")
SUPERVISOR = Actor("supervisor", Role.SUPERVISOR)
ADMIN = Actor("admin", Role.ADMIN)
CLERK = Actor("clerk", Role.CLERK)


def add(station: Station, **fields: object) -> str:
    return station.call(accept_case, form(limit=LimitClass.STANDARD, **fields)).id


@pytest.mark.parametrize("actor", [POLICY, CHIEF, SUPERVISOR, ADMIN])
def test_leave_is_noted_by_oneself_the_chief_or_a_supervisor(station: Station, actor: Actor) -> None:
    station.call(set_away, "policy", "2026-11-20", "policy-chief", as_actor=actor)
    member = station.call(current).staff["policy"]
    assert (member.away_until, member.substitute) == ("2026-11-20", "policy-chief")


@pytest.mark.parametrize(
    ("actor", "args", "code"),
    [
        (CLERK, ("policy", "2026-11-20", ""), "permission.denied"),
        (LEGAL_CHIEF, ("policy", "2026-11-20", ""), "permission.denied"),
        (POLICY, ("policy-chief", "2026-11-20", ""), "permission.denied"),
        (SUPERVISOR, ("nobody", "2026-11-20", ""), "staff.unknown"),
        (SUPERVISOR, ("policy", "下周", ""), "cases.until_invalid"),
        (SUPERVISOR, ("policy", "2026-11-17", ""), "staff.away_past"),
        (SUPERVISOR, ("policy", "2026-11-20", "policy"), "staff.own_substitute"),
        (SUPERVISOR, ("policy", "2026-11-20", "legal"), "cases.handler_not_of_board"),
    ],
)
def test_leave_that_is_refused(station: Station, actor: Actor, args: tuple[str, ...], code: str) -> None:
    with pytest.raises(AppError) as refused:
        station.call(set_away, *args, as_actor=actor)
    assert refused.value.code == code
    assert station.call(current).staff["policy"].away_until == ""


def test_a_substitute_stands_in_until_the_last_day_is_over(station: Station, clock: FixedClock) -> None:
    station.call(set_away, "policy", "2026-11-20", "policy-chief", as_actor=CHIEF)
    for day, wanted in (
        ("2026-11-20 23:59", {"policy", "policy-chief"}),
        ("2026-11-21 00:00", {"policy-chief"}),
    ):
        clock.set(day)
        assert station.call(stands_for, as_actor=CHIEF) == wanted


def test_who_is_back_needs_no_substitute(station: Station) -> None:
    station.call(set_away, "policy", "2026-11-20", "policy-chief", as_actor=CHIEF)
    station.call(set_away, "policy", as_actor=POLICY)
    member = station.call(current).staff["policy"]
    assert (member.away_until, member.substitute) == ("", "")


def test_a_changed_name_keeps_the_leave_and_another_board_ends_it(station: Station) -> None:
    station.call(set_away, "policy", "2026-11-20", "policy-chief", as_actor=CHIEF)
    for board, until in (("policy", "2026-11-20"), ("legal", "")):
        station.call(save_member, "policy", "李敏", Role.SPECIALIST, board, as_actor=ADMIN)
        assert station.call(current).staff["policy"].away_until == until


def test_people_of_a_board(station: Station) -> None:
    for name in ("甲", "乙"):
        station.call(take_case, add(station, name=name), as_actor=POLICY)
    found = station.call(board_people, "policy", as_actor=POLICY)
    assert [(one.id, one.in_hand) for one in found.members] == [("policy-chief", 0), ("policy", 2)]
    assert not found.may_manage
    assert station.call(board_people, "policy", as_actor=CHIEF).may_manage
    assert not station.call(board_people, "legal", as_actor=CHIEF).may_manage


def test_a_leader_is_named_by_supervisors_and_stays_with_the_board(station: Station) -> None:
    with pytest.raises(AppError, match=r"permission\.denied"):
        station.call(name_leader, "policy", "王副区长", as_actor=CHIEF)
    station.call(name_leader, "policy", " 王副区长 ", as_actor=SUPERVISOR)
    boards = station.call(current).boards
    assert [board.code for board in boards.values() if board.leader] == ["policy"]
    assert boards["policy"].leader == "王副区长"
    assert boards["policy"].duties


def test_several_go_on_past_one_that_is_refused(station: Station) -> None:
    keys = [add(station, name=name) for name in ("甲", "乙", "丙")]
    station.call(answer_case, keys[1], "已答复", as_actor=POLICY)
    several = station.call(receive_several, [*keys, keys[0]], as_actor=POLICY)
    assert several.done == 2
    assert [one.error.code for one in several.refused] == ["cases.already_received"]


@pytest.mark.parametrize(("actor", "allowed"), [(POLICY, True), (SUPERVISOR, True), (LEGAL_CHIEF, False)])
def test_handing_over_stays_within_the_board(station: Station, actor: Actor, allowed: bool) -> None:
    key = add(station)
    if not allowed:
        with pytest.raises(AppError, match=r"permission\.denied"):
            station.call(hand_over_several, "policy", [key], "policy-chief", as_actor=actor)
        return
    assert station.call(hand_over_several, "policy", [key], "policy-chief", as_actor=actor).done == 1
    share = station.call(show_case, key).share_of("policy")
    assert share is not None
    assert share.handler == "policy-chief"
