"""A window of a site that has others below it sees theirs as well: it is said where the site was joined."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from desktop.shell.notices import Notices
from desktop.shell.tasks import TaskRunner
from desktop.sync.enrol_card import EnrolCard
from desktop.sync.runner import SyncRunner
from desktop.sync.telling import FRESH_MS, Telling
from desktop.theme.theme import Theme
from services.station import Station
from services.sync.state import SyncState, read_sync_state
from tests.sync_tables import join
from tests.ui.desk import Desk, make_desk


@pytest.fixture
def desk(station: Station, tasks: TaskRunner, notices: Notices, theme: Theme, qtbot: QtBot) -> Iterator[Desk]:
    made = make_desk(station, tasks, notices, theme, qtbot)
    join(station, enrolled_at=station.clock.now_ms())
    yield made
    made.settle()


def know_sites(station: Station, *below: str) -> None:
    """The tree of sites has come from above: this one's, and these below it."""

    def put(uow: Any, clock: Any, _: Any) -> None:
        own = uow.events.node.site
        entries = [{"code": own, "name": "本站"}]
        entries += [{"code": f"b{n}", "name": name, "parent": own} for n, name in enumerate(below)]
        document = {"kind": "sites", "version": 1, "entries": entries}
        uow.reference.put(document, source="upstream", now_ms=clock.now_ms())

    station.call(put)


class Following(SyncRunner):
    """Knows its station, and runs nothing by itself."""

    def start(self, station: Any) -> None:
        self._station = station


@pytest.fixture
def told(desk: Desk, tasks: TaskRunner, notices: Notices) -> Iterator[Any]:
    """What is said after a state was read."""
    runner = Following(tasks)
    runner.start(desk.station)
    telling = Telling(runner, notices, desk.context.settings, desk.context.navigator)

    def read(**values: Any) -> list[str]:
        state: SyncState = desk.station.call(read_sync_state)
        runner.state_read.emit(replace(state, **values))
        desk.settle()
        return [notice.text for notice in notices.all()]

    yield read
    telling.deleteLater()
    runner.stop()


def test_it_is_told_once_soon_after_joining(desk: Desk, told: Any) -> None:
    assert told() == []
    know_sites(desk.station, "河畔大厅", "园区一站", "园区二站", "园区三站")
    (said,) = told(heard_at=desk.station.clock.now_ms())
    assert "河畔大厅、园区一站、园区二站等 4 个" in said
    assert told(heard_at=desk.station.clock.now_ms() + 1) == [said]


def test_nobody_is_told_of_what_has_long_been_so(desk: Desk, told: Any) -> None:
    know_sites(desk.station, "河畔大厅")
    assert told(now_ms=desk.station.clock.now_ms() + FRESH_MS) == []


def test_a_site_with_none_below_is_told_nothing(desk: Desk, told: Any) -> None:
    know_sites(desk.station)
    assert told() == []


@pytest.mark.parametrize("below", [(), ("河畔大厅",)])
def test_the_settings_say_so_for_as_long_as_it_is(desk: Desk, below: tuple[str, ...]) -> None:
    know_sites(desk.station, *below)
    card = desk.show(EnrolCard(desk.context))
    card.load()
    desk.settle()
    assert card.below.isVisible() is bool(below)
    assert all(name in card.below.text() for name in below)
