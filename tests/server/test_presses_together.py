"""Calls that are decided together: each for itself, in the order they came, none answered before the disk has all."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from db import chain_check
from db.schema import event, ticket_command
from db.schema.sync import scope_entry
from db.unit_of_work import UnitOfWork
from domain.errors import AppError
from domain.queue.desk import TicketOrder
from domain.queue.model import Ticket
from server.nodes import ServerNode
from server.queue import presses as presses_module
from server.queue.deciding import Asked, Decided, decide_together
from server.queue.hall import HubHall
from server.queue.presses import MOST, Presses
from services.hub import begin_term
from services.queue import tickets
from services.station import reads
from sync.queue_wire import QueueMethod, method
from tests.killing import killing
from tests.patience import PATIENCE_S

WINDOWS = 8


@pytest.fixture
def node(hub: ServerNode) -> ServerNode:
    """A hub that decides, with twenty in its line."""
    hub.call(begin_term, "http://127.0.0.1:1")
    hub.call(_fill)
    return hub


def _fill(uow: UnitOfWork, clock: Any, actor: Any) -> None:
    for _ in range(20):
        tickets.issue_ticket(uow, clock, actor, TicketOrder(group="A"))


def known(name: str) -> QueueMethod:
    found = method(name)
    assert found is not None
    return found


def press(window: int, command: str = "", term: int = 0) -> Asked:
    """Next, at ``window``."""
    args = {"window": str(window), "groups": ()}
    return Asked(known("next"), args, f"w{window}", command=command or uuid4().hex, term=term)


def numbers(found: Sequence[Decided | Exception]) -> list[str]:
    """What each was told: a number, or the code of a refusal."""
    return [told(one) for one in found]


def told(one: Decided | Exception) -> str:
    if isinstance(one, AppError):
        return one.code
    if isinstance(one, Exception):
        return type(one).__name__
    assert isinstance(one.answer, Ticket)
    return one.answer.number


@reads
def _kept(uow: UnitOfWork, clock: Any, actor: Any) -> dict[str, Any]:
    """What the store says: events by their place, what each site sees of them, who was called where."""
    order = sa.select(event.c.pos).order_by(event.c.pos)
    shown = sa.select(scope_entry.c.event).where(scope_entry.c.again == 0).order_by(scope_entry.c.pos)
    lines = uow.tickets.lines()
    return {
        "seqs": list(uow.connection.execute(sa.select(event.c.seq).order_by(event.c.seq)).scalars()),
        "stored": list(uow.connection.execute(order).scalars()),
        "shown": list(uow.connection.execute(shown).scalars()),
        "calls": {one.number: one.window for one in lines if one.window},
        "broken": list(chain_check.broken(uow.connection)),
        "answers": uow.connection.execute(
            sa.select(sa.func.count()).select_from(ticket_command)
        ).scalar_one(),
    }


def sound(node: ServerNode) -> dict[str, Any]:
    """``_kept``, in which nothing may be missing, there twice, or out of order."""
    kept = node.call(_kept)
    assert kept["broken"] == []
    assert kept["seqs"] == list(range(1, len(kept["seqs"]) + 1))
    assert kept["shown"] == kept["stored"]
    return dict(kept)


def test_each_gets_the_next_in_the_order_they_came(node: ServerNode) -> None:
    found = node.call(decide_together, [press(window) for window in (3, 1, 2, 3)])
    assert numbers(found) == ["A001", "A002", "A003", "A004"]
    assert sound(node)["calls"] == {"A001": "3", "A002": "1", "A003": "2", "A004": "3"}
    assert node.call(reads(lambda uow, *_: uow.tickets.at_window("3"))) == found[3].answer.id


def test_one_at_a_time_is_the_same(node: ServerNode) -> None:
    one_by_one = [node.call(decide_together, [press(window)])[0] for window in (1, 2, 1)]
    assert numbers(one_by_one) == ["A001", "A002", "A003"]
    sound(node)


def refusing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Let the call with the command ``late`` fail when all of it has been written."""
    remember = tickets._remember

    def failing(uow: UnitOfWork, command: str, answer: str | None, now_ms: int) -> None:
        remember(uow, command, answer, now_ms)
        if command == "late":
            raise error

    monkeypatch.setattr(tickets, "_remember", failing)


