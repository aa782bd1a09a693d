"""The queue at a day's edges (midnight, wrong clocks, zones, restored stores); quotas, hours, places in the line."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.errors import AppError
from domain.queue.desk import TicketOrder
from domain.queue.model import EndReason, Ticket, TicketSource, TicketState
from domain.staff import Actor, Role
from services.documents import publish_own
from services.queue import day, hall, tickets, views
from services.queue.rules import change_queue_rules, read_rules_facts
from services.rulebook import rulebook
from services.station import Station, open_station
from tests.fixed import FixedClock

BOSS = Actor("supervisor", Role.SUPERVISOR)
MINUTE, HOUR = 60_000, 3_600_000


def issue(station: Station, group: str = "A", **order: Any) -> Ticket:
    return station.call(tickets.issue_ticket, TicketOrder(group=group, **order)).ticket


def call(station: Station, window: str = "1", *groups: str) -> str | None:
    """The number that is called, or None."""
    called = station.call(tickets.call_next, window, groups)
    return None if called is None else called.number


def now(station: Station, ticket: Ticket) -> Ticket:
    return station.call(tickets.read_issued, ticket.id).ticket


def waiting(station: Station) -> list[str]:
    return [one.number for one in station.call(views.read_line)]


def refused(station: Station, code: str, service: Any, *words: Any, **named: Any) -> None:
    with pytest.raises(AppError) as caught:
        station.call(service, *words, **named)
    assert caught.value.code == code


def ruled(station: Station, **changed: Any) -> None:
    """The site's rules with other values."""
    document = station.call(read_rules_facts).rules.document() | changed
    station.call(change_queue_rules, document, as_actor=BOSS)


def test_five_o_clock_stops_the_machine_and_midnight_begins_a_day(
    station: Station, clock: FixedClock
) -> None:
    machine = {"source": TicketSource.KIOSK}
    clock.set("2026-11-18 16:59")
    assert issue(station, **machine).day == "2026-11-18"
    clock.set("2026-11-18 17:30")
    refused(
        station,
        "queue.outside_hours",
        tickets.issue_ticket,
        TicketOrder(group="A", source=TicketSource.KIOSK),
    )
    assert issue(station).number == "A002"
    clock.set("2026-11-18 23:59")
    late = issue(station)
    assert (late.day, late.number) == ("2026-11-18", "A003")
    clock.set("2026-11-19 00:00")
    early = issue(station)
    assert (early.day, early.number) == ("2026-11-19", "A001")


def test_who_waits_at_midnight_is_called_and_the_forgotten_is_closed(
    station: Station, clock: FixedClock
) -> None:
    clock.set("2026-11-18 16:00")
    forgotten, stuck = issue(station), issue(station, "B")
    assert call(station, "2", "B") == "B001"
    station.call(tickets.serve_ticket, "B001")
    clock.set("2026-11-18 23:50")
    late = issue(station)
    clock.set("2026-11-19 00:05")
    assert call(station, "1") == late.number
    first, second = now(station, forgotten), now(station, stuck)
    assert (first.state, first.end_reason) == (TicketState.LEFT, EndReason.DAY_CLOSED)
    assert (second.state, second.time_wrong) == (TicketState.FINISHED, True)
    assert first.ended_at == station.call(_closing, "2026-11-18")


def _closing(uow: UnitOfWork, clock: Clock, actor: Actor, of_day: str) -> int:
    return day.closing_of(uow, of_day, clock.now_ms())


def test_nobody_gets_a_number_that_somebody_of_yesterday_still_holds(
    station: Station, clock: FixedClock
) -> None:
    clock.set("2026-11-18 23:55")
    late = issue(station)
    clock.set("2026-11-19 00:02")
    assert (late.number, issue(station).number) == ("A001", "A002")


def test_a_clock_a_day_back_gives_no_number_twice(station: Station, clock: FixedClock) -> None:
    given = [issue(station), issue(station)]
    clock.move(days=-1)
    given.append(issue(station))
    assert [(one.day, one.number) for one in given] == [("2026-11-18", f"A00{n}") for n in (1, 2, 3)]
    assert waiting(station) == ["A003", "A001", "A002"]
    station.call(tickets.leave_ticket, given[2].id)
    assert (call(station), call(station), call(station)) == ("A001", "A002", None)
    for one in given:
        told = now(station, one)
        assert all(period.duration_ms >= 0 for period in told.periods)


