"""The hub moves to a window's computer while the old one is gone for some and alive for others; then all meet again."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.folding import fold_some
from db.rows import hub_rows
from db.rows.device_rows import EnrolCode
from domain.errors import AppError
from domain.queue.desk import TicketOrder
from domain.queue.model import Ticket, TicketState
from server.queue.deciding import Asked, decide
from services.device_keys import own_signer
from services.devices import Applicant, enrol_device, enrol_itself
from services.hub import begin_term, check_hub_pin, learn_term, read_hub, require_deciding, set_hub_pin
from services.hub_making import MadeHub, has_hub, make_hub
from services.queue import tickets as ticket_services
from services.queue.local_desk import LocalQueueDesk
from sync.queue_wire import method
from tests.fixed import FixedClock
from tests.sync.world import Node

ORDER = TicketOrder(group="A")
SITE = "hz"


def key_of(node: Node) -> bytes:
    signer = node.call(lambda uow, *_: own_signer(uow))
    raw: bytes = signer.key.public_key().public_bytes_raw()
    return raw


def comes_to(window: Node, hub: Node) -> None:
    """The window is enrolled at the hub by an event, as by a code, and has the hub above it."""
    one = Applicant(window.device, key_of(window), "window")
    if hub.call(lambda uow, *_: uow.devices.get(one.device)) is None:
        hub.call(enrol_device, EnrolCode("", SITE, "window", 0, 1), one)
    window.join(hub)


class Hall:
    """A hub and two windows of its, with clocks of their own that agree."""

    def __init__(self, folder: Path, clock: FixedClock) -> None:
        self.clock = clock
        self.hub = Node(folder / "hub", clock).serve()
        self.hub.call(enrol_itself, key_of(self.hub), "hub", "旧主机")
        self.hub.call(begin_term, "http://127.0.0.1:1")
        self.one, self.two = (Node(folder / name, clock) for name in ("one", "two"))
        self.nodes = [self.hub, self.one, self.two]
        for window in (self.one, self.two):
            comes_to(window, self.hub)

    def follow(self, window: Node, hub: Node) -> None:
        """The window's engine runs, and both fold what they got."""
        window.sync(hub)
        for node in (window, hub):
            while node.call(lambda uow, clock, actor: fold_some(uow, 100, clock.now_ms())):
                pass

    def take_over(self) -> tuple[MadeHub, Node]:
        """Window one's computer becomes the hub."""
        made = self.one.station.submit_upkeep(make_hub, "http://127.0.0.1:2").result()
        node = Node(made.home, self.clock)
        self.nodes.append(node)
        return made, node


@pytest.fixture
def hall(tmp_path: Path, clock: FixedClock) -> Iterator[Hall]:
    made = Hall(tmp_path / "hall", clock)
    yield made
    for node in made.nodes:
        node.close()


def desk(node: Node) -> LocalQueueDesk:
    return LocalQueueDesk(node.station)


def number(ticket: Ticket | None) -> str:
    assert ticket is not None
    return ticket.number


def code_of(act: object) -> str:
    with pytest.raises(AppError) as caught:
        act()  # type: ignore[operator]
    return caught.value.code


def moved(hall: Hall) -> Node:
    """Three wait, one is called; the hub is then out of sight of window one, which takes over."""
    old = desk(hall.hub)
    for _ in range(3):
        old.issue(ORDER)
    old.next("1")
    for window in (hall.one, hall.two):
        hall.follow(window, hall.hub)
    made, new = hall.take_over()
    assert made.term == 2
    return new


def test_the_line_goes_on_where_it_was(hall: Hall) -> None:
    new = desk(moved(hall))
    assert [one.number for one in new.line()] == ["A002", "A003"]
    assert [one.number for one in new.tickets() if one.state is TicketState.CALLED] == ["A001"]
    assert number(new.next("1")) == "A002"


def test_no_number_is_given_twice_while_both_live(hall: Hall) -> None:
    old, new = desk(hall.hub), desk(moved(hall))
    given = [one.issue(ORDER).ticket.number for _ in range(3) for one in (old, new)]
    assert len(set(given)) == 6
    assert given[:2] == ["A004", "A501"]


def test_without_the_gap_they_would_be(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticket_services, "_began_on", lambda uow: "")
    with pytest.raises(AssertionError):
        test_no_number_is_given_twice_while_both_live(hall)