@pytest.mark.parametrize("error", [AppError("queue.hall_closed", reason="x"), ZeroDivisionError()])
def test_a_refused_call_leaves_the_others(
    node: ServerNode, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Also one that had written: its number goes to the next who asks, and nobody ever sees what it did."""
    refusing(monkeypatch, error)
    before = node.call(_kept)
    found = node.call(decide_together, [press(1), press(2, "late"), press(9), press(3), press(1)])
    late = error.code if isinstance(error, AppError) else "ZeroDivisionError"
    assert numbers(found) == ["A001", late, "queue.unknown_window", "A002", "A003"]
    kept = sound(node)
    assert kept["calls"] == {"A001": "1", "A002": "3", "A003": "1"}
    assert kept["answers"] == before["answers"] + 3
    assert numbers(node.call(decide_together, [press(2)])) == ["A004"]
    assert sound(node)["calls"]["A004"] == "2"


def careless(work: Callable[[], Decided]) -> Decided | Exception:
    try:
        return work()
    except Exception as error:
        return error


@pytest.mark.parametrize("forgotten", ["savepoint", "memory"])
def test_without_a_place_to_go_back_to_it_would_be_noticed(
    node: ServerNode, monkeypatch: pytest.MonkeyPatch, forgotten: str
) -> None:
    """The mutations: a refused call that stays written, or stays in mind."""
    if forgotten == "savepoint":
        monkeypatch.setattr(UnitOfWork, "attempt", lambda self, work: careless(work))
    else:
        monkeypatch.setattr(UnitOfWork, "_back_to", lambda self, *known: None)
    with pytest.raises((AssertionError, KeyError)):
        test_a_refused_call_leaves_the_others(node, monkeypatch, AppError("queue.hall_closed", reason="x"))


def test_what_is_wrong_with_the_store_is_wrong_for_all(
    node: ServerNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sound(node)
    refusing(monkeypatch, AppError("storage.disk_full"))
    with pytest.raises(AppError, match=r"storage\.disk_full"):
        node.call(decide_together, [press(1), press(2, "late")])
    assert sound(node) == before


def test_the_term_is_asked_for_by_each(node: ServerNode) -> None:
    found = node.call(decide_together, [press(1), press(2, term=2), press(3)])
    assert numbers(found) == ["A001", "queue.hub_superseded", "A002"]


def test_the_same_command_twice_in_one_transaction_has_one_effect(node: ServerNode) -> None:
    found = node.call(decide_together, [press(1, "k"), press(1, "k"), press(2)])
    assert numbers(found) == ["A001", "A001", "A002"]
    sound(node)


@pytest.mark.parametrize("statement", [*range(1, 60, 7), 400])
def test_killed_between_two_statements_all_or_nothing_is_done(node: ServerNode, statement: int) -> None:
    """Whoever asks again with the same keys has every number once."""
    asked = [press(window, f"k{window}") for window in (1, 2, 3)]
    before = sound(node)
    died: list[bool] = []
    assert node.store.engine is not None
    with killing(node.store.engine, statement, lambda: died.append(True)):
        node.call(decide_together, asked)
    assert bool(died) == (statement < 400)
    if died:
        assert sound(node) == before
    assert numbers(node.call(decide_together, asked)) == ["A001", "A002", "A003"]
    assert sound(node)["calls"] == {"A001": "1", "A002": "2", "A003": "3"}


class Gate:
    """Holds up every commit of a store until it is opened."""

    def __init__(self, engine: sa.Engine) -> None:
        self.reached, self.opened = threading.Event(), threading.Event()
        self._engine = engine
        sa.event.listen(engine, "commit", self._wait)

    def _wait(self, connection: sa.Connection) -> None:
        self.reached.set()
        assert self.opened.wait(PATIENCE_S)

    def remove(self) -> None:
        self.opened.set()
        sa.event.remove(self._engine, "commit", self._wait)


@pytest.fixture
def gate(node: ServerNode) -> Iterator[Gate]:
    found = Gate(node.store.engine)
    yield found
    found.remove()


def test_nobody_is_answered_before_the_commit(node: ServerNode, gate: Gate) -> None:
    async def asked() -> list[str]:
        hall = HubHall(node)
        waiting = [asyncio.create_task(hall.ask(press(window))) for window in (1, 2)]
        assert await asyncio.to_thread(gate.reached.wait, PATIENCE_S)
        for _ in range(20):
            await asyncio.sleep(0)
        assert not any(one.done() for one in waiting)
        gate.opened.set()
        found = await asyncio.gather(*waiting)
        hall.stop()
        return numbers(found)

    assert asyncio.run(asked()) == ["A001", "A002"]


def test_an_answer_out_of_the_transaction_would_be_noticed(
    node: ServerNode, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutation: what is decided is told at once, and committed afterwards."""

    async def hasty(self: HubHall, some: Sequence[Asked]) -> Any:
        loop = asyncio.get_running_loop()
        early: asyncio.Future[Any] = loop.create_future()

        def service(uow: UnitOfWork, clock: Any, actor: Any) -> None:
            loop.call_soon_threadsafe(early.set_result, decide_together(uow, clock, actor, some))

        node.submit(service)
        return await early

    monkeypatch.setattr(HubHall, "_decide", hasty)
    with pytest.raises(AssertionError):
        test_nobody_is_answered_before_the_commit(node, gate)


class Counter:
    """Decides nothing, and notes what was decided together."""

    def __init__(self) -> None:
        self.together: list[list[str]] = []
        self.going = asyncio.Event()

    async def __call__(self, some: Sequence[Asked]) -> list[Decided | Exception]:
        self.together.append([one.command for one in some])
        await self.going.wait()
        return [Decided(one.command, 1) for one in some]


def in_turn(count: int) -> list[list[str]]:
    """The transactions of ``count`` calls, of which all but the first come while the first is decided."""

    async def asked() -> list[list[str]]:
        counter = Counter()
        line = Presses(counter)
        waiting = []
        for place in range(count):
            waiting.append(asyncio.create_task(line.decided(press(1, str(place)))))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        counter.going.set()
        found = await asyncio.gather(*waiting)
        assert [one.answer for one in found] == [str(place) for place in range(count)]
        await asyncio.wait_for(line.rest(PATIENCE_S), PATIENCE_S)
        return counter.together

    return asyncio.run(asked())


def test_who_waits_while_others_are_decided_is_decided_next_first_come_first_served() -> None:
    some = [str(place) for place in range(MOST + 5)]
    assert in_turn(len(some)) == [some[:1], some[1 : MOST + 1], some[MOST + 1 :]]


def test_the_last_who_came_would_be_seen_to_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutation: a pile instead of a line."""

    class Pile(deque[Any]):
        popleft = deque.pop

    monkeypatch.setattr(presses_module, "deque", Pile)
    with pytest.raises(AssertionError):
        test_who_waits_while_others_are_decided_is_decided_next_first_come_first_served()


def test_whoever_goes_away_leaves_the_others_their_answers() -> None:
    async def asked() -> tuple[str, str]:
        counter = Counter()
        line = Presses(counter)
        first, gone, last = (asyncio.create_task(line.decided(press(1, name))) for name in "abc")
        await asyncio.sleep(0)
        gone.cancel()
        counter.going.set()
        answers = (await first).answer, (await last).answer
        assert counter.together == [["a", "b", "c"]]
        return answers

    assert asyncio.run(asked()) == ("a", "c")


def failing(error: Exception) -> Callable[[Sequence[Asked]], Any]:
    async def decide(some: Sequence[Asked]) -> list[Decided | Exception]:
        raise error

    return decide


def test_a_transaction_that_fails_is_everybodys_answer_and_the_next_goes_on() -> None:
    async def asked() -> list[Any]:
        line = Presses(failing(AppError("storage.disk_full")))
        waiting = [line.decided(press(window)) for window in (1, 2)]
        found = list(await asyncio.gather(*waiting, return_exceptions=True))
        again = await asyncio.gather(line.decided(press(3)), return_exceptions=True)
        return [told(one) for one in [*found, *again]]  # type: ignore[arg-type]

    assert asyncio.run(asked()) == ["storage.disk_full"] * 3


def test_a_screen_lets_those_go_first_who_press_but_not_for_ever(node: ServerNode, gate: Gate) -> None:
    """While a call is before the store nobody reads the hall, until patience ends."""

    async def asked() -> None:
        hall = HubHall(node)
        view = Asked(known("view"), {}, "w1")
        pressing = asyncio.create_task(hall.ask(press(1)))
        assert await asyncio.to_thread(gate.reached.wait, PATIENCE_S)
        before = await asyncio.wait_for(hall.ask(view), PATIENCE_S)
        assert [one.ticket for one in before.answer.windows if one.ticket] == []
        gate.opened.set()
        await pressing
        after = await hall.ask(view)
        assert [one.ticket.number for one in after.answer.windows if one.ticket] == ["A001"]
        hall.stop()

    asyncio.run(asked())