@pytest.mark.parametrize("days", [365, -365])
def test_a_clock_a_year_off_closes_nothing_and_repeats_nothing(
    station: Station, clock: FixedClock, days: int
) -> None:
    before = [issue(station), issue(station)]
    clock.move(days=days)
    meanwhile = issue(station)
    clock.move(days=-days)
    clock.move(hours=1)
    after = issue(station)
    numbers = [one.number for one in (*before, meanwhile, after)]
    assert len(set(numbers)) == 4
    assert all(now(station, one).state is TicketState.WAITING for one in (*before, meanwhile, after))
    called = [call(station) for _ in range(5)]
    assert sorted(filter(None, called)) == sorted(numbers)


def test_a_long_holiday_ends_what_was_left_open(station: Station, clock: FixedClock) -> None:
    """Nine days of spring festival; and two months, told from a leap of the clock by a second day at work."""
    left = issue(station)
    clock.move(days=10)
    other = issue(station)
    assert now(station, left).end_reason is EndReason.DAY_CLOSED
    clock.move(days=60)
    issue(station)
    assert now(station, other).state is TicketState.WAITING
    clock.move(days=1)
    issue(station)
    assert now(station, other).end_reason is EndReason.DAY_CLOSED


def test_another_zone_has_another_day_and_no_number_twice(station: Station, clock: FixedClock) -> None:
    clock.set("2026-11-18 07:00")
    first = issue(station)
    station.call(_move_to, "America/New_York")
    second = issue(station)
    station.call(tickets.leave_ticket, first.id)
    station.call(tickets.leave_ticket, second.id)
    third = issue(station)
    assert [(one.day, one.number) for one in (first, second, third)] == [
        ("2026-11-18", "A001"),
        ("2026-11-18", "A002"),
        ("2026-11-17", "A001"),
    ]
    assert call(station) == "A001"


def _move_to(uow: UnitOfWork, clock: Clock, actor: Actor, zone: str) -> None:
    site = uow.reference.get("site") or {}
    hours = site.get("hours") or (uow.reference.get("limits") or {})["hours"]
    publish_own(uow, "site", {**site, "hours": {**hours, "zone": zone}}, clock.now_ms())
    assert rulebook(uow).site.zone == zone


def test_a_restart_in_the_middle_of_a_service(station_home: Path, clock: FixedClock) -> None:
    first = open_station(station_home, clock=clock)
    issue(first)
    call(first, "4")
    first.call(tickets.serve_ticket, "A001")
    first.close()
    clock.move(ms=MINUTE)
    again = open_station(station_home, clock=clock)
    line = again.call(views.read_hall).window("4")
    assert line is not None
    assert line.open
    assert line.ticket is not None
    assert (line.ticket.number, line.ticket.since) == ("A001", clock.now_ms() - MINUTE)
    assert again.call(tickets.finish_ticket, "A001").periods[-1].duration_ms == MINUTE
    again.close()


def test_a_store_of_this_morning_goes_on_with_the_next_five_hundred(
    station_home: Path, tmp_path: Path, clock: FixedClock
) -> None:
    """What was given out after the backup is not known any more; the witness knows that there was something."""
    first = open_station(station_home, clock=clock)
    issue(first)
    first.close()
    copy = shutil.copytree(station_home, tmp_path / "morning")
    second = open_station(station_home, clock=clock)
    lost = [issue(second), issue(second), issue(second, "B")]
    second.close()
    clock.move(ms=MINUTE)
    restored = open_station(Path(copy), clock=clock)
    numbers = [issue(restored).number, issue(restored).number, issue(restored, "B").number]
    clock.move(days=1)
    tomorrow = issue(restored).number
    restored.close()
    assert [one.number for one in lost] == ["A002", "A003", "B001"]
    assert (numbers, tomorrow) == (["A501", "A502", "B501"], "A001")


