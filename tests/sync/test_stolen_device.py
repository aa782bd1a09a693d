"""A device that was stolen: what it had sent since is looked at, everywhere; what had not come is set aside."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from db.rows import device_rows
from db.rows.device_rows import LOST
from db.schema import case_row, event
from db.schema.sync import device, event_review
from domain.enrolment import enrol
from domain.errors import AppError
from services.devices import revoke_device
from sync.engine import downward
from tests.fixed import FixedClock
from tests.sync.world import Node


@pytest.fixture
def hall(tmp_path: Path, clock: FixedClock) -> Iterator[tuple[Node, Node, Node]]:
    """A centre and two windows below it."""
    centre, one, two = (Node(tmp_path / name, clock) for name in ("centre", "one", "two"))
    centre.serve()
    for window in (one, two):
        centre.enrol(window)
    yield centre, one, two
    for node in (centre, one, two):
        node.close()


def fold(node: Node) -> None:
    while node.call(downward.fold):
        pass


THEFT = date(2026, 11, 20)


def stolen(hall: tuple[Node, Node, Node], clock: FixedClock) -> list[str]:
    """The first window was stolen after its first case: its cases, of which the last has not been sent."""
    centre, one, _ = hall
    cases = []
    for days in (0, 3, 1):
        clock.move(days=days)
        cases.append(one.accept(f"第{len(cases)}件").id)
        if len(cases) < 3:
            one.sync(centre)
    fold(centre)
    registered(centre, one)
    return cases


def suspected(node: Node) -> list[tuple[str, str]]:
    return [
        (row.stream, row.reason) for row in node.rows(sa.select(event_review).order_by(event_review.c.event))
    ]


def registered(centre: Node, window: Node) -> None:
    """Enrol it as it is done by ``qifu-server``: with an event."""

    def do(uow: Any, clock: Any, actor: Any) -> None:
        known = uow.devices.get(window.device)
        uow.connection.execute(sa.delete(device).where(device.c.device == window.device))
        uow.append(None, [enrol(known)], actor=actor.id, now_ms=clock.now_ms())

    centre.call(do)


def test_what_a_stolen_device_had_sent_is_looked_at_and_the_rest_set_aside(
    hall: tuple[Node, Node, Node], clock: FixedClock
) -> None:
    centre, one, two = hall
    before, after, _ = stolen(hall, clock)
    centre.call(revoke_device, one.device, "被盗", THEFT)
    two.sync(centre)
    fold(two)
    for node in (centre, two):
        assert set(suspected(node)) == {(after, LOST)}
        assert {before, after} <= {row.id for row in node.rows(sa.select(case_row.c.id))}
    ends = centre.call(lambda uow, *_: uow.devices.get(one.device).counts)
    theirs = centre.rows(sa.select(event.c.seq).where(event.c.device == one.device, event.c.stream == after))
    assert [end.seq for end in ends] == [min(row.seq for row in theirs) - 1]


def test_it_may_turn_out_later_that_it_had_been_stolen(
    hall: tuple[Node, Node, Node], clock: FixedClock
) -> None:
    centre, one, _ = hall
    _, after, _ = stolen(hall, clock)
    whole = centre.call(revoke_device, one.device, "换机")
    assert suspected(centre) == []
    less = centre.call(revoke_device, one.device, "", THEFT)
    assert set(suspected(centre)) == {(after, LOST)}
    assert less.revoked_at == whole.revoked_at
    assert less.counts[0].seq < whole.counts[0].seq
    again = centre.call(revoke_device, one.device, "", date(2026, 11, 21))
    assert again.counts == less.counts


def test_a_day_to_come_is_none(hall: tuple[Node, Node, Node], clock: FixedClock) -> None:
    centre, one, _ = hall
    stolen(hall, clock)
    with pytest.raises(AppError, match="since_future"):
        centre.call(revoke_device, one.device, "", date(2030, 1, 1))


def test_without_the_flag_a_thief_s_steps_would_be_kept_silently(
    hall: tuple[Node, Node, Node], clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_rows, "_flag", lambda *_: None)
    with pytest.raises(AssertionError):
        test_what_a_stolen_device_had_sent_is_looked_at_and_the_rest_set_aside(hall, clock)