def test_nothing_is_lost_and_nobody_called_twice_once_they_meet(hall: Hall) -> None:
    """What the old hub gave out meanwhile comes by a window that still had it."""
    new_hub = moved(hall)
    old, new = desk(hall.hub), desk(new_hub)
    old.issue(ORDER)
    new.issue(ORDER)
    hall.follow(hall.two, hall.hub)
    comes_to(hall.two, new_hub)
    hall.follow(hall.two, new_hub)
    assert [one.number for one in new.line()] == ["A002", "A003", "A004", "A501"]
    called = []
    while (ticket := new.next("2")) is not None:
        called.append(ticket.number)
    assert called == ["A002", "A003", "A004", "A501"]
    announced = Counter(one.number for one in new.view().calls)
    assert set(announced.values()) == {1}
    numbers = [one.number for one in new.tickets()]
    assert len(numbers) == len(set(numbers)) == 5


def test_the_old_hub_is_refused_and_knows_it_for_good(hall: Hall) -> None:
    new_hub = moved(hall)
    known = method("next")
    assert known is not None
    asked = Asked(known, {"window": "1"}, hall.two.device, term=2)
    assert code_of(lambda: hall.hub.call(decide, asked)) == "queue.hub_superseded"
    hall.hub.call(learn_term, 2)
    assert (
        code_of(lambda: hall.hub.call(decide, Asked(known, {"window": "1"}, "w"))) == "queue.hub_superseded"
    )
    comes_to(hall.two, new_hub)
    hall.follow(hall.two, new_hub)
    facts = hall.two.call(read_hub)
    assert (facts.term, facts.hub and facts.hub.device) == (2, new_hub.device)


def test_the_old_hub_hears_of_it_by_sync_too(hall: Hall) -> None:
    new_hub = moved(hall)
    comes_to(hall.two, new_hub)
    hall.follow(hall.two, new_hub)
    # The new hub has joined the centre meanwhile, which tells everybody of the device.
    joined = Applicant(new_hub.device, key_of(new_hub), "hub")
    hall.hub.call(enrol_device, EnrolCode("", SITE, "hub", 0, 1), joined)
    hall.two.join(hall.hub)
    hall.follow(hall.two, hall.hub)
    facts = hall.hub.call(read_hub)
    assert (facts.term, facts.hub and facts.hub.device) == (2, new_hub.device)
    assert code_of(lambda: hall.hub.call(lambda uow, *_: require_deciding(uow))) == "queue.hub_superseded"


def test_a_hub_is_a_node_of_its_own(hall: Hall) -> None:
    new = moved(hall)
    assert new.device not in (hall.hub.device, hall.one.device)
    assert key_of(new) != key_of(hall.one)
    assert has_hub(hall.one.home)
    assert hall.one.call(lambda uow, *_: uow.events.node.serves) is False
    again = hall.one.station.submit_upkeep(make_hub, "http://127.0.0.1:2")
    assert code_of(again.result) == "hub.made_already"


def test_what_a_kill_left_is_made_anew(hall: Hall) -> None:
    left = hall.one.home / "hub"
    left.mkdir()
    (left / "store.db").write_bytes(b"half")
    hall.follow(hall.one, hall.hub)
    made, node = hall.take_over()
    assert (made.term, node.call(read_hub).term) == (2, 2)


def test_the_server_opens_it(hall: Hall) -> None:
    from server.nodes import open_node

    new = moved(hall)
    new.close()
    node = open_node(new.home, hall.clock)
    try:
        assert (node.role, node.site, node.device) == ("hub", SITE, node.call(read_hub).device)
        assert node.call(require_deciding_now) == 2
    finally:
        node.close()


def require_deciding_now(uow: object, clock: object, actor: object) -> int:
    return require_deciding(uow).term  # type: ignore[arg-type]


def test_the_pin_has_no_default_and_locks(hall: Hall) -> None:
    station = hall.one.station
    assert code_of(lambda: check_hub_pin(station, "0000")) == "hub.pin_missing"
    hall.one.call(set_hub_pin, "2468")
    check_hub_pin(station, "2468")
    codes = [code_of(lambda: check_hub_pin(station, "1111")) for _ in range(5)]
    assert codes == ["hub.pin_wrong"] * 4 + ["hub.pin_locked"]
    assert code_of(lambda: check_hub_pin(station, "2468")) == "hub.pin_locked"


def test_a_term_out_of_all_measure_ends_no_hub(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    hall.hub.call(learn_term, 900_000)
    hall.hub.call(lambda uow, *_: require_deciding(uow))
    monkeypatch.setattr(hub_rows, "MAX_LEAP", 10**9)
    hall.hub.call(learn_term, 900_000)
    with pytest.raises(AppError, match=r"queue\.hub_superseded"):
        hall.hub.call(lambda uow, *_: require_deciding(uow))