def test_the_quota_stops_the_machine_alone(station: Station) -> None:
    groups = station.call(read_rules_facts).rules.document()["groups"]
    ruled(station, groups=[{**groups[0], "quota": 2}, *groups[1:]])
    machine = TicketOrder(group="A", source=TicketSource.KIOSK)
    station.call(tickets.issue_ticket, machine)
    issue(station)
    refused(station, "queue.quota_reached", tickets.issue_ticket, machine)
    assert issue(station).number == "A003"
    station.call(tickets.issue_ticket, replace(machine, group="B"))


def test_a_pause_of_a_group_and_an_emergency(station: Station) -> None:
    machine = TicketOrder(group="A", source=TicketSource.KIOSK)
    station.call(hall.pause_group, "A", "系统维护", as_actor=BOSS)
    refused(station, "queue.group_paused", tickets.issue_ticket, machine)
    issue(station)
    station.call(hall.resume_group, "A", as_actor=BOSS)
    station.call(tickets.issue_ticket, machine)
    station.call(hall.close_hall, "停电", as_actor=BOSS)
    refused(station, "queue.hall_closed", tickets.issue_ticket, TicketOrder(group="A"))
    refused(station, "queue.hall_closed", tickets.call_next, "1")
    station.call(hall.open_hall, as_actor=BOSS)
    assert call(station) == "A001"
    station.call(hall.close_hall, "疏散", send_away=True, as_actor=BOSS)
    assert [one.state.value for one in station.call(views.read_tickets)] == ["called", "left"]


def test_classes_and_appointments_share_one_line(station: Station, clock: FixedClock) -> None:
    first = issue(station)
    clock.move(ms=10 * MINUTE)
    at = clock.now_ms() + 4 * MINUTE
    appointed = issue(station, priority="appointment", appointment_at=at)
    clock.move(ms=10 * MINUTE)
    old = issue(station, priority="priority")
    late = issue(station, priority="appointment", appointment_at=at - 30 * MINUTE)
    assert waiting(station) == [one.number for one in (old, appointed, first, late)]


def test_a_small_head_start_lets_nobody_starve(station: Station, clock: FixedClock) -> None:
    """However many come with a head start of 15 minutes: nobody overtakes who came more than 15 minutes later."""
    ruled(
        station,
        priorities=[
            {"code": "normal", "name": "普通", "head_start_min": 0},
            {"code": "priority", "name": "优先", "head_start_min": 15},
        ],
    )
    patient = issue(station)
    sooner: list[str] = []
    while patient.number not in sooner and len(sooner) < 20:
        clock.move(ms=2 * MINUTE)
        issue(station, priority="priority")
        issue(station, priority="priority")
        sooner.append(call(station) or "")
    came = {one.number: one.issued_at for one in station.call(views.read_tickets)}
    assert sooner.pop() == patient.number
    assert max(came[number] for number in sooner) - patient.issued_at <= 15 * MINUTE


def test_who_missed_the_call_comes_back_behind_two(station: Station, clock: FixedClock) -> None:
    for _ in range(4):
        issue(station)
        clock.move(ms=MINUTE)
    assert call(station) == "A001"
    station.call(tickets.miss_ticket, "A001")
    station.call(tickets.resume_ticket, "A001")
    assert waiting(station) == ["A002", "A003", "A001", "A004"]


def test_who_comes_back_is_not_behind_an_appointment_of_the_afternoon(
    station: Station, clock: FixedClock
) -> None:
    issue(station)
    issue(station, priority="appointment", appointment_at=clock.now_ms() + 5 * HOUR)
    issue(station, priority="appointment", appointment_at=clock.now_ms() + 6 * HOUR)
    assert call(station) == "A001"
    station.call(tickets.miss_ticket, "A001")
    station.call(tickets.resume_ticket, "A001")
    clock.move(ms=1)
    issue(station)
    assert waiting(station)[:2] == ["A001", "A004"]


def test_a_transfer_keeps_the_place_and_names_a_window(station: Station, clock: FixedClock) -> None:
    for group in "ABB":
        issue(station, group)
        clock.move(ms=MINUTE)
    assert call(station, "1", "A") == "A001"
    station.call(tickets.transfer_ticket, "A001", "B", "3")
    assert waiting(station) == ["A001", "B001", "B002"]
    assert call(station, "2") == "B001"
    refused(station, "queue.for_other_window", tickets.call_ticket, "A001", "2")
    assert call(station, "3") == "A001"


