"""From an empty window to work: wizard, opening, sign-in, pages."""

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.app import _show_crash
from desktop.gateway import StationFacts, StationPlan
from desktop.shell.crash import CrashDialog
from desktop.shell.lock import IdleWatch
from desktop.shell.notices import Notices
from desktop.shell.page import PageSpec, SettingsBox
from desktop.shell.rescue import RescueScreen
from desktop.shell.startup import Startup
from desktop.shell.tasks import TaskRunner
from desktop.shell.window import MainWindow
from desktop.signin.page import SignInPage
from desktop.theme.theme import Theme
from desktop.theme.tokens import TextSize
from desktop.widgets import Tone
from desktop.wizard.steps import StepsArea
from desktop.wizard.wizard import Wizard
from domain.errors import AppError
from tests.ui.conftest import ADMIN, CLERK, NOW, PaperGateway, PlainPage

PAGES = [
    PageSpec("first", "受理", "note-pencil", PlainPage, words="sl"),
    PageSpec("boss", "督办", "flag", PlainPage, roles=frozenset({"admin"})),
    PageSpec("last", "设置", "gear", PlainPage, words="sz"),
]
DEMO = StationFacts("演示中心", "YS", demo=True, key_kind="home_file", staff=(CLERK,))


class Rig:
    def __init__(self, window: MainWindow, startup: Startup, qtbot: QtBot) -> None:
        self.window, self.startup, self.qtbot = window, startup, qtbot

    def screen(self) -> Any:
        return self.window.frame.screens.currentWidget()

    def wait_for(self, kind: type) -> Any:
        self.qtbot.waitUntil(lambda: isinstance(self.screen(), kind))
        return self.screen()

    def wait_for_pages(self) -> None:
        self.qtbot.waitUntil(lambda: self.screen() is self.window.frame.pages)

    def page(self) -> PlainPage:
        page = self.window.frame.pages.currentWidget()
        assert isinstance(page, PlainPage)
        return page


@pytest.fixture
def rig(
    qtbot: QtBot,
    tasks: TaskRunner,
    notices: Notices,
    theme: Theme,
    settings: SettingsBox,
    gateway: PaperGateway,
) -> Iterator[Rig]:
    window = MainWindow(tasks, notices, theme, lambda: NOW)
    startup = Startup(window, gateway, tasks, notices, settings, theme, PAGES)
    window.show()
    yield Rig(window, startup, qtbot)
    startup.close()
    window.close()
    window.deleteLater()


def press(rig: Rig, key: Qt.Key) -> None:
    rig.qtbot.keyClick(rig.window.focusWidget(), key)


def test_demonstration_centre_needs_nothing_but_enter(rig: Rig, gateway: PaperGateway, qtbot: QtBot) -> None:
    gateway.there = False
    gateway.facts_now = DEMO
    rig.startup.begin()
    wizard = rig.wait_for(Wizard)
    press(rig, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: wizard.step() == 1)
    press(rig, Qt.Key.Key_Return)
    assert wizard.step() == 2
    press(rig, Qt.Key.Key_Return)
    rig.wait_for_pages()
    assert gateway.made == [StationPlan()]
    assert rig.page().shown == 1


def test_the_arrows_choose_and_never_leave_the_choices(rig: Rig, gateway: PaperGateway) -> None:
    gateway.there = False
    rig.startup.begin()
    wizard = rig.wait_for(Wizard)
    chosen = []
    for key in (
        Qt.Key.Key_Down,
        Qt.Key.Key_Down,
        Qt.Key.Key_Down,
        Qt.Key.Key_Up,
        Qt.Key.Key_Up,
        Qt.Key.Key_Up,
    ):
        press(rig, key)
        chosen.append(next(n for n, one in enumerate(wizard.choose._choices) if one.isChecked()))
        assert rig.window.focusWidget() is wizard.choose._choices[chosen[-1]]
    assert chosen == [1, 2, 2, 1, 0, 0]


def test_tab_comes_by_everything_in_the_wizard(rig: Rig, gateway: PaperGateway) -> None:
    gateway.there = False
    rig.startup.begin()
    wizard = rig.wait_for(Wizard)
    press(rig, Qt.Key.Key_Down)
    seen = []
    for _ in range(12):
        press(rig, Qt.Key.Key_Tab)
        seen.append(rig.window.focusWidget())
    form = wizard.choose.enrol_form
    for part in (
        form.code_field.editor,
        form.address_field.editor,
        form.name_field.editor,
        wizard.next_button,
    ):
        assert part in seen


def test_the_wizard_cuts_nothing_with_the_largest_text(rig: Rig, gateway: PaperGateway, theme: Theme) -> None:
    gateway.there = False
    before = theme.tokens
    theme.use(before.scheme, TextSize.LARGER)
    rig.startup.begin()
    wizard = rig.wait_for(Wizard)
    rig.window.resize(1366, 768)
    wizard.choose.choose_join()
    form = wizard.choose.enrol_form
    wizard._bar.say("连不上中心。" * 12, Tone.DANGER)
    fields = (form.code_field, form.address_field, form.name_field, wizard.choose._alone)
    rig.qtbot.waitUntil(lambda: all(part.height() >= part.minimumSizeHint().height() for part in fields))
    form.address_field.setFocus()
    area = wizard.findChild(StepsArea)
    field, sight = form.address_field, area.viewport()
    for height in (768, 560):  # what is laid out later moves it
        rig.window.resize(1366, height)
        rig.qtbot.waitUntil(lambda: 0 <= field.mapTo(sight, QPoint()).y() <= sight.height() - field.height())
    theme.use(before.scheme, before.text_size)


