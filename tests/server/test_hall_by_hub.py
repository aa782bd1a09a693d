"""A whole hall: a hub as ``qifu-server`` makes and serves it, windows that came in by codes, their desks."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from desktop.queue.hall_desk import hall_line
from desktop.queue.hall_line import HallLine, LineState
from domain.errors import AppError
from domain.queue.desk import TicketOrder
from server.making import make_node
from server.nodes import open_node
from services.enrolling import enrol_home
from services.hub import begin_term, read_hub
from services.station import Station, open_station
from sync import hub_call
from sync.enrolment import Enrolment, invitation_of
from tests.fixed import FixedClock
from tests.patience import PATIENCE_S
from tests.server.nodes import Served, serving

ORDER = TicketOrder(group="A")


class Hall:
    """``windows`` are open stations, each with the desk of its board."""

    def __init__(self, folder: Path, clock: FixedClock, stack: ExitStack) -> None:
        make_node(folder / "hub", "hz", "河畔中心", "HZ", hub=True, clock=clock)
        self.node = stack.enter_context(closing(open_node(folder / "hub", clock)))
        self.node.call(begin_term, "http://127.0.0.1:1")
        self.served: Served = stack.enter_context(serving(self.node))
        self.stations: list[Station] = []
        self.desks: list[HallLine] = []
        for place in ("1", "2"):
            station = self._came_in(folder / f"window{place}", clock)
            self.stations.append(stack.enter_context(closing(station)))
            desk = hall_line(station, lambda place=place: place)  # type: ignore[misc]
            self.desks.append(stack.enter_context(closing(desk)))

    def _came_in(self, home: Path, clock: FixedClock) -> Station:
        code = self.served.code("hz")
        with Enrolment(invitation_of(code, self.served.url), clock, stall_s=PATIENCE_S) as asking:
            enrol_home(home, clock, asking)
        return open_station(home, clock=clock)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A window gives a hub that is silent up after seconds; a busy machine may be silent longer."""
    for limit in ("ANSWER_S", "CONNECT_S"):
        monkeypatch.setattr(hub_call, limit, PATIENCE_S)


@pytest.fixture
def hall(tmp_path: Path, clock: FixedClock) -> Iterator[Hall]:
    with ExitStack() as stack:
        yield Hall(tmp_path, clock, stack)


def test_two_windows_share_one_line(hall: Hall) -> None:
    one, two = hall.desks
    numbers = [desk.issue(ORDER).ticket.number for desk in (one, two)]
    assert numbers == ["A001", "A002"]
    assert [desk.next(place).number for desk, place in ((one, "1"), (two, "2"))] == numbers
    assert [one.window for one in two.tickets()] == ["1", "2"]
    assert {desk.state for desk in hall.desks} == {LineState.HUB}
    assert [station.call(read_hub).term for station in hall.stations] == [1, 1]


def test_a_window_hears_what_another_did(hall: Hall) -> None:
    one, two = hall.desks
    assert two.follow()
    one.issue(ORDER)
    assert two.follow()
    assert two.view().groups[0].waiting == 1


def test_a_revoked_window_calls_nobody(hall: Hall) -> None:
    from services.devices import revoke_device

    one, two = hall.desks
    one.issue(ORDER)
    revoked = hall.stations[1].device_actor.id.removeprefix("device:")
    hall.node.call(revoke_device, revoked)
    with pytest.raises(AppError) as caught:
        two.next("2")
    assert caught.value.code == "sync.revoked"
    called = one.next("1")
    assert (called.number, called.window) == ("A001", "1")


def test_when_the_hub_is_gone_the_window_goes_on_with_numbers_of_its_own(
    tmp_path: Path, clock: FixedClock
) -> None:
    with ExitStack() as stack:
        hall = Hall(tmp_path, clock, stack)
        assert hall.desks[0].issue(ORDER).ticket.number == "A001"
    station = stack.enter_context(closing(open_station(tmp_path / "window1", clock=clock)))
    desk = stack.enter_context(closing(hall_line(station, lambda: "1")))
    with stack:
        with pytest.raises(AppError) as caught:
            desk.issue(ORDER)
        assert caught.value.code == "queue.hub_away"
        letters = station.call(lambda uow, *_: uow.events.node.letters)
        own = desk.issue(ORDER).ticket.number
        assert (own, desk.state) == (f"A901{letters}", LineState.AWAY)
        assert desk.next("1").number == own
