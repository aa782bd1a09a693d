"""The engine against a real serving store: what goes up arrives once, what is up comes down, and both agree."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

import db.log.chains
import db.rows.sync_rows
from db.log.chains import Chains
from db.log.ingest import QUARANTINED, RELEASED
from db.log.log_check import broken_logs
from db.log.pulling import Pulling
from db.rows.sync_rows import SyncRows
from db.schema import case_row, event
from db.schema.sync import chain, chain_mark, held_event, scope_entry, unfolded, upstream_cursor
from domain.staff import Actor, Role
from server.syncing.judging import ServerJudge
from services.cases import show_case
from services.device_keys import own_entries
from services.sync.quarantine import release
from services.sync.state import read_sync_state
from sync.engine.synchronise import read_left
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
    one, two = two_windows(make, centre)
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


def chains_of(node: Node) -> dict[tuple[str, int, int], int]:
    c = chain.c
    rows = node.rows(sa.select(c.device, c.incarnation, c.branch, c.seq))
    return {(row[0], row[1], row[2]): row[3] for row in rows}


def ids(node: Node) -> set[str]:
    return {row.id for row in node.rows(sa.select(event.c.id))}


def two_windows(make: Make, centre: Node) -> tuple[Node, Node]:
    """Two windows of one site, both enrolled."""
    one, two = make("one"), make("two")
    for window in (one, two):
        centre.enrol(window)
    return one, two


def at_rest(centre: Node, *windows: Node) -> None:
    """Everybody has synced twice: all have the same events and the same log."""
    for _ in range(2):
        for window in windows:
            window.sync(centre)
    fold(centre)
    everything = ids(centre)
    for window in windows:
        assert ids(window) - everything == set()
        assert everything - ids(window) == set()
        row = window.rows(sa.select(upstream_cursor.c.pos, upstream_cursor.c.digest))[0]
        head = centre.call(lambda uow, *_: uow.ingest(0).log.head("hz"))
        assert (row.pos, bytes(row.digest)) == (head.pos, head.digest)
        assert numbers(window) == numbers(centre)
    assert centre.call(lambda uow, *_: list(broken_logs(uow.connection))) == []
    positions = [row.pos for row in centre.rows(sa.select(scope_entry.c.pos).order_by(scope_entry.c.pos))]
    assert positions == list(range(1, len(positions) + 1))


def test_many_cases_in_small_batches(make: Make, centre: Node) -> None:
    one, two = two_windows(make, centre)
    for number in range(25):
        (one if number % 2 else two).accept(f"第{number}件：公司要变更经营范围，材料怎么准备？")
    at_rest(centre, one, two)
    assert len(numbers(one)) == 25


def test_the_server_is_put_back_to_yesterday(make: Make, centre: Node, tmp_path: Path) -> None:
    one, two = two_windows(make, centre)
    one.accept()
    at_rest(centre, one, two)
    copy = centre.copy_to(tmp_path / "yesterday")
    lost = [one.accept("今天的第一件"), two.accept("今天的第二件")]
    at_rest(centre, one, two)
    centre.put_back(copy)
    centre.epoch = "e2"
    assert len(numbers(centre)) == 1
    at_rest(centre, one, two)
    assert {case.number for case in lost} < numbers(centre)


def test_a_sibling_brings_back_what_a_dead_window_had_sent(make: Make, centre: Node, tmp_path: Path) -> None:
    one, two = two_windows(make, centre)
    one.accept()
    at_rest(centre, one, two)
    copy = centre.copy_to(tmp_path / "yesterday")
    gone = one.accept("之后这台电脑坏了")
    at_rest(centre, one, two)
    centre.put_back(copy)
    centre.epoch = "e2"
    at_rest(centre, two)
    assert gone.number in numbers(centre)


def test_a_sibling_brings_back_what_lies_before_a_refused_event(
    make: Make, centre: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = two_windows(make, centre)
    at_rest(centre, one, two)
    copy = centre.copy_to(tmp_path / "yesterday")
    before = one.accept("之前的一件")
    one.sync(centre)
    with monkeypatch.context() as patch:
        patch.setattr(ServerJudge, "refuses", lambda *_: "forged_site")
        one.accept("被拒的一件")
        one.sync(centre)
    behind = one.accept("之后的一件")
    for window in (one, two):
        window.sync(centre)
    assert {before.number, behind.number} <= numbers(two)
    centre.put_back(copy)
    centre.epoch = "e2"
    for window, there in ((two, {before.number}), (one, {before.number, behind.number})):
        window.sync(centre)
        fold(centre)
        assert there <= numbers(centre)
        assert two.call(read_left)[0] == two.call(read_sync_state).waiting == 0


def test_what_only_its_device_can_send_waits_at_no_other(make: Make, centre: Node, tmp_path: Path) -> None:
    one, two = two_windows(make, centre)
    at_rest(centre, one, two)
    copy = centre.copy_to(tmp_path / "yesterday")
    unsigned = one.accept()
    at_rest(centre, one, two)
    two.do(sa.delete(chain_mark).where(chain_mark.c.device == one.device))  # a page that ended within a batch
    centre.put_back(copy)
    centre.epoch = "e2"
    two.sync(centre)
    assert numbers(centre) == set()
    assert two.call(read_left)[0] == two.call(read_sync_state).waiting == 0
    assert not two.call(lambda uow, *_: SyncRows(uow.connection).is_confirmed(unsigned.id))


def test_without_the_reach_it_would_wait_for_ever(
    make: Make, centre: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (db.log.chains, db.rows.sync_rows):
        monkeypatch.setattr(module, "reach", lambda _: chain.c.seq)
    with pytest.raises(AssertionError, match="waiting"):
        test_what_only_its_device_can_send_waits_at_no_other(make, centre, tmp_path)


def test_without_its_mark_what_lies_before_a_refused_event_would_be_lost(
    make: Make, centre: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Chains, "held_seqs", lambda *_: [])
    with pytest.raises(AssertionError, match="set"):
        test_a_sibling_brings_back_what_lies_before_a_refused_event(make, centre, tmp_path, monkeypatch)


def test_a_window_from_an_old_copy_gets_its_own_events_back(make: Make, centre: Node, tmp_path: Path) -> None:
    one, two = two_windows(make, centre)
    one.accept()
    at_rest(centre, one, two)
    copy = one.copy_to(tmp_path / "old")
    lost = one.accept("备份之后受理的")
    at_rest(centre, one, two)
    one.put_back(copy)
    fresh = one.accept("恢复之后受理的")
    at_rest(centre, one, two)
    assert {lost.number, fresh.number} <= numbers(one)


def test_a_copied_store_forks_and_both_sides_are_kept(
    make: Make, centre: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: FixedClock
) -> None:
    one = make("one")
    centre.enrol(one)
    one.accept()
    at_rest(centre, one)
    one.copy_to(tmp_path / "clone")
    shared = Path(str(tmp_path / "witness"))
    import shutil

    shutil.copytree(shared, tmp_path / "witness-of-clone")
    first = one.accept("原来的电脑受理")
    monkeypatch.setenv("QIFU_WITNESS_DIR", str(tmp_path / "witness-of-clone"))
    clone = make("clone")
    second, third = clone.accept("克隆的电脑受理"), clone.accept("克隆的电脑再受理")
    at_rest(centre, one, clone)
    assert {first.number, second.number, third.number} <= numbers(centre)
    fourth = clone.accept("分开以后再受理")
    at_rest(centre, one, clone)
    assert fourth.number in numbers(one)


def test_all_read_models_are_folded(make: Make, centre: Node) -> None:
    one, two = two_windows(make, centre)
    one.accept()
    at_rest(centre, one, two)
    assert two.rows(sa.select(unfolded.c.stream)) == []


def test_a_case_is_worked_on_at_both_windows(make: Make, centre: Node) -> None:
    from services.case_steps import answer_case

    one, two = two_windows(make, centre)
    accepted = one.accept()
    at_rest(centre, one, two)
    two.call(answer_case, accepted.number, "已经办好。")
    at_rest(centre, one, two)
    assert one.call(show_case, accepted.number) == two.call(show_case, accepted.number)


def test_a_hub_passes_on_what_its_windows_sent(make: Make, centre: Node) -> None:
    hub, window = make("hub").serve(), make("window")
    centre.enrol(hub, "hub")
    hub.enrol(window)
    entries = window.call(lambda uow, *_: own_entries(uow))
    hub.sync(centre)
    accepted = window.accept()
    window.sync(hub)
    centre.enrol(window)
    window.join(hub)
    assert entries
    hub.sync(centre)
    fold(centre)
    assert numbers(centre) == {accepted.number}
    stamps = {
        row.received_at
        for row in centre.rows(sa.select(event.c.received_at).where(event.c.id == accepted.id))
    }
    assert stamps == {hub.clock.now_ms()}


def test_what_is_let_in_above_comes_down_to_the_hub_that_had_set_it_aside(
    make: Make, centre: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub, window, other = make("hub").serve(), make("window"), make("other")
    centre.enrol(hub, "hub")
    for below in (window, other):
        centre.enrol(below)
        hub.enrol(below)
    with monkeypatch.context() as patch:
        patch.setattr(ServerJudge, "quarantines", lambda _, one: "device_revoked" * (one.seq > 0))
        accepted = window.accept()
        window.sync(hub)
        hub.sync(centre)
    assert numbers(hub) == numbers(centre) == set()
    for row in centre.rows(sa.select(held_event).where(held_event.c.state == QUARANTINED)):
        key = f"{row.device}.{row.incarnation}.{row.branch}.{row.seq}"
        centre.call(release, key, as_actor=Actor("boss", Role.SUPERVISOR))
    for node, above in ((hub, centre), (other, hub)):
        node.sync(above)
        fold(node)
        assert numbers(node) == {accepted.number}
    assert hub.rows(sa.select(held_event).where(held_event.c.state != RELEASED)) == []
    assert window.call(show_case, accepted.number) == hub.call(show_case, accepted.number)


def test_without_looking_at_what_is_held_it_would_stay_aside(
    make: Make, centre: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Pulling, "_held", lambda *_: {})
    with pytest.raises(AssertionError, match="set"):
        test_what_is_let_in_above_comes_down_to_the_hub_that_had_set_it_aside(make, centre, monkeypatch)
