"""A hub's decisions over HTTP: a real server, a real encrypted store, windows that press at once and lose answers."""

import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from urllib.parse import urlsplit

import httpx
import pytest

from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.errors import AppError
from domain.queue.desk import TicketOrder
from domain.queue.model import TicketSource, TicketState, Visitor
from domain.staff import Actor, Role
from server.queue import deciding
from server.running import listening
from services import hub as hub_service
from services.hub import learn_term, read_hub
from services.queue import tickets
from services.queue.local_desk import LocalQueueDesk
from services.station import Station
from sync.frames import MEDIA_TYPE, encode
from sync.hub_call import HubCaller
from sync.hub_desk import HubQueueDesk
from sync.line import Line
from tests.faults.proxy import FaultyProxy
from tests.fixed import NAME, USCC, FixedClock
from tests.patience import PATIENCE_S
from tests.server.hub import Memory, Window, line_to, serving

ORDER = TicketOrder(group="A")
WINDOWS, FULL_HALL = 8, 500


@pytest.fixture
def url(station: Station) -> Iterator[str]:
    with serving(station) as address:
        yield address


@pytest.fixture
def window(url: str) -> Iterator[Window]:
    one = Window(url)
    with closing(one.desk):
        yield one


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(AppError) as caught:
        act()
    return caught.value.code


def fill(station: Station, people: int) -> None:
    station.call(_fill, people)


def _fill(uow: UnitOfWork, clock: Clock, actor: Actor, people: int) -> None:
    for _ in range(people):
        tickets.issue_ticket(uow, clock, actor, ORDER)


def test_a_visit_through_the_hub(window: Window, station: Station) -> None:
    desk = window.desk
    issued = desk.issue(TicketOrder(group="A", visitor=Visitor(USCC, NAME)), command="one")
    assert (issued.ticket.number, issued.ahead, issued.ticket.visitor.name) == ("A001", 0, NAME)
    called = desk.next("1")
    assert called is not None
    assert called.id == issued.ticket.id
    assert desk.recall("A001").recalls == 1
    assert desk.serve("A001").state is TicketState.SERVING
    assert desk.view() == LocalQueueDesk(station).view()
    assert desk.begin_case("A001", "c1").cases == ("c1",)
    assert desk.finish("A001").state is TicketState.FINISHED
    assert desk.tickets() == LocalQueueDesk(station).tickets()
    assert desk.statistics() == LocalQueueDesk(station).statistics()
    assert desk.next("1") is None


def test_a_refusal_comes_out_as_it_went_in(window: Window) -> None:
    with pytest.raises(AppError) as caught:
        window.desk.serve("A999")
    assert (caught.value.code, caught.value.params) == ("queue.not_found", {"number": "A999"})


@pytest.mark.parametrize("press", ["issue", "next", "recall"])
def test_the_same_command_has_one_effect(window: Window, press: str) -> None:
    desk = window.desk
    desk.issue(ORDER)
    if press == "recall":
        desk.next("1")
    presses = {
        "issue": lambda: desk.issue(ORDER, command="k").ticket.number,
        "next": lambda: desk.next("1", command="k"),
        "recall": lambda: desk.recall("A001", command="k").recalls,
    }
    first = presses[press]()
    assert presses[press]() == first
    assert len(desk.tickets()) == (2 if press == "issue" else 1)


def answers_lost(url: str, act: Callable[[HubQueueDesk], object], path: str) -> tuple[object, int]:
    """What ``act`` gives where the answer to its first request is lost, and how many requests were made."""
    parts = urlsplit(url)
    with FaultyProxy("127.0.0.1", parts.port or 0) as proxy:
        line = line_to(proxy.url)
        with closing(HubQueueDesk(HubCaller(line, Memory(), lambda: "supervisor"))) as desk:
            proxy.lose_answers(1, to=f"POST /v1/queue/{path}".encode())
            return act(desk), proxy.connections


@pytest.mark.parametrize("name", ["next", "end_day", "resume", "issue"])
def test_a_lost_answer_is_asked_for_again(station: Station, url: str, name: str) -> None:
    """Also where the method takes no key of the caller's: what the hub did once it does not do twice."""
    fill(station, 3)
    local = LocalQueueDesk(station)
    acts: dict[str, Callable[[HubQueueDesk], object]] = {
        "next": lambda desk: getattr(desk.next("1"), "number", ""),
        "issue": lambda desk: desk.issue(ORDER).ticket.number,
        "resume": lambda desk: desk.resume("A001").state,
        "end_day": lambda desk: desk.end_day(),
    }
    if name == "resume":
        local.call("A001", "1")
        local.miss("A001")
    answer, connections = answers_lost(url, acts[name], name)
    assert connections == 2
    wanted = {"next": "A001", "issue": "A004", "resume": TicketState.WAITING, "end_day": 3}
    assert answer == wanted[name]
    states = Counter(one.state.value for one in local.tickets())
    assert (
        states
        == {
            "next": {"called": 1, "waiting": 2},
            "issue": {"waiting": 4},
            "resume": {"waiting": 3},
            "end_day": {"left": 3},
        }[name]
    )


