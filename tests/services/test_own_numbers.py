"""A window whose hall's hub is away: numbers of its own, calls of those alone, and the hub's return."""

from typing import Any

import pytest
import sqlalchemy as sa

from db.log.chains import Chains
from db.rows.ticket_rows import Tickets
from db.schema.sync import upstream
from domain.errors import AppError
from domain.queue.desk import TicketOrder
from domain.queue.model import TicketState
from services.queue import own_numbers
from services.queue.local_desk import LocalQueueDesk
from services.queue.own_numbers import holds_own, own_desk
from services.station import Station

ORDER = TicketOrder(group="A")


@pytest.fixture
def hall(station: Station) -> LocalQueueDesk:
    """The hub's numbers, as the window has them in its own store: here they are given out by another device."""
    return LocalQueueDesk(station)


@pytest.fixture
def window(station: Station) -> LocalQueueDesk:
    station.call(_enrolled)
    return own_desk(station, lambda: "1")


def _enrolled(uow: Any, clock: Any, actor: Any) -> None:
    node = uow.events.node
    values = {
        "one": 1, "url": "https://10.0.0.5", "site": node.site, "device": "hub", "public_key": b"k" * 32,
        "epoch": "e", "enrolled_at": 0,
    }  # fmt: skip
    uow.connection.execute(sa.insert(upstream), values)


def taken_by_the_hub(station: Station) -> None:
    """The hub has all that was recorded here so far."""

    def confirm(uow: Any, clock: Any, actor: Any) -> None:
        node, chains = uow.events.node, Chains(uow.connection)
        own = (node.device, node.incarnation, 0)
        chains.put_own(own, node.seq, node.head)
        chains.set_upstream(own, node.seq)

    station.call(confirm)


def code_of(act: Any) -> str:
    with pytest.raises(AppError) as caught:
        act()
    return caught.value.code


def test_own_numbers_are_marked_and_called_alone(
    station: Station, hall: LocalQueueDesk, window: LocalQueueDesk
) -> None:
    hall.issue(ORDER)
    taken_by_the_hub(station)
    letters = station.call(lambda uow, *_: uow.events.node.letters)
    numbers = [window.issue(ORDER).ticket.number for _ in range(2)]
    assert numbers == [f"A901{letters}", f"A902{letters}"]
    assert [one.number for one in window.line()] == numbers
    assert next(one.waiting for one in window.view().groups if one.code == "A") == 2
    called = [getattr(window.next("1"), "number", None) for _ in range(3)]
    assert called == [*numbers, None]
    assert [one.number for one in hall.line()] == ["A001"]


@pytest.mark.parametrize("act", ["call", "leave", "transfer"])
def test_the_hubs_numbers_are_left_alone(
    station: Station, hall: LocalQueueDesk, window: LocalQueueDesk, act: str
) -> None:
    hall.issue(ORDER)
    taken_by_the_hub(station)
    acts = {
        "call": lambda: window.call("A001", "1"),
        "leave": lambda: window.leave("A001"),
        "transfer": lambda: window.transfer("A001", "B"),
    }
    assert code_of(acts[act]) == "queue.hub_away_only_own"


@pytest.mark.parametrize("act", ["close_hall", "end_day", "set_notice", "call_to"])
def test_what_a_hub_alone_decides_waits_for_it(window: LocalQueueDesk, act: str) -> None:
    args = {"close_hall": ("x",), "set_notice": ("x",), "call_to": ("A001", "1"), "end_day": ()}[act]
    assert code_of(lambda: getattr(window, act)(*args)) == "queue.hub_away"


def test_a_machine_without_a_window_gives_out_none(station: Station, window: LocalQueueDesk) -> None:
    assert code_of(lambda: own_desk(station, lambda: "").issue(ORDER)) == "queue.hub_away_no_window"


def test_whom_it_has_at_its_window_it_goes_on_with(
    station: Station, hall: LocalQueueDesk, window: LocalQueueDesk
) -> None:
    for _ in range(2):
        hall.issue(ORDER)
    hall.next("1")
    hall.next("2")
    taken_by_the_hub(station)
    assert window.serve("A001").state is TicketState.SERVING
    assert window.finish("A001").state is TicketState.FINISHED
    assert code_of(lambda: window.finish("A002")) == "queue.hub_away_only_own"


def test_once_the_hub_has_a_number_the_window_has_it_no_more(
    station: Station, window: LocalQueueDesk
) -> None:
    window.issue(ORDER)
    assert station.call(holds_own)
    taken_by_the_hub(station)
    assert not station.call(holds_own)
    assert window.next("1") is None
    assert code_of(lambda: window.call(window.tickets()[0].number, "1")) == "queue.hub_away_only_own"


def test_without_the_rule_the_hubs_visitors_would_be_called(
    station: Station, hall: LocalQueueDesk, window: LocalQueueDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutation: everybody counts as one's own."""
    monkeypatch.setattr(own_numbers, "is_own", lambda uow, ticket: True)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        test_the_hubs_numbers_are_left_alone(station, hall, window, "call")


def test_a_number_that_is_known_is_not_given_again(station: Station, hall: LocalQueueDesk) -> None:
    """Another hub's numbers come in by sync: the counter of this one steps over them."""
    hall.issue(ORDER)
    station.call(lambda uow, *_: uow.connection.exec_driver_sql("DELETE FROM ticket_counter"))
    hall.leave("A001")
    assert hall.issue(ORDER).ticket.number == "A002"


def test_without_that_it_would_be(
    station: Station, hall: LocalQueueDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Tickets, "is_given", lambda self, number, day: False)
    with pytest.raises(AssertionError):
        test_a_number_that_is_known_is_not_given_again(station, hall)
