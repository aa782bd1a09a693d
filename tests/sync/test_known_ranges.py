"""What a caller has is named in ranges, and not even read."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from db.log.chains import ChainId
from db.log.scope_log import Read, ScopeLog
from sync.protocol import ChainHead, Pull, PullAnswer
from tests.fixed import FixedClock
from tests.sync.world import Node

READ = ScopeLog.read


@pytest.fixture
def hall(tmp_path: Path, clock: FixedClock) -> Iterator[list[Node]]:
    """A centre and two windows, whose records came in by turns."""
    nodes = [Node(tmp_path / name, clock) for name in ("centre", "one", "two")]
    centre, *windows = nodes
    centre.serve()
    for window in windows:
        centre.enrol(window)
    for _ in range(2):
        for window in windows:
            window.accept()
            window.sync(centre)
            clock.move(ms=1_000)
    yield nodes
    for node in nodes:
        node.close()


def pulled(centre: Node, window: Node) -> PullAnswer:
    """The whole log for ``window``, which has its own chain."""
    own = window.station.call(lambda uow, *_: uow.events.node)
    have = ChainHead(device=own.device, inc=own.incarnation, seq=own.seq, head=own.head)
    return centre.pull(window, Pull(scope="hz", pos=0, bytes=64 << 10, have=(have,)))


def read_of(centre: Node, have: Mapping[ChainId, int] | None) -> list[Read]:
    return list(centre.station.call(lambda uow, *_: [*READ(ScopeLog(uow.connection), "hz", 0, 1_000, have)]))


def test_the_answer_is_the_same_as_if_all_had_been_read(
    hall: list[Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    centre, one, _ = hall
    found = pulled(centre, one)
    monkeypatch.setattr(
        ScopeLog, "read", lambda self, scope, after, limit, _: READ(self, scope, after, limit)
    )
    assert pulled(centre, one) == found
    assert found.known
    assert {found.chains[told.chain][0] for told in found.known} == {one.device}
    assert found.events is not None
    assert found.events.count + sum(told.count for told in found.known) == found.to


def test_of_what_the_caller_has_nothing_is_read(hall: list[Node]) -> None:
    centre, one, _ = hall
    whole = read_of(centre, None)
    own = sorted(entry.seq for entry in whole if entry.device == one.device)
    chain = next((entry.device, entry.incarnation, 0) for entry in whole if entry.device == one.device)
    partly = read_of(centre, {chain: own[-2]})
    for entry, full in zip(partly, whole, strict=True):
        is_known = entry.device == one.device and entry.seq <= own[-2]
        assert (entry.body == b"") is is_known, entry.seq
        assert is_known or entry == full
        assert not is_known or (entry.salt, entry.private) == (None, None)
        assert full.body


def test_of_very_many_chains_all_is_read(hall: list[Node]) -> None:
    """They would make a question longer than what it spares."""
    centre, one, _ = hall
    strangers: dict[ChainId, int] = {(f"{number:016x}", 1, 0): 1 for number in range(40)}
    chain = next(
        (entry.device, entry.incarnation, 0) for entry in read_of(centre, None) if entry.device == one.device
    )
    assert read_of(centre, {**strangers, chain: 1_000}) == read_of(centre, None)
    assert read_of(centre, {chain: 1_000, **strangers}) != read_of(centre, None)


def test_ranges_break_where_the_log_does(hall: list[Node]) -> None:
    centre, one, two = hall
    for window in (one, two):
        told: list[Any] = [*pulled(centre, window).known]
        positions = [at for part in told for at in range(part.at, part.at + part.count)]
        expected = [entry.pos for entry in read_of(centre, None) if entry.device == window.device]
        assert positions == expected
        assert len(told) > 1