def test_recalls_have_a_limit_and_a_new_call_begins_anew(station: Station) -> None:
    issue(station)
    call(station)
    for _ in range(3):
        station.call(tickets.recall_ticket, "A001")
    refused(station, "queue.recall_limit", tickets.recall_ticket, "A001")
    station.call(tickets.miss_ticket, "A001")
    station.call(tickets.call_ticket, "A001", "2")
    assert station.call(tickets.recall_ticket, "A001").recalls == 1


def test_a_held_visitor_occupies_no_window(station: Station) -> None:
    issue(station)
    issue(station)
    call(station)
    station.call(tickets.hold_ticket, "A001")
    assert call(station) == "A002"
    back = station.call(tickets.resume_ticket, "A001")
    assert (back.state, back.window) == (TicketState.SERVING, "1")
    assert station.call(tickets.read_issued, "A002").ticket.state is TicketState.FINISHED


def test_hand_over_needs_a_free_window(station: Station) -> None:
    issue(station)
    issue(station)
    call(station, "1")
    call(station, "2")
    refused(station, "permission.denied", hall.hand_over_ticket, "A001", "2")
    refused(station, "queue.window_busy", hall.hand_over_ticket, "A001", "2", as_actor=BOSS)
    moved = station.call(hall.hand_over_ticket, "A001", "3", as_actor=BOSS)
    assert (moved.window, moved.state) == ("3", TicketState.SERVING)


def test_who_left_by_mistake_is_back_and_the_time_away_is_nobody_s(
    station: Station, clock: FixedClock
) -> None:
    issue(station)
    clock.move(ms=5 * MINUTE)
    station.call(tickets.leave_ticket, "A001")
    clock.move(ms=20 * MINUTE)
    back = station.call(tickets.resume_ticket, "A001")
    assert (back.state, back.ended_at, back.end_reason) == (TicketState.WAITING, None, None)
    clock.move(ms=MINUTE)
    call(station)
    assert station.call(views.read_statistics).total.wait_ms == 6 * MINUTE


def test_a_forgotten_finish_is_marked_and_out_of_the_averages(station: Station, clock: FixedClock) -> None:
    issue(station)
    issue(station)
    call(station)
    clock.move(ms=10 * MINUTE)
    call(station)
    clock.move(hours=4)
    assert station.call(tickets.finish_ticket, "A002").time_wrong
    told = station.call(views.read_statistics).total
    assert (told.mean_service_ms, told.doubtful) == (10 * MINUTE, 1)
    issue(station)
    assert station.call(tickets.issue_ticket, TicketOrder(group="A")).wait_s == 600
    station.call(tickets.mark_ticket_time, "A002", wrong=False)
    assert station.call(views.read_statistics).total.doubtful == 0


def test_the_estimate_is_people_by_median_by_windows(station: Station, clock: FixedClock) -> None:
    for minutes in (2, 4, 30):
        issue(station)
        call(station)
        clock.move(ms=minutes * MINUTE)
        station.call(tickets.finish_ticket, station.call(views.read_tickets)[-1].id)
    for _ in range(3):
        issue(station)
    assert station.call(tickets.issue_ticket, TicketOrder(group="A")).wait_s == 3 * 240
    station.call(hall.open_window, "2")
    assert station.call(tickets.issue_ticket, TicketOrder(group="A")).wait_s == 4 * 240 // 2


def test_one_key_is_one_press(station: Station) -> None:
    order = TicketOrder(group="A")
    first = station.call(tickets.issue_ticket, order, command="k")
    assert station.call(tickets.issue_ticket, order, command="k").ticket.id == first.ticket.id
    issue(station)
    for _ in range(2):
        assert station.call(tickets.call_next, "1", command="n").number == "A001"
        assert station.call(tickets.recall_ticket, "A001", command="r").recalls == 1
    nobody = station.call(tickets.call_next, "2", ("B",), command="m")
    issue(station, "B")
    assert (nobody, station.call(tickets.call_next, "2", ("B",), command="m")) == (None, None)
