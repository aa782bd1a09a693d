"""The engine against a real serving store: what goes up arrives once, what is up comes down, and both agree."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from db.schema import case_row, event
from db.schema_sync import chain, scope_entry, unfolded, upstream_cursor
from services.cases import show_case
from tests.fixed import FixedClock
from tests.sync.world import Node

Make = Callable[..., Node]


@pytest.fixture
def make(tmp_path: Path, clock: FixedClock) -> Iterator[Make]:
    made: list[Node] = []

    def one(name: str) -> Node:
        node = Node(tmp_path / name, clock)
        made.append(node)
        return node

    yield one
    for node in made:
        node.close()


@pytest.fixture
def centre(make: Make) -> Node:
    return make("centre").serve()


def numbers(node: Node) -> set[str]:
    return {row.number for row in node.rows(sa.select(case_row.c.number))}


def fold(node: Node) -> None:
    from sync.engine import downward

    while node.call(downward.fold):
        pass


def test_a_case_goes_up_and_comes_down_at_another_window(make: Make, centre: Node) -> None:
    one, two = make("one"), make("two")
    centre.enrol(one)
    centre.enrol(two)
    accepted = one.accept()
    one.sync(centre)
    fold(centre)
    two.sync(centre)
    assert numbers(two) == numbers(centre) == {accepted.number}
    assert two.call(show_case, accepted.number) == one.call(show_case, accepted.number)


def test_nothing_new_is_one_round_trip(make: Make, centre: Node) -> None:
    one = make("one")
    centre.enrol(one)
    one.accept()
    one.sync(centre)
    steps: list[str] = []
    one.sync(centre, lambda step, _: steps.append(step))
    assert steps == ["hello>", "hello<"]
