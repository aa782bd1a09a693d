"""Whether chains and logs are whole: every changed, missing or extra byte is named."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from db.log.chains import Chains
from db.log.log_check import broken_chains, broken_logs
from db.schema import event
from db.schema.sync import chain, held_event, scope_entry, scope_head
from server.making import make_node
from server.nodes import ServerNode, open_node
from services.cases import accept_case
from tests.fixed import FixedClock, form


@pytest.fixture(params=["hub", "centre"])
def node(request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Iterator[ServerNode]:
    """A hub or centre with three cases of its own."""
    url = request.getfixturevalue("pg_url") if request.param == "centre" else ""
    make_node(tmp_path / "node", "hall", "河畔大厅", "HP", database=url, hub=not url, clock=clock)
    opened = open_node(tmp_path / "node", clock)
    for _ in range(3):
        opened.call(accept_case, form())
    yield opened
    opened.close()


def looked_over(node: ServerNode) -> tuple[list[int], list[tuple[str, int]]]:
    with node.store.read() as uow:
        return [seq for _, _, seq in broken_chains(uow.connection)], list(broken_logs(uow.connection))


def change(node: ServerNode, *statements: sa.Executable) -> None:
    with node.store.write() as uow:
        for one in statements:
            uow.connection.execute(one)


def test_what_is_whole_has_nothing_to_be_named(node: ServerNode) -> None:
    assert looked_over(node) == ([], [])


def test_changed_bytes(node: ServerNode) -> None:
    change(node, sa.update(event).where(event.c.seq == 3).values(body=b"{}"))
    chains, logs = looked_over(node)
    assert (chains, logs) == ([3], [("hall", 3)])


def test_a_missing_event(node: ServerNode) -> None:
    change(node, sa.text("DELETE FROM event_private"), sa.delete(event).where(event.c.seq == 3))
    chains, logs = looked_over(node)
    assert (chains, logs) == ([3], [("hall", 3)])


def test_a_missing_end(node: ServerNode) -> None:
    last = sa.select(sa.func.max(event.c.seq)).scalar_subquery()
    change(node, sa.text("DELETE FROM event_private"), sa.delete(event).where(event.c.seq == last))
    assert looked_over(node)[0] == [5]


def test_a_changed_stamp_and_a_gap_in_a_log(node: ServerNode) -> None:
    change(node, sa.update(scope_entry).where(scope_entry.c.pos == 2).values(stamp=7))
    assert looked_over(node)[1] == [("hall", 2)]
    change(node, sa.delete(scope_entry).where(scope_entry.c.pos == 2))
    assert looked_over(node)[1] == [("hall", 2)]


def test_a_head_that_its_entries_do_not_give(node: ServerNode) -> None:
    change(node, sa.update(scope_head).values(digest=bytes(32)))
    assert looked_over(node)[1] == [("hall", 5)]


def test_what_was_held_back_counts_as_a_link(node: ServerNode) -> None:
    """The last event becomes a refused one: the chain still fits, and not without it."""
    with node.store.read() as uow:
        own = uow.events.node
        query = sa.select(event.c.body).where(event.c.seq == own.seq)
        body = bytes(uow.connection.execute(query).scalar_one())
    values = {"device": own.device, "incarnation": own.incarnation, "branch": 0, "seq": own.seq, "body": body}
    values["hash"] = own.head
    held = sa.insert(held_event).values(**values, state="refused", reason="malformed", held_at=1)
    gone = sa.delete(event).where(event.c.seq == own.seq)
    change(
        node, sa.text("DELETE FROM event_private"), sa.delete(scope_entry), sa.delete(scope_head), gone, held
    )
    assert looked_over(node) == ([], [])
    change(node, sa.delete(held_event))
    assert looked_over(node)[0] == [own.seq]


def test_a_chain_that_is_said_to_be_here_and_is_not(node: ServerNode) -> None:
    with node.store.write() as uow:
        Chains(uow.connection).put_own(("00aa", 1, 0), 4, bytes(32))
    assert looked_over(node)[0] == [0]
    change(node, sa.delete(chain).where(chain.c.device == "00aa"))
    assert looked_over(node)[0] == []
