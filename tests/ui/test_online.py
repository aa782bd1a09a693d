"""Asking the registry: at once, later, and never on the window's thread."""

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from desktop.scanning.online import OnlineRegistry
from desktop.shell.notices import Notices
from desktop.shell.tasks import TaskRunner
from domain.codes.registry import RegistryState, RegistryUnreachableError, Resolution
from services.registry import waiting_questions
from services.scans import scan
from services.station import Station
from tests.fixed import NAME, USCC, WEDNESDAY

LICENCE = "https://www.gsxt.gov.cn/index?id=4711"


class Registry:
    """Answers when there is a line."""

    def __init__(self) -> None:
        self.line, self.threads = False, set[int]()

    def resolve(self, text: str) -> Resolution | None:
        self.threads.add(threading.get_ident())
        if not self.line:
            raise RegistryUnreachableError("cut")
        return Resolution(USCC, NAME, RegistryState.ACTIVE, "云溪市市场监管局", WEDNESDAY)


@pytest.fixture
def registry() -> Registry:
    return Registry()


@pytest.fixture
def online(
    station: Station, tasks: TaskRunner, notices: Notices, registry: Registry
) -> Iterator[OnlineRegistry]:
    made = OnlineRegistry(tasks, notices, lambda _: registry)
    made.use(station, "https://registry.example")
    yield made
    made.stop()


def test_without_a_line_it_waits_and_is_asked_again(
    station: Station, online: OnlineRegistry, registry: Registry, tasks: TaskRunner, qtbot: QtBot
) -> None:
    station.call(scan, LICENCE)
    online.ask()
    qtbot.waitUntil(lambda: tasks.is_idle and bool(registry.threads))
    assert station.call(waiting_questions) == (LICENCE,)
    registry.line = True
    with qtbot.waitSignal(online.answered) as answered:
        online._again.timeout.emit()
    assert answered.args[0].name == NAME
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert station.call(waiting_questions) == ()
    assert threading.get_ident() not in registry.threads


def test_a_wrong_address_is_told(station: Station, tasks: TaskRunner, notices: Notices) -> None:
    online = OnlineRegistry(tasks, notices)
    online.use(station, "http://registry.example")
    assert "在线核验地址" in notices._list[-1].text
    online.stop()
