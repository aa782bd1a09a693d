"""The epoch: a store that was put back from yesterday is noticed, whoever put it back."""

import shutil

import pytest

from domain.errors import AppError
from server import folding
from server.checking import check_node
from server.epoch import FILE_NAME, EpochKeeper
from server.making import make_node
from server.nodes import NodeFile, ServerNode, open_node
from services.cases import accept_case
from services.sites import add_site
from tests.fixed import FixedClock, form
from tests.pg import TestServer


def reopened(node: ServerNode, clock: FixedClock) -> ServerNode:
    node.close()
    return open_node(node.home, clock)


def test_a_server_that_starts_again_lives_on(hub: ServerNode, clock: FixedClock) -> None:
    before = (hub.epoch, hub.call(lambda uow, *_: uow.events.node.incarnation))
    for _ in range(2):
        hub = reopened(hub, clock)
        assert (hub.epoch, hub.call(lambda uow, *_: uow.events.node.incarnation)) == before
        hub.count_epoch()
    hub.close()


def _put_back(hub: ServerNode, clock: FixedClock) -> None:
    """As an operator would: the server stopped, yesterday's file copied over today's."""
    hub.close()
    copy = hub.home.parent / "yesterday.db"
    shutil.copy(hub.home / "store.db", copy)
    node = open_node(hub.home, clock)
    node.call(accept_case, form())
    node.count_epoch()
    node.close()
    for file in hub.home.glob("store.db*"):
        file.unlink()
    shutil.copy(copy, hub.home / "store.db")


def test_a_hub_put_back_begins_another_epoch_and_incarnation(hub: ServerNode, clock: FixedClock) -> None:
    epoch, node = hub.epoch, hub.call(lambda uow, *_: uow.events.node)
    _put_back(hub, clock)
    again = open_node(hub.home, clock)
    fresh = again.call(lambda uow, *_: uow.events.node)
    assert again.epoch != epoch
    assert (fresh.device, fresh.incarnation > node.incarnation) == (node.device, True)
    assert check_node(again).ok
    kept = again.epoch
    again = reopened(again, clock)
    assert again.epoch == kept
    again.close()


def test_without_the_counter_nobody_would_notice(
    hub: ServerNode, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutation: a file that is set back with the store."""
    epoch = hub.epoch
    hub.close()
    shutil.copy(hub.home / FILE_NAME, hub.home.parent / "epoch")
    _put_back(hub, clock)
    shutil.copy(hub.home.parent / "epoch", hub.home / FILE_NAME)
    again = open_node(hub.home, clock)
    assert again.epoch == epoch
    again.close()


def test_a_lost_file_begins_another_epoch(hub: ServerNode, clock: FixedClock) -> None:
    epoch = hub.epoch
    (hub.home / FILE_NAME).unlink()
    hub = reopened(hub, clock)
    assert hub.epoch not in ("", epoch)
    hub.close()


def test_a_restore_begins_another_epoch_whatever_the_counters_say(hub: ServerNode, clock: FixedClock) -> None:
    epoch = hub.epoch
    EpochKeeper(hub.home).forget()
    hub = reopened(hub, clock)
    assert hub.epoch != epoch
    hub.close()


def test_all_processes_know_the_epoch_that_one_has_begun(hub: ServerNode, clock: FixedClock) -> None:
    other, epoch = open_node(hub.home, clock), hub.epoch
    EpochKeeper(hub.home).forget()
    assert other.count_epoch()
    assert hub.epoch == other.epoch != epoch
    other.close()


def test_a_centre_put_back_by_the_databases_own_tools(
    centre: ServerNode, pg_server: TestServer, clock: FixedClock
) -> None:
    epoch, node = centre.epoch, centre.call(lambda uow, *_: uow.events.node)
    home, url = centre.home, NodeFile.read(centre.home).database
    centre.close()
    yesterday = pg_server.copy_of(url)
    with_more = open_node(home, clock)
    with_more.call(add_site, "later", "后来的网点", as_actor=with_more.operator)
    with_more.close()
    NodeFile("centre", "city", yesterday).write(home)
    again = open_node(home, clock)
    fresh = again.call(lambda uow, *_: uow.events.node)
    assert (again.epoch != epoch, fresh.incarnation > node.incarnation) == (True, True)
    found = check_node(again)
    assert (found.ok, found.scopes["city"]) == (True, 3)
    again.close()
    pg_server.drop(yesterday)


def test_a_second_machine_joins_in_the_same_epoch(centre: ServerNode, clock: FixedClock) -> None:
    """Two servers behind one address: each has a home, both the one database."""
    url, epoch = NodeFile.read(centre.home).database, centre.epoch
    made = make_node(centre.home.parent / "second", "city", "市中心", database=url, clock=clock)
    second = open_node(made.home, clock)
    assert (second.device, second.epoch, second.token_key) == (centre.device, epoch, centre.token_key)
    assert not centre.count_epoch()
    assert not second.count_epoch()
    second.close()
    with pytest.raises(AppError, match=r"server\.other_site"):
        make_node(centre.home.parent / "third", "town", "别处", database=url, clock=clock)


def test_a_server_that_runs_counts_on_once_it_was_written_to(
    hub: ServerNode, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "BEAT_S", 0.0)
    folder, keeper = folding.Folder(hub), EpochKeeper(hub.home)

    def counter() -> int:
        known = keeper.known()
        assert known is not None
        return known.counter

    folder._beat_in_s = 0.0
    folder._step()
    before = counter()
    folder._step()
    assert counter() == before
    hub.call(accept_case, form())
    folder._step()
    assert counter() == before + 1
    EpochKeeper(hub.home).forget()  # as if the store had been put back under the running server
    epoch = hub.epoch
    hub.call(accept_case, form())
    folder._step()
    assert hub.epoch != epoch


def test_nothing_of_a_node_is_readable_by_others(centre: ServerNode) -> None:
    assert (centre.home / "server.json").stat().st_mode & 0o077 == 0
    assert centre.home.stat().st_mode & 0o077 == 0