def test_own_station_is_checked_before_anything_is_made(
    rig: Rig, gateway: PaperGateway, qtbot: QtBot
) -> None:
    gateway.there = False
    rig.startup.begin()
    wizard = rig.wait_for(Wizard)
    wizard.choose.choose_alone()
    wizard.next_button.click()
    assert wizard.choose.name_field.error()
    assert wizard.choose.letters_field.error()
    assert gateway.made == []
    wizard.choose.name_field.set_text("高新园区企业服务站")
    qtbot.keyClicks(wizard.choose.letters_field.editor, "gx")
    wizard.next_button.click()
    qtbot.waitUntil(lambda: wizard.step() == 1)
    assert gateway.made == [StationPlan(demo=False, site_name="高新园区企业服务站", site_letters="GX")]


def test_refusal_keeps_what_was_typed(rig: Rig, gateway: PaperGateway, qtbot: QtBot) -> None:
    gateway.there = False
    gateway.make_error = AppError("storage.wrong_key")
    rig.startup.begin()
    wizard = rig.wait_for(Wizard)
    wizard.choose.choose_alone()
    wizard.choose.name_field.set_text("甲站")
    wizard.choose.letters_field.set_text("JZ")
    wizard.next_button.click()
    qtbot.waitUntil(lambda: bool(wizard.refusal()))
    assert wizard.step() == 0
    assert wizard.choose.name_field.text() == "甲站"
    assert wizard.next_button.isEnabled()


def test_double_enter_makes_one_station(rig: Rig, gateway: PaperGateway, qtbot: QtBot) -> None:
    gateway.there = False
    gateway.facts_now = DEMO
    rig.startup.begin()
    wizard = rig.wait_for(Wizard)
    wizard.next_button.click()
    wizard.next_button.click()
    qtbot.waitUntil(lambda: wizard.step() == 1)
    assert len(gateway.made) == 1


def test_station_without_passwords_goes_straight_to_work(rig: Rig) -> None:
    rig.startup.begin()
    rig.wait_for_pages()
    assert rig.window.windowTitle().startswith("高新园区企业服务站")


def test_sign_in_where_people_have_passwords(rig: Rig, gateway: PaperGateway, qtbot: QtBot) -> None:
    gateway.facts_now = replace(gateway.facts_now, staff=(CLERK, ADMIN))
    rig.startup.begin()
    page = rig.wait_for(SignInPage)
    page.pick("clerk")
    page.type_password("wrong")
    page.press_enter()
    qtbot.waitUntil(lambda: bool(page.error()))
    assert rig.screen() is page
    page.type_password("open sesame")
    page.press_enter()
    rig.wait_for_pages()


def test_pages_are_offered_by_role(rig: Rig, gateway: PaperGateway) -> None:
    gateway.facts_now = replace(gateway.facts_now, staff=(CLERK, ADMIN))
    gateway.passwords["admin"] = "x"
    rig.startup.begin()
    page = rig.wait_for(SignInPage)
    page.went_on.emit()
    rig.wait_for_pages()
    assert rig.window.frame.rail.page_ids() == ["first", "last"]
    rig.window.sign_out_asked.emit()
    page = rig.wait_for(SignInPage)
    page.pick("admin")
    page.type_password("x")
    page.press_enter()
    rig.wait_for_pages()
    assert rig.window.frame.rail.page_ids() == ["first", "boss", "last"]


def test_changing_the_person_keeps_what_is_typed(rig: Rig, gateway: PaperGateway) -> None:
    gateway.facts_now = replace(gateway.facts_now, staff=(CLERK,))
    rig.startup.begin()
    rig.wait_for(SignInPage).went_on.emit()
    rig.wait_for_pages()
    page = rig.page()
    line = QLineEdit(page)
    line.setText("还没受理完")
    rig.window.sign_out_asked.emit()
    rig.wait_for(SignInPage).went_on.emit()
    rig.wait_for_pages()
    assert rig.page() is page
    assert line.text() == "还没受理完"


def test_commits_reach_the_pages(rig: Rig, gateway: PaperGateway, qtbot: QtBot) -> None:
    rig.startup.begin()
    rig.wait_for_pages()
    changes = _Changes(frozenset({"cases"}))
    gateway.station.listeners[0](changes)
    qtbot.waitUntil(lambda: rig.page().told == [changes])


def test_restore_closes_the_station_first_and_opens_again(
    rig: Rig, gateway: PaperGateway, qtbot: QtBot, tmp_path: Any
) -> None:
    rig.startup.begin()
    rig.wait_for_pages()
    first = gateway.station
    rig.startup.navigator.restore_asked.emit(tmp_path / "a.db")
    qtbot.waitUntil(lambda: gateway.station is not first)
    rig.wait_for_pages()
    assert first.closed
    assert gateway.restored == [tmp_path / "a.db"]


