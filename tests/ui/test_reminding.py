"""督办提醒 at the desk: told once to the one concerned, listed on the day's page until it is acknowledged."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop.shell.notices import Notices
from desktop.shell.page import Navigator
from desktop.shell.reminding import Reminding
from desktop.shell.tasks import TaskRunner
from desktop.station_gateway import StationGateway
from desktop.theme.theme import Theme
from desktop.today.page import TodayPage
from domain.cases.model import LimitClass
from services.cases import accept_case
from services.staff import actor_named
from services.station import Station
from tests.fixed import FixedClock, form
from tests.ui.desk import Desk, make_desk


@pytest.fixture
def desk(station: Station, tasks: TaskRunner, notices: Notices, theme: Theme, qtbot: QtBot) -> Iterator[Desk]:
    made = make_desk(station, tasks, notices, theme, qtbot)
    made.context = replace(made.context, gateway=StationGateway(station.home, tasks.in_background))
    yield made
    made.qtbot.waitUntil(lambda: tasks.is_idle)


@pytest.fixture
def reminding(station: Station, tasks: TaskRunner, notices: Notices, qtbot: QtBot) -> Iterator[Reminding]:
    parent = QObject()
    made = Reminding(tasks, notices, Navigator(parent), parent)
    made.start(station)
    yield made
    made.stop()
    qtbot.waitUntil(lambda: tasks.is_idle)
    parent.deleteLater()


def test_a_notice_comes_once_to_the_one_concerned(
    reminding: Reminding,
    station: Station,
    clock: FixedClock,
    tasks: TaskRunner,
    notices: Notices,
    qtbot: QtBot,
) -> None:
    station.call(accept_case, form(limit=LimitClass.STANDARD))
    clock.set("2026-11-24 09:05")
    for staff, told in (("policy", 0), ("policy-chief", 1)):
        station.actor = station.call(actor_named, staff)
        reminding.start(station)
        for _ in range(2):
            reminding.look()
            qtbot.waitUntil(lambda: tasks.is_idle)
        assert len(notices.all()) == told
    assert "1 件黄牌" in notices.all()[0].text


def test_the_day_lists_it_until_it_is_acknowledged(desk: Desk, station: Station, clock: FixedClock) -> None:
    number = station.call(accept_case, form(sensitive=True)).number
    station.actor = station.call(actor_named, "supervisor")
    page: TodayPage = desk.show(TodayPage(desk.context))
    page.on_shown()
    desk.settle()
    lines = [view for view in page.waiting.lines() if number in view.line.text]
    assert len(lines) == 1
    acts = {act.words: act.run for act in lines[0].line.acts}
    acts["知悉"]()
    desk.settle()
    assert not [view for view in page.waiting.lines() if number in view.line.text]