@pytest.mark.parametrize("name", ["next", "issue", "end_day"])
def test_without_the_key_a_lost_answer_would_be_done_twice(
    station: Station, url: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutation: a hub that remembers nothing."""
    monkeypatch.setattr(tickets, "_answered", lambda uow, command: None)
    monkeypatch.setattr(tickets, "_remember", lambda *args: None)
    monkeypatch.setattr(deciding, "_once", lambda uow, clock, asked, act: act())
    with pytest.raises(AssertionError):
        test_a_lost_answer_is_asked_for_again(station, url, name)


def pressed(url: str) -> list[str]:
    """What eight windows, each on a thread and a line of its own, are told that press Next until nobody waits."""
    told: list[str] = []

    def press(place: int) -> None:
        with closing(Window(url, device=f"w{place}").desk) as desk:
            while (called := desk.next(str(place))) is not None:
                told.append(called.number)

    threads = [threading.Thread(target=press, args=(place,)) for place in range(1, WINDOWS + 1)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return told


@pytest.mark.parametrize("halls", [1, pytest.param(20, marks=pytest.mark.soak)])
def test_eight_windows_press_next_at_once(station: Station, url: str, halls: int) -> None:
    """In halls of five hundred, as many as there is room for."""
    told: list[str] = []
    for _ in range(halls):
        fill(station, FULL_HALL)
        told += pressed(url)
    assert len(told) == len(set(told)) == halls * FULL_HALL
    lines = LocalQueueDesk(station).tickets()
    assert {one.state for one in lines} == {TicketState.FINISHED}
    assert Counter(one.number for one in lines) == Counter(told)


def test_what_somebody_may_do_stands_in_the_hubs_own_document(url: str) -> None:
    with closing(Window(url, staff="supervisor").desk) as desk:
        assert desk.set_notice("今天下午停电").notice == "今天下午停电"
    for staff in ("clerk", "", "nobody-known"):
        with closing(Window(url, staff=staff).desk) as desk:
            assert code_of(lambda desk=desk: desk.set_notice("坏")) == "permission.denied"


def test_believing_the_window_would_let_a_clerk_close_the_hall(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutation: whoever asks counts as a supervisor."""
    monkeypatch.setattr(deciding, "acting", lambda uow, staff, device: Actor(staff, Role.SUPERVISOR))
    with pytest.raises(pytest.fail.Exception):
        test_what_somebody_may_do_stands_in_the_hubs_own_document(url)


def test_who_acted_stands_in_the_record(url: str, station: Station) -> None:
    with closing(Window(url, staff="clerk", device="w7").desk) as desk:
        desk.issue(ORDER)
        called = desk.next("1")
        assert called is not None
        assert called.staff == "clerk"
        machine = desk.issue(TicketOrder(group="A", source=TicketSource.KIOSK))
    events = station.call(hub_service.reads(lambda uow, *_: uow.events.stream(machine.ticket.id)))
    assert [one.actor for one in events] == ["device:w7"]


def test_who_left_acts_no_more(url: str, station: Station) -> None:
    member = station.call(hub_service.reads(lambda uow, *_: uow.reference.get("staff")))
    entries = [one | ({"active": False} if one["id"] == "clerk" else {}) for one in member["entries"]]
    station.call(
        lambda uow, clock, actor: hub_service.publish_own(uow, "staff", {"entries": entries}, clock.now_ms())
    )
    with closing(Window(url, staff="clerk").desk) as desk:
        assert code_of(lambda: desk.next("1")) == "staff.inactive"


def test_a_device_of_another_site_is_refused(url: str) -> None:
    with closing(Window(url, site="elsewhere").desk) as desk:
        assert code_of(desk.view) == "queue.not_of_this_hall"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("drop_all", encode({}), 404),
        ("__init__", encode({}), 404),
        ("issue", b"", 400),
        ("issue", b"\x01garbage", 400),
        ("issue", encode({"args": {"order": {"group": 7}}}), 400),
        ("serve", encode({"args": {}}), 400),
        ("view", encode({"term": -1}), 400),
        ("wait", encode({"s": 3600}), 400),
        ("view", b"\x00" * 70_000, 413),
    ],
)
def test_what_is_no_call_is_refused(url: str, path: str, body: bytes, status: int) -> None:
    headers = {"authorization": "Bearer w1@demo", "content-type": MEDIA_TYPE}
    answer = httpx.post(
        f"{url}/v1/queue/{path}", content=body, headers=headers, trust_env=False, timeout=PATIENCE_S
    )
    assert (answer.status_code, answer.headers["content-type"]) == (status, MEDIA_TYPE)


