"""However many streams are folded at once, the rows are those of folding them one by one."""

import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from db.folding import fold_some
from db.refolding import Refolding
from db.rows import enterprise_rows
from db.unit_of_work import UnitOfWork
from server.nodes import ServerNode
from tests.db.histories import Arrival, arrive, folded, history
from tests.fixed import WEDNESDAY

STRETCHES = 3


class Undo(Exception):
    """Ends a transaction of which nothing is to be left."""


def _folded(node: ServerNode, made: list[Arrival], at_once: int) -> dict[str, Any]:
    """What the store holds once ``made`` has arrived and was folded ``at_once`` streams at a time; all is undone."""
    found: dict[str, Any] = {}
    with suppress(Undo), node.store.write() as uow:
        for stretch in range(STRETCHES):
            arrive(uow, made, stretch)
            _fold(uow, at_once)
        found = folded(uow.connection)
        raise Undo
    return found


def _fold(uow: UnitOfWork, at_once: int) -> None:
    for _ in range(1_000):
        if not fold_some(uow, at_once, WEDNESDAY):
            return
    raise AssertionError("folding never ends")


@example(seed=4_294_967_296, at_once=1000)
@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), at_once=st.sampled_from([2, 7, 1000]))
def test_many_at_once_are_as_one_by_one(node: ServerNode, seed: int, at_once: int) -> None:
    made = history(random.Random(seed), streams=14, events=60, stretches=STRETCHES)
    singly, together = _folded(node, made, 1), _folded(node, made, at_once)
    assert {name for name in singly if singly[name] != together[name]} == set()


def _differs(node: ServerNode) -> bool:
    for seed in range(6):
        made = history(random.Random(seed), streams=14, events=60, stretches=STRETCHES)
        if _folded(node, made, 1) != _folded(node, made, 1_000):
            return True
    return False


def _lose_last(refresh: Callable[..., Any]) -> Callable[..., Any]:
    def short(connection: Any, batch: Any, *args: Any, **kwargs: Any) -> Any:
        return refresh(connection, batch[: max(1, len(batch) - 1)], *args, **kwargs)

    return short


@pytest.mark.parametrize("what", ["enterprises", "stale"])
def test_the_comparison_sees_a_difference(
    node: ServerNode, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """A row less for the last of many; events read before an erasure or a device's move."""
    if what == "enterprises":
        monkeypatch.setattr(enterprise_rows, "refresh", _lose_last(enterprise_rows.refresh))
    else:
        plain = Refolding.take
        monkeypatch.setattr(Refolding, "take", lambda self, *told: plain(self, *told) and False)
    assert _differs(node)
