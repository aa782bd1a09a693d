"""What a supervisor decides over the hall, who may, and what the settings of the queue refuse."""

from collections.abc import Callable
from typing import Any

import pytest

from db.rows.ticket_rows import Tickets
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.errors import AppError
from domain.queue.desk import HallView, TicketOrder
from domain.queue.model import EndReason, Ticket, TicketState
from domain.staff import Actor, Role
from services.documents import publish_own
from services.queue import hall, rules, supervising, tickets, views
from services.queue.local_desk import LocalQueueDesk
from services.station import Station
from tests.fixed import FixedClock

CLERK = Actor("clerk", Role.CLERK, "林晓")
SUPERVISOR = Actor("supervisor", Role.SUPERVISOR, "周敏")
ADMIN = Actor("admin", Role.ADMIN, "吴刚")


def issue(station: Station, group: str = "A") -> Ticket:
    return station.call(tickets.issue_ticket, TicketOrder(group=group), as_actor=CLERK).ticket


def supervise(station: Station, service: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    return station.call(service, *args, as_actor=SUPERVISOR, **kwargs)


def serving(station: Station, window: str = "1") -> Ticket:
    issue(station)
    called = station.call(tickets.call_next, window, as_actor=CLERK)
    assert called is not None
    return station.call(tickets.serve_ticket, called.id, as_actor=CLERK)


def read_hall(station: Station) -> HallView:
    return station.call(views.read_hall)


def refused(code: str) -> Any:
    return pytest.raises(AppError, match=code.replace(".", r"\."))


DECISIONS = [
    (hall.call_to_window, ("A001", "2")),
    (hall.hand_over_ticket, ("A001", "2")),
    (hall.end_ticket, ("A001",)),
    (hall.pause_group, ("A", "系统维护")),
    (hall.resume_group, ("A",)),
    (hall.close_hall, ("停电",)),
    (hall.open_hall, ()),
    (hall.set_notice, ("下午停电",)),
    (hall.end_day, ()),
]


@pytest.mark.parametrize(
    "actor", [CLERK, Actor("device:1"), Actor("s", Role.SPECIALIST), Actor("c", Role.CHIEF)]
)
@pytest.mark.parametrize(("service", "args"), DECISIONS)
def test_only_supervisors_decide(station: Station, service: Any, args: Any, actor: Actor) -> None:
    issue(station)
    with refused("permission.denied"):
        station.call(service, *args, as_actor=actor)
    assert read_hall(station).groups[0].waiting == 1
    assert not station.call(supervising.may_supervise, as_actor=actor)


def test_rules_are_the_supervisors_too(station: Station) -> None:
    document = station.call(rules.read_rules_facts).rules.document()
    for actor in (CLERK, station.device_actor):
        with refused("permission.denied"):
            station.call(rules.change_queue_rules, document, as_actor=actor)
    assert supervise(station, rules.change_queue_rules, document)
    assert station.call(rules.change_queue_rules, document, as_actor=ADMIN)


def without_supervisors(uow: UnitOfWork, clock: Clock, actor: Actor) -> None:
    publish_own(uow, "staff", {"entries": [{"id": "clerk", "name": "林晓", "role": "clerk"}]}, clock.now_ms())


def test_where_nobody_supervises_the_one_who_is_there_does(station: Station) -> None:
    station.call(without_supervisors)
    assert station.call(supervising.may_supervise)
    station.call(hall.pause_group, "A", "系统维护")
    assert read_hall(station).groups[0].paused == "系统维护"
    station.call(rules.change_queue_rules, station.call(rules.read_rules_facts).rules.document())


def test_without_the_check_a_clerk_could(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hall, "require_decision", lambda uow, actor, action: None)
    with pytest.raises(pytest.fail.Exception):
        test_only_supervisors_decide(station, hall.end_day, (), CLERK)


def test_a_stuck_service_is_ended_and_kept_out_of_the_averages(station: Station, clock: FixedClock) -> None:
    stuck = serving(station)
    clock.move(hours=1)
    ended = supervise(station, hall.end_ticket, stuck.id)
    assert (ended.state, ended.end_reason, ended.time_wrong) == (
        TicketState.FINISHED,
        EndReason.SUPERVISOR,
        True,
    )
    figures = station.call(views.read_statistics)
    assert (figures.total.doubtful, figures.total.mean_service_ms) == (1, None)


def test_a_service_handed_over_counts_for_the_one_who_sits_there(station: Station) -> None:
    stuck = serving(station, "1")
    station.call(hall.open_window, "2", as_actor=Actor("policy", Role.SPECIALIST))
    moved = supervise(station, hall.hand_over_ticket, stuck.id, "2")
    assert (moved.window, moved.staff, moved.state) == ("2", "policy", TicketState.SERVING)
    assert SUPERVISOR.id not in {one.key for one in station.call(views.read_statistics).by_staff}


def test_a_busy_window_takes_nobody_over(station: Station) -> None:
    first, second = serving(station, "1"), serving(station, "2")
    with refused("queue.window_busy"):
        supervise(station, hall.hand_over_ticket, first.id, "2")
    waiting = issue(station)
    with refused("queue.window_busy"):
        supervise(station, hall.call_to_window, waiting.id, "2")
    assert {one.ticket.id for one in read_hall(station).windows if one.ticket} == {first.id, second.id}


def test_somebody_is_called_to_a_free_open_window_out_of_turn(station: Station) -> None:
    issue(station)
    second = issue(station)
    with refused("queue.window_not_open"):
        supervise(station, hall.call_to_window, second.id, "1")
    station.call(hall.open_window, "1", as_actor=CLERK)
    called = supervise(station, hall.call_to_window, second.number, "1")
    assert (called.state, called.window, called.staff) == (TicketState.CALLED, "1", CLERK.id)
    assert read_hall(station).windows[0].staff == CLERK.id
    assert supervise(station, hall.call_to_window, second.number, "1") == called


def test_nobody_is_called_while_the_hall_is_closed(station: Station) -> None:
    waiting = issue(station)
    station.call(hall.open_window, "1", as_actor=CLERK)
    supervise(station, hall.close_hall, "停电")
    with refused("queue.hall_closed"):
        supervise(station, hall.call_to_window, waiting.id, "1")


@pytest.mark.parametrize(("send_away", "waiting"), [(False, 2), (True, 0)])
def test_an_emergency_keeps_the_line_or_sends_it_away(
    station: Station, send_away: bool, waiting: int
) -> None:
    served = serving(station)
    issue(station), issue(station, "B")
    supervise(station, hall.close_hall, "消防演练", send_away=send_away)
    view = read_hall(station)
    assert sum(one.waiting for one in view.groups) == waiting
    assert view.windows[0].ticket is not None
    assert view.windows[0].ticket.id == served.id
    supervise(station, hall.open_hall)
    assert read_hall(station).closed == ""


def test_the_day_ends_with_what_was_shown_as_open(station: Station) -> None:
    serving(station)
    issue(station, "B")
    desk = LocalQueueDesk(station)
    station.actor = SUPERVISOR
    shown = desk.still_open()
    assert desk.end_day() == len(shown) == 2
    assert desk.still_open() == ()
    assert desk.statistics().open == 0


def test_figures_and_windows_bear_names(station: Station) -> None:
    serving(station)
    figures = station.call(views.read_statistics)
    assert [(one.key, one.name) for one in figures.by_group] == [("A", "综合受理")]
    assert [(one.key, one.name) for one in figures.by_staff] == [("clerk", "林晓")]
    assert read_hall(station).windows[0].staff_name == "林晓"


def changed(station: Station, change: Callable[[dict[str, Any]], None]) -> Any:
    document = station.call(rules.read_rules_facts).rules.document()
    change(document)
    return supervise(station, rules.change_queue_rules, document)


def without_group(code: str) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        document["groups"] = [one for one in document["groups"] if one["code"] != code]
        for window in document["windows"]:
            window["groups"] = [one for one in window["groups"] if one != code]

    return change


def without_window(code: str) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        document["windows"] = [one for one in document["windows"] if one["code"] != code]

    return change


def test_a_group_goes_only_when_nobody_needs_it(station: Station) -> None:
    waiting = issue(station, "D")
    with refused("queue.group_in_use"):
        changed(station, without_group("D"))
    station.call(tickets.leave_ticket, waiting.id, as_actor=CLERK)
    assert "D" not in changed(station, without_group("D")).groups


def test_a_window_goes_only_when_nobody_needs_it(station: Station) -> None:
    served, waiting = serving(station, "7"), issue(station)
    station.call(tickets.transfer_ticket, waiting.id, "", "8", as_actor=CLERK)
    for code in ("7", "8"):
        with refused("queue.window_in_use"):
            changed(station, without_window(code))
    for one in (served, waiting):
        supervise(station, hall.end_ticket, one.id)
    assert "7" not in changed(station, without_window("7")).windows


def swap_prefixes(document: dict[str, Any]) -> None:
    first, second = document["groups"][:2]
    first["prefix"], second["prefix"] = second["prefix"], first["prefix"]


def test_no_number_is_given_twice_a_day_by_a_prefix_that_wanders(station: Station, clock: FixedClock) -> None:
    first = issue(station, "A")
    with refused("queue.prefix_in_use"):
        changed(station, swap_prefixes)
    station.call(tickets.leave_ticket, first.id, as_actor=CLERK)
    with refused("queue.prefix_in_use"):
        changed(station, swap_prefixes)
    clock.move(days=1)
    changed(station, swap_prefixes)
    assert issue(station, "B").number == "A001"


def test_without_that_check_one_number_is_given_twice(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = issue(station, "A")
    station.call(tickets.leave_ticket, first.id, as_actor=CLERK)
    monkeypatch.setattr(rules, "_keep_numbers_apart", lambda uow, rules, now_ms: None)
    monkeypatch.setattr(Tickets, "is_given", lambda self, number, day: False)
    changed(station, swap_prefixes)
    assert issue(station, "B").number == first.number


@pytest.mark.parametrize(
    ("change", "field", "where"),
    [
        (lambda d: d["groups"][1].update(prefix="A"), "prefix", "B"),
        (lambda d: d["groups"][1].update(prefix="b"), "prefix", "B"),
        (lambda d: d["groups"][2].update(name=" \u200b "), "name", "C"),
        (lambda d: d["groups"][0].update(quota=-1), "quota", "A"),
        (lambda d: d["groups"].append(dict(d["groups"][0], prefix="X")), "groups", "A"),
        (lambda d: d["windows"][0].update(groups=["Z"]), "window_groups", "1"),
        (lambda d: d["windows"][0].update(code="一 号"), "window_code", "一 号"),
        (lambda d: [one.update(name="综合窗口") for one in d["windows"][:2]], "window_name", "2"),
        (lambda d: d["priorities"][1].update(head_start_min=2000), "head_start_min", "priority"),
        (lambda d: d.update(priorities=[]), "priorities", ""),
        (lambda d: d.update(recall_limit=99), "recall_limit", ""),
        (lambda d: d.update(alarm_pause_s=1), "alarm_pause_s", ""),
    ],
)
def test_what_is_wrong_is_named(station: Station, change: Any, field: str, where: str) -> None:
    before = station.call(rules.read_rules_facts).rules
    with pytest.raises(AppError) as caught:
        changed(station, change)
    assert (caught.value.code, caught.value.params) == (
        "queue.rules_invalid",
        {"field": field, "where": where},
    )
    assert station.call(rules.read_rules_facts).rules == before


def test_pasted_signs_do_no_harm(station: Station) -> None:
    fresh = changed(station, lambda d: d["groups"][0].update(name="综合\u200b受理\n窗口\u202e"))
    assert fresh.groups["A"].name == "综合受理 窗口"
