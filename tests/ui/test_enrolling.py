"""Joining a centre at the window: the form, the wizard's way and the settings' card, against a server on loopback."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from desktop.scanning.scanner import Scanner
from desktop.settings import Settings
from desktop.shell.notices import Notices
from desktop.shell.page import Navigator, SettingsBox
from desktop.shell.tasks import TaskRunner
from desktop.station_gateway import StationGateway
from desktop.sync.enrol_card import EnrolCard
from desktop.sync.enrol_form import EnrolForm
from desktop.theme.theme import Theme
from desktop.wizard.wizard import Wizard
from services.setup import init_station
from services.site import change_site, read_site
from services.station import Station, open_station
from sync.enrol_code import Invitation, new_code, shown
from tests.fixed import FixedClock
from tests.patience import PATIENCE_S
from tests.sync.centre_double import Centre
from tests.sync.small_server import Asked, SmallServer
from tests.ui.conftest import NOW
from tests.ui.test_scanning import FakeCamera

PIN = bytes(range(32))


@pytest.fixture
def server() -> Iterator[SmallServer]:
    with SmallServer() as server:
        yield server


@pytest.fixture
def centre(server: SmallServer, clock: FixedClock) -> Centre:
    return Centre(server, clock)


@pytest.fixture
def code(centre: Centre) -> str:
    code = new_code()
    centre.codes[code] = ""
    return code


@pytest.fixture
def form(qtbot: QtBot, tasks: TaskRunner) -> EnrolForm:
    form = EnrolForm(tasks)
    qtbot.addWidget(form)
    form.show()
    return form


def test_a_gun_types_the_whole_qr_code(qtbot: QtBot, form: EnrolForm) -> None:
    code = new_code()
    qtbot.keyClicks(form.code_field.editor, Invitation(code, "https://hub.example:8443", PIN).text)
    qtbot.keyClick(form.code_field.editor, Qt.Key.Key_Return)
    assert form.code_field.text() == shown(code)
    assert form.address_field.text() == "https://hub.example:8443"
    enrolment = form.enrolment()
    assert enrolment is not None
    with enrolment:
        assert enrolment._invitation == Invitation(code, "https://hub.example:8443", PIN)


def test_enter_in_a_field_leads_to_the_next_and_presses_nothing_around_the_form(
    qtbot: QtBot, wizard: Wizard, code: str
) -> None:
    wizard.show()
    wizard.choose.choose_join()
    form = wizard.choose.enrol_form
    qtbot.keyClicks(form.code_field.editor, code)
    qtbot.keyClick(form.code_field.editor, Qt.Key.Key_Return)
    assert form.address_field.error() == ""
    assert not wizard.choose.enrol_form.code_field.error()
    assert wizard.next_button.isEnabled()


def test_the_fingerprint_goes_with_the_address_it_came_with(qtbot: QtBot, form: EnrolForm) -> None:
    form.take(Invitation(new_code(), "https://hub.example:8443", PIN).text)
    qtbot.keyClicks(form.address_field.editor, "/x")
    enrolment = form.enrolment()
    assert enrolment is not None
    with enrolment:
        assert enrolment._invitation.pin is None


def test_the_clipboard_is_read_as_text(qtbot: QtBot, form: EnrolForm) -> None:
    code = new_code()
    QGuiApplication.clipboard().setText(Invitation(code, "https://hub.example").text)
    form.paste_button.click()
    assert form.code_field.text() == shown(code)
    QGuiApplication.clipboard().setText("午饭吃什么")
    form.paste_button.click()
    assert form.code_field.error()
    assert form.address_field.text() == "https://hub.example"
    QGuiApplication.clipboard().clear()
    form.paste_button.click()
    assert form.code_field.error()


def test_a_camera_reads_the_code(qtbot: QtBot, form: EnrolForm) -> None:
    code = new_code()
    sheet = form.open_camera(FakeCamera())
    sheet.scanned.emit(Invitation(code, "https://hub.example").text)
    assert form.code_field.text() == shown(code)
    sheet.close_sheet()


@pytest.mark.parametrize(
    ("code", "address", "wrong"),
    [("7KM2Q", "https://hub.example", "code"), ("", "", "code"), (None, "", "address"),
     (None, "http://10.0.0.1", "address")],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(
    form: EnrolForm, code: str | None, address: str, wrong: str
) -> None:
    form.code_field.set_text(new_code() if code is None else code)
    form.address_field.set_text(address)
    assert form.enrolment() is None
    assert bool(form.code_field.error()) == (wrong == "code")
    assert bool(form.address_field.error()) == (wrong == "address")


# First start


@pytest.fixture
def wizard(qtbot: QtBot, tasks: TaskRunner, theme: Theme, tmp_path: Path) -> Wizard:
    gateway = StationGateway(tmp_path / "home", tasks.in_background)
    wizard = Wizard(gateway, tasks, SettingsBox(tmp_path, Settings()), theme)
    qtbot.addWidget(wizard)
    wizard.resize(1366, 768)
    wizard.show()
    wizard.choose.choose_join()
    return wizard


def _fill(form: EnrolForm, code: str, url: str) -> None:
    form.code_field.set_text(shown(code))
    form.address_field.set_text(url)
    form.name_field.set_text("3号窗口")


def test_a_fresh_pc_joins_in_the_first_step(
    qtbot: QtBot, wizard: Wizard, server: SmallServer, centre: Centre, code: str
) -> None:
    _fill(wizard.choose.enrol_form, code, server.url)
    wizard.next_button.click()
    qtbot.waitUntil(lambda: wizard.step() == 1)
    wizard.next_button.click()
    with qtbot.waitSignal(wizard.finished) as finished:
        wizard.next_button.click()
    station = finished.args[0]
    assert station.call(lambda uow, *_: uow.events.node.site) == "gx"
    assert centre.statements[0].name == "3号窗口"
    station.close()


def test_a_refusal_leaves_what_was_typed(
    qtbot: QtBot, wizard: Wizard, server: SmallServer, centre: Centre, code: str
) -> None:
    form = wizard.choose.enrol_form
    centre.codes[code] = "enrol.expired"
    _fill(form, code, server.url)
    wizard.show()
    wizard.next_button.click()
    qtbot.keyClick(wizard, Qt.Key.Key_Return)  # once too often
    qtbot.waitUntil(wizard.next_button.isEnabled)
    assert "过期" in wizard.refusal()
    assert wizard.focusWidget() is form.code_field.editor
    assert (form.code_field.text(), form.address_field.text()) == (shown(code), server.url)
    centre.codes[code] = ""
    wizard.next_button.click()
    qtbot.waitUntil(lambda: wizard.step() == 1)
    wizard._station.close()


def test_the_wizard_may_be_cancelled(qtbot: QtBot, wizard: Wizard, server: SmallServer, code: str) -> None:
    reached, over = threading.Event(), threading.Event()

    def hold(asked: Asked) -> None:
        reached.set()
        over.wait(PATIENCE_S)

    server.routes["/v1/enrol"] = hold
    _fill(wizard.choose.enrol_form, code, server.url)
    wizard.next_button.click()
    qtbot.waitUntil(reached.is_set)
    assert wizard.cancel_button.isVisible()
    wizard.cancel_button.click()
    qtbot.waitUntil(wizard.next_button.isEnabled)
    over.set()
    assert wizard.step() == 0
    assert wizard.refusal() == ""


# Settings


@pytest.fixture
def alone(tmp_path: Path, clock: FixedClock) -> Iterator[Station]:
    init_station(tmp_path / "alone", site_name="独立服务站", site_letters="HN", clock=clock)
    station = open_station(tmp_path / "alone", clock=clock)
    yield station
    station.close()


@pytest.fixture
def card(qtbot: QtBot, tasks: TaskRunner, alone: Station) -> EnrolCard:
    context: Any = SimpleNamespace(tasks=tasks, station=alone)
    card = EnrolCard(context)
    qtbot.addWidget(card)
    card.show()
    card.load()
    qtbot.waitUntil(lambda: card.form.isVisible())
    return card


def test_a_station_joins_from_its_settings(
    qtbot: QtBot, card: EnrolCard, server: SmallServer, centre: Centre, code: str
) -> None:
    _fill(card.form, code, server.url)
    qtbot.keyClick(card.form.name_field.editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: server.url in card.facts.text())
    assert "高新区企业服务中心" in card.facts.text()
    assert "编号不变" in card.bar.text()
    assert not card.form.isVisible()
    assert card.again_button.isVisible()
    card.again_button.click()
    assert card.form.isVisible()


def test_what_papers_lose_by_joining_is_told(
    qtbot: QtBot, card: EnrolCard, alone: Station, server: SmallServer, centre: Centre, code: str
) -> None:
    known = alone.call(read_site).form
    alone.call(change_site, replace(known, phone="0570-88001234", address="河畔路 8 号"))
    centre.site.pop("address", None)
    centre.site["phone"] = "0570-1"
    _fill(card.form, code, server.url)
    card.join_button.click()
    qtbot.waitUntil(lambda: server.url in card.facts.text())
    assert "不再印地址" in card.bar.text()
    assert "电话" not in card.bar.text()


def test_the_settings_say_what_was_refused_and_keep_what_was_typed(
    qtbot: QtBot, card: EnrolCard, server: SmallServer, centre: Centre, code: str
) -> None:
    centre.codes[code] = "enrol.used"
    _fill(card.form, code, server.url)
    card.join_button.click()
    assert card.cancel_button.isVisible()
    qtbot.waitUntil(card.join_button.isVisible)
    assert "另一台电脑" in card.bar.text()
    assert card.form.code_field.text() == shown(code)


def test_an_invitation_scanned_anywhere_opens_the_settings(qtbot: QtBot, tasks: TaskRunner) -> None:
    opened: list[tuple[str, Any]] = []
    front: Any = SimpleNamespace(page=lambda: object(), offers=lambda page_id: page_id == "settings")
    navigator = Navigator()
    navigator.requested.connect(lambda page_id, argument: opened.append((page_id, argument)))
    scanner = Scanner(front, tasks, Notices(lambda: NOW))
    scanner.use(object(), navigator, lambda: "3")
    text = Invitation(new_code(), "https://hub.example").text
    scanner.take(text)
    assert opened == [("settings", text)]


def test_the_form_takes_what_was_scanned_elsewhere(card: EnrolCard) -> None:
    code = new_code()
    card.take(Invitation(code, "https://hub.example").text)
    assert card.form.code_field.text() == shown(code)
    assert card.form.address_field.text() == "https://hub.example"