def test_wiping_the_demonstration_leads_back_to_the_wizard(
    rig: Rig, gateway: PaperGateway, qtbot: QtBot
) -> None:
    gateway.facts_now = DEMO
    rig.startup.begin()
    rig.wait_for_pages()
    rig.startup.navigator.wipe_asked.emit()
    rig.wait_for(Wizard)
    assert gateway.wiped == 1
    assert gateway.station.closed


def test_store_that_cannot_be_opened_is_said_and_can_be_tried_again(
    rig: Rig, gateway: PaperGateway, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(gateway, "open", _refuse)
        rig.startup.begin()
        screen = rig.wait_for(RescueScreen)
    screen.retry.click()
    rig.wait_for_pages()


def test_lock_asks_the_one_who_is_signed_in(rig: Rig, gateway: PaperGateway, qtbot: QtBot) -> None:
    gateway.facts_now = replace(gateway.facts_now, staff=(CLERK,))
    rig.startup.begin()
    page = rig.wait_for(SignInPage)
    page.type_password("open sesame")
    page.press_enter()
    rig.wait_for_pages()
    rig.startup.lock()
    sheet = rig.window.lock_sheet
    assert sheet.isVisible()
    sheet.unlock_asked.emit("wrong")
    qtbot.waitUntil(lambda: bool(sheet.refusal()))
    assert sheet.isVisible()
    sheet.unlock_asked.emit("open sesame")
    qtbot.waitUntil(lambda: not sheet.isVisible())


def test_no_key_works_beneath_the_lock(rig: Rig, gateway: PaperGateway, qtbot: QtBot) -> None:
    rig.startup.begin()
    rig.wait_for_pages()
    line = QLineEdit(rig.page())
    line.show()
    line.setText("还没受理完")
    rig.startup.lock()
    for key in (Qt.Key.Key_K, Qt.Key.Key_2):
        qtbot.keyClick(rig.window.focusWidget(), key, Qt.KeyboardModifier.ControlModifier)
    assert not rig.window.palette_sheet.isVisible()
    assert rig.page().shown == 1
    rig.window.lock_sheet.unlock()
    assert line.text() == "还没受理完"


def test_person_who_was_disabled_is_signed_out_and_the_form_stays(
    rig: Rig, gateway: PaperGateway, qtbot: QtBot
) -> None:
    gateway.facts_now = replace(gateway.facts_now, staff=(CLERK, ADMIN))
    rig.startup.begin()
    page = rig.wait_for(SignInPage)
    page.pick("clerk")
    page.type_password("open sesame")
    page.press_enter()
    rig.wait_for_pages()
    form = rig.page()
    gateway.facts_now = replace(gateway.facts_now, staff=(replace(CLERK, active=False), ADMIN))
    gateway.station.listeners[0](_Changes(frozenset({"reference"})))
    rig.wait_for(SignInPage).went_on.emit()
    rig.wait_for_pages()
    assert rig.page() is form


def test_idle_watch_counts_from_the_last_touch(qapp: QApplication, qtbot: QtBot) -> None:
    host = QLineEdit()
    qtbot.addWidget(host)
    watch = IdleWatch(qapp, host)
    watch.set_minutes(1)
    watch._timer.setInterval(600_000)
    started: list[int] = []
    watch._timer.timeout.connect(lambda: started.append(1))
    watch._timer.stop()
    qtbot.keyClick(host, Qt.Key.Key_A)
    assert watch._timer.isActive()
    with qtbot.waitSignal(watch.idle):
        watch._timer.start(0)
    watch.set_minutes(0)
    qtbot.keyClick(host, Qt.Key.Key_B)
    assert not watch._timer.isActive()
    qapp.removeEventFilter(watch)


def test_bug_in_a_slot_is_reported_without_the_person_and_work_goes_on(
    rig: Rig, qtbot: QtBot, qapp: QApplication
) -> None:
    rig.startup.begin()
    rig.wait_for_pages()
    desk = SimpleNamespace(window=rig.window, modes=None)
    try:
        _slot_with_a_bug("陈经办", "13800138000")
    except ValueError as error:
        _show_crash(desk)(type(error), error, error.__traceback__)
    dialog = rig.window.findChild(CrashDialog)
    next(b for b in dialog.findChildren(QPushButton) if b.accessibleName() == "复制报告").click()
    copied = qapp.clipboard().text()
    assert "_slot_with_a_bug" in copied
    for private in ("13800138000", "1380013", "陈经办", "phone="):
        assert private not in copied
    assert rig.window.isEnabled()
    dialog.close()


def _slot_with_a_bug(name: str, phone: str) -> None:
    local = f"phone={phone}"
    try:
        {}[local]
    except KeyError as error:
        raise ValueError(f"{name} {local}") from error


def _refuse() -> Any:
    raise AppError("storage.wrong_key")


class _Changes:
    elsewhere = False

    def __init__(self, areas: frozenset[str]) -> None:
        self.areas = areas
