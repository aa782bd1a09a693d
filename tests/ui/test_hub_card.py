"""This computer as the hall's hub: the PIN, what will happen, what happened."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from desktop.queue import hub_program
from desktop.queue.hub_program import HubPlan, Invited
from desktop.settings_page.hub import HubCard
from desktop.shell.notices import Notices
from desktop.shell.tasks import TaskRunner
from desktop.theme.theme import Theme
from domain.errors import AppError
from domain.queue.hub import Hub
from domain.staff import Actor, Role
from services.hub_making import hub_home
from services.station import Station
from sync.enrol_code import Invitation, new_code
from tests.ui.desk import Desk, make_desk

SUPERVISOR = Actor("supervisor", Role.SUPERVISOR, "周敏")


@pytest.fixture
def desk(station: Station, tasks: TaskRunner, notices: Notices, theme: Theme, qtbot: QtBot) -> Iterator[Desk]:
    station.actor = SUPERVISOR
    made = make_desk(station, tasks, notices, theme, qtbot)
    made.context.gateway.home = station.home
    yield made
    made.qtbot.waitUntil(lambda: tasks.is_idle)


class World:
    """``qifu-server``, made up: what it was told to do."""

    def __init__(self) -> None:
        self.done: list[Any] = []
        self.runs = False

    def ask(self, *arguments: str) -> dict[str, Any]:
        self.done.append(arguments[0])
        if arguments[0] == "init":
            folder = hub_home(self.home)
            folder.mkdir()
            (folder / "server.json").write_text('{"role": "hub", "site": "demo", "database": ""}')
        return {"code": "7KM2Q-9XT4R-H", "qr": "qifu-enrol:1:…", "site_name": "河畔大厅"}

    def start(self, home: Any, plan: HubPlan) -> None:
        self.runs = True
        self.done.append(("start", plan.url))
        hub_program._keep(hub_home(home), plan)


@pytest.fixture
def world(station: Station, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    made.home = station.home  # type: ignore[attr-defined]
    monkeypatch.setattr(hub_program, "_ask", made.ask)
    monkeypatch.setattr(hub_program, "start", made.start)
    monkeypatch.setattr(hub_program, "_answers", lambda port: made.runs)
    monkeypatch.setattr(hub_program, "own_addresses", lambda: ["192.168.1.20"])
    return made


def opened(desk: Desk) -> HubCard:
    card: HubCard = desk.show(HubCard(desk.context))
    card.load()
    desk.settle()
    desk.settle()
    return card


def keep_pin(desk: Desk, card: HubCard, pin: str) -> None:
    card.pin.set_text(pin)
    card.keep_pin.click()
    desk.settle()


def become(desk: Desk, card: HubCard, pin: str) -> None:
    card.pin.set_text(pin)
    way = card.take_over if card.become.isHidden() else card.become
    way.click()
    way.click()
    desk.until(lambda: way.isEnabled())
    desk.settle()


def test_a_hall_without_a_hub_gets_one(desk: Desk, world: World) -> None:
    card = opened(desk)
    assert card.take_over.isHidden()
    keep_pin(desk, card, "2468")
    become(desk, card, "2468")
    assert world.done == ["init", ("start", "https://192.168.1.20:8461"), "enrol"]
    assert "7KM2Q-9XT4R-H" in card.result.text()
    card.copy.click()
    assert QGuiApplication.clipboard().text() == "qifu-enrol:1:…"
    assert card.become.isHidden()
    assert not card.stop.isHidden()


def test_a_hub_made_here_joins_the_centre(desk: Desk, world: World) -> None:
    card = opened(desk)
    assert card.above.isHidden()
    keep_pin(desk, card, "2468")
    become(desk, card, "2468")
    assert card.above.isVisible()
    for text, said in (
        ("7KM2Q-9XT4R-H", "整段文字"),
        (Invitation(new_code(), "https://centre.example").text, ""),
    ):
        card.above.code.set_text(text)
        card.above.join.click()
        desk.settle()
        assert said in card.above.code.error()
    assert world.done[-1] == "join"
    assert card.above.code.text() == ""


def test_a_wrong_pin_leaves_the_keys_where_it_is_typed(desk: Desk, world: World) -> None:
    card = opened(desk)
    keep_pin(desk, card, "2468")
    become(desk, card, "1111")
    assert card.window().focusWidget() is card.pin.editor


def test_before_the_store_has_answered_nothing_is_offered(desk: Desk, world: World) -> None:
    card = desk.show(HubCard(desk.context))
    ways = (card.become, card.take_over, card.start, card.stop, card.invite)
    assert [way.isHidden() for way in ways] == [True] * 5
    card.load()
    desk.settle()
    desk.settle()
    assert [way.isHidden() for way in ways] == [False, True, True, True, True]


def test_without_the_pin_nothing_happens(desk: Desk, world: World) -> None:
    card = opened(desk)
    become(desk, card, "2468")
    assert "还没有设主机口令" in card.pin.error()
    keep_pin(desk, card, "2468")
    become(desk, card, "1111")
    assert "还可以试 4 次" in card.pin.error()
    assert world.done == []


def test_a_hub_that_is_gone_is_taken_over(desk: Desk, world: World, station: Station) -> None:
    station.call(lambda uow, *_: uow.hubs.keep(Hub("demo", 3, "old-hub", "https://10.0.0.9:8461")))
    card = opened(desk)
    assert card.become.isHidden()
    assert "第 3 任" in card.state.text()
    keep_pin(desk, card, "2468")
    become(desk, card, "2468")
    assert world.done == [("start", "https://192.168.1.20:8461"), "enrol"]
    assert (hub_home(station.home) / "store.db").exists()


@pytest.mark.parametrize(("address", "port"), [("", "8461"), ("192.168.1.20", "80"), ("192.168.1.20", "x")])
def test_what_cannot_be_dialled_is_told_where_it_stands(
    desk: Desk, world: World, address: str, port: str
) -> None:
    card = opened(desk)
    card.address.set_text(address)
    card.port.set_text(port)
    card.become.click()
    card.become.click()
    desk.settle()
    assert card.address.error() or card.port.error()
    assert world.done == []


def test_a_desk_without_the_server_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr("sys.frozen", True, raising=False)
    monkeypatch.setattr("sys.executable", str(tmp_path / "qifu-desk"))
    with pytest.raises(AppError) as caught:
        hub_program.server_program()
    assert caught.value.code == "hub.no_program"


def test_what_the_program_tells(station: Station, world: World) -> None:
    hub_home(station.home).mkdir()
    (hub_home(station.home) / "server.json").write_text('{"role": "hub", "site": "demo", "database": ""}')
    hub_program._keep(hub_home(station.home), HubPlan("192.168.1.20"))
    assert hub_program.invite(station.home) == Invited(
        "https://192.168.1.20:8461", "7KM2Q-9XT4R-H", "qifu-enrol:1:…"
    )