def test_a_store_that_never_became_a_hub_decides_nothing(station: Station) -> None:
    with serving(station, begun=False) as url, closing(Window(url).desk) as desk:
        assert code_of(lambda: desk.next("1")) == "queue.not_a_hub"


def test_a_higher_term_ends_a_hubs_decisions_for_good(station: Station, url: str) -> None:
    fill(station, 2)
    with closing(Window(url).desk) as unknowing:
        assert unknowing.next("1") is not None
        newer = Window(url, device="w2")
        newer.terms.term = 2
        with closing(newer.desk) as desk:
            assert code_of(lambda: desk.next("2")) == "queue.hub_superseded"
        assert code_of(lambda: unknowing.next("1")) == "queue.hub_superseded"
        assert code_of(unknowing.view) == "queue.hub_superseded"
        assert code_of(lambda: unknowing.wait("", 0)) == "queue.hub_superseded"
    facts = station.call(read_hub)
    assert (facts.term, facts.hub and facts.hub.device) == (2, "")
    assert Counter(one.state.value for one in LocalQueueDesk(station).tickets()) == {
        "called": 1,
        "waiting": 1,
    }


def test_reading_and_waiting_end_with_a_higher_term_too(station: Station, url: str) -> None:
    for ask in ("view", "wait"):
        with closing(Window(url).desk) as desk:
            newer = Window(url)
            newer.terms.term = 2
            with closing(newer.desk) as knowing:
                call = {"view": knowing.view, "wait": lambda knowing=knowing: knowing.wait("", 0)}[ask]
                assert code_of(call) == "queue.hub_superseded"
            assert station.call(read_hub).term == 2
            assert code_of(desk.view) == "queue.hub_superseded"


def test_without_the_check_an_old_hub_would_go_on(
    station: Station, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutation: a hub that never asks who has the term."""
    from domain.queue.hub import Hub

    monkeypatch.setattr(deciding, "require_deciding", lambda uow, told=0: Hub("demo", 1, "x"))
    with pytest.raises((pytest.fail.Exception, AssertionError)):
        test_a_higher_term_ends_a_hubs_decisions_for_good(station, url)


def test_a_window_takes_no_answer_of_an_older_hub(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub that ignores what it is told: the window does not believe it, but for the mutation at the end."""
    from domain.queue.hub import Hub

    monkeypatch.setattr(deciding, "require_deciding", lambda uow, told=0: Hub("demo", 1, "x"))
    assert window.desk.view().day
    window.terms.term = 2
    assert code_of(window.desk.view) == "queue.hub_old"
    monkeypatch.setattr(HubCaller, "_hold_against", lambda self, term: None)
    assert window.desk.view().day


def test_the_window_learns_the_term(window: Window, station: Station) -> None:
    window.desk.view()
    assert window.terms.term == 1
    station.call(learn_term, 4)
    assert code_of(window.desk.view) == "queue.hub_superseded"
    assert window.terms.term == 4


def test_wait_answers_as_soon_as_the_hall_changes(window: Window, station: Station) -> None:
    seen = window.desk.wait("", 30)
    assert window.desk.wait(seen, 0) == seen
    answered: list[str] = []
    waiting = threading.Thread(target=lambda: answered.append(window.desk.wait(seen, 30)))
    waiting.start()
    fill(station, 1)
    waiting.join(PATIENCE_S)
    assert [one != seen for one in answered] == [True]


def test_wait_hears_of_another_process(window: Window, station: Station, clock: FixedClock) -> None:
    from services.station import open_station

    seen = window.desk.wait("", 30)
    answered: list[str] = []
    waiting = threading.Thread(target=lambda: answered.append(window.desk.wait(seen, 30)))
    waiting.start()
    other = open_station(station.home, clock=clock)
    try:
        fill(other, 1)
    finally:
        other.close()
    waiting.join(PATIENCE_S)
    assert [one != seen for one in answered] == [True]


def test_a_hub_that_is_gone_is_told_at_once(station: Station) -> None:
    with serving(station) as url:
        window = Window(url)
        window.desk.view()
    with closing(window.desk):
        assert code_of(window.desk.view) == "queue.hub_away"
        assert code_of(lambda: window.desk.wait("", 25)) == "queue.hub_away"


def test_silence_is_not_waited_for_twice(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = urlsplit(url)
    with FaultyProxy("127.0.0.1", parts.port or 0) as proxy:
        line = line_to(proxy.url)
        with closing(HubQueueDesk(HubCaller(line, Memory()))) as desk:
            desk.view()
            monkeypatch.setattr(Line, "_patience_s", lambda self: 0.3)
            proxy.set(stall=True)
            assert code_of(desk.view) == "queue.hub_away"
            assert proxy.connections == 1


def test_answers_are_sent_at_once() -> None:
    """Else each waits 40 ms for the acknowledgement of its own head: every press, everywhere."""
    with listening("127.0.0.1", 0) as listener:
        client = socket.create_connection(listener.getsockname())
        accepted, _ = listener.accept()
        with client, accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
