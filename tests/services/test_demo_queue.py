"""The demonstration centre's made-up morning: believable, on one day, once, and never where nobody asked for it."""

from pathlib import Path

import pytest

from domain.queue.model import TicketState
from domain.queue.statistics import QueueStatistics
from services import demo_queue
from services.demo_queue import fill_demo_queue, fill_demo_queue_once
from services.queue import tickets, views
from services.setup import init_demo_centre
from services.station import Station, open_station
from tests.fixed import FixedClock


def figures(station: Station) -> QueueStatistics:
    return station.call(views.read_statistics)


def test_the_hall_lives(station: Station, clock: FixedClock) -> None:
    count = station.call(fill_demo_queue)
    view = station.call(views.read_hall)
    assert sum(one.issued for one in view.groups) == count
    assert all(one.waiting for one in view.groups)
    assert sum(one.ticket is not None for one in view.windows) >= 3
    assert [one.code for one in view.windows if one.staff and not one.open] == ["6"]
    assert any(one.held for one in view.windows)
    assert "device" not in "".join(one.staff for one in view.windows)
    assert figures(station).total.mean_wait_ms
    assert max(one.at for one in view.calls) <= clock.now_ms()


def test_periods_lie_in_the_past_of_the_day_and_tile_each_visit(station: Station, clock: FixedClock) -> None:
    station.call(fill_demo_queue)
    for line in station.call(views.read_tickets):
        ticket = station.call(lambda uow, clock, actor, key=line.id: uow.ticket(key))
        assert ticket.unfit == ()
        ends = [one.to_at for one in ticket.periods[:-1]]
        assert ends == [one.from_at for one in ticket.periods[1:]]
        assert ticket.periods[-1].from_at <= clock.now_ms()
        assert ticket.state is not TicketState.FINISHED or not ticket.time_wrong


@pytest.mark.parametrize("time", ["2026-11-18 00:01", "2026-11-18 01:10", "2026-11-18 23:59"])
def test_all_of_it_lies_on_this_day(station: Station, clock: FixedClock, time: str) -> None:
    clock.set(time)
    count = station.call(fill_demo_queue)
    assert len(station.call(views.read_tickets)) == count
    assert station.call(views.read_hall).day == "2026-11-18"


def test_without_the_faster_telling_some_of_it_is_yesterday(
    station: Station, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo_queue, "_minute_of", lambda uow, now_ms, longest: 60_000)
    with pytest.raises(AssertionError):
        test_all_of_it_lies_on_this_day(station, clock, "2026-11-18 01:10")


def test_once_and_only_in_a_hall_nobody_has_used(station: Station) -> None:
    assert station.call(fill_demo_queue_once) > 0
    assert station.call(fill_demo_queue_once) == 0


def test_a_hall_in_use_is_left_alone(station: Station) -> None:
    station.call(tickets.call_next, "1")
    assert station.call(fill_demo_queue_once) == 0


@pytest.mark.parametrize("cases", [True, False])
def test_only_with_its_cases(tmp_path: Path, clock: FixedClock, cases: bool) -> None:
    made = init_demo_centre(tmp_path / "home", cases=cases, clock=clock)
    station = open_station(made.home, clock=clock)
    assert bool(station.call(views.read_tickets)) is cases
    station.close()
