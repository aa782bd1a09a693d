"""Stores that do not open: what is said, and the way back to work, over real files."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.gateway import StationPlan
from desktop.shell.crash import CrashDialog
from desktop.shell.daily import Daily
from desktop.shell.notices import Notices
from desktop.shell.page import PageSpec, SettingsBox
from desktop.shell.rescue import RescueScreen
from desktop.shell.startup import Startup
from desktop.shell.tasks import TaskRunner
from desktop.shell.window import MainWindow
from desktop.station_gateway import StationGateway
from desktop.theme.theme import Theme
from desktop.wizard.wizard import Wizard
from domain.errors import AppError
from services.care import daily_backup
from services.cases import accept_case, list_cases
from services.station import Station, open_station
from services.upkeep import new_recovery_code
from tests.fixed import FixedClock, form
from tests.patience import PATIENCE_S
from tests.ui.conftest import NOW, PaperGateway, PlainPage

PAGES = [PageSpec("first", "工作台", "house", PlainPage), PageSpec("last", "设置", "gear", PlainPage)]


class Rig:
    """The real gateway under the real window, up to the pages."""

    def __init__(self, window: MainWindow, startup: Startup, qtbot: QtBot) -> None:
        self.window, self.startup, self.qtbot = window, startup, qtbot

    def screen(self) -> Any:
        return self.window.frame.screens.currentWidget()

    def wait_for(self, kind: type) -> Any:
        self.qtbot.waitUntil(lambda: isinstance(self.screen(), kind))
        return self.screen()

    def wait_for_pages(self) -> None:
        pages = self.window.frame.pages
        self.qtbot.waitUntil(lambda: self.screen() is pages and self.startup.station is not None)

    def cases(self) -> int:
        total: int = self.startup.station.call(list_cases).total
        return total


@pytest.fixture
def rig(
    qtbot: QtBot,
    tasks: TaskRunner,
    notices: Notices,
    theme: Theme,
    settings: SettingsBox,
    station_home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Rig]:
    gateway = StationGateway(station_home, tasks.in_background)
    # Cases of their own make these tests' figures.
    monkeypatch.setattr(gateway, "fill_demo", lambda station: station.submit(list_cases))
    window = MainWindow(tasks, notices, theme, lambda: NOW)
    startup = Startup(window, gateway, tasks, notices, settings, theme, PAGES)
    window.show()
    yield Rig(window, startup, qtbot)
    startup.close()
    window.close()
    window.deleteLater()


def prepared(home: Path, *steps: Callable[[Station], Any]) -> list[Any]:
    with closing(open_station(home, clock=FixedClock())) as station:
        return [step(station) for step in steps]


def accept(station: Station) -> Any:
    return station.call(accept_case, form())


def backup(station: Station) -> Any:
    return station.run_aside(daily_backup)


def damage(home: Path) -> bytes:
    for log in home.glob("store.db-*"):
        log.unlink()
    broken = b"x" * 4096 + (home / "store.db").read_bytes()[4096:]
    (home / "store.db").write_bytes(broken)
    return broken


def test_damaged_store_is_kept_and_the_last_backup_opened(
    rig: Rig, station_home: Path, notices: Notices
) -> None:
    prepared(station_home, accept, backup, accept)
    broken = damage(station_home)
    rig.startup.begin()
    screen = rig.wait_for(RescueScreen)
    screen.restore.click()
    rig.wait_for_pages()
    assert rig.cases() == 1
    kept = next(station_home.glob("store.damaged-*.db"))
    assert kept.read_bytes() == broken
    assert kept.name in notices.all()[0].text


def test_damaged_store_without_backup_stays_as_it_is(rig: Rig, station_home: Path) -> None:
    broken = damage(station_home)
    rig.startup.begin()
    screen = rig.wait_for(RescueScreen)
    assert screen.restore.isHidden()
    assert screen.retry.isVisible()
    assert (station_home / "store.db").read_bytes() == broken


def test_damage_found_while_working_leads_to_the_backup(
    rig: Rig, station_home: Path, tasks: TaskRunner, notices: Notices
) -> None:
    prepared(station_home, accept, backup)
    rig.startup.begin()
    rig.wait_for_pages()
    tasks.refused.emit(AppError("storage.damaged"))
    notice = notices.all()[0]
    assert notice.act is not None
    notice.act()
    rig.wait_for(RescueScreen).restore.click()
    rig.wait_for_pages()
    assert rig.cases() == 1


def test_lost_key_is_brought_back_by_the_recovery_code(rig: Rig, station_home: Path) -> None:
    code = prepared(station_home, accept, lambda s: s.submit_upkeep(new_recovery_code).result())[1]
    (station_home / "store.key").unlink()
    rig.startup.begin()
    screen = rig.wait_for(RescueScreen)
    screen.recovery.set_text("12345")
    screen.recover.click()
    rig.qtbot.waitUntil(lambda: bool(screen.error()))
    assert rig.screen() is screen
    screen.recovery.set_text(code)
    rig.qtbot.keyClick(screen.recovery.editor, Qt.Key.Key_Return)
    rig.wait_for_pages()
    assert rig.cases() == 1


def test_key_of_another_station_is_told_from_damage(rig: Rig, station_home: Path) -> None:
    (station_home / "store.key").write_text("ab" * 32)
    rig.startup.begin()
    screen = rig.wait_for(RescueScreen)
    assert screen.code == "storage.wrong_key"
    assert screen.recovery.isVisible()
    assert screen.restore.isHidden()


@pytest.fixture
def locked_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rig: Rig) -> Path:
    """The home of ``rig`` as a station behind a passphrase."""
    home = rig.startup._gateway.home
    shutil.rmtree(home)
    monkeypatch.setenv("QIFU_PASSPHRASE", "right words")
    StationGateway(home, lambda fn, *args: fn(*args)).make(StationPlan())
    monkeypatch.delenv("QIFU_PASSPHRASE")
    assert json.loads((home / "key.json").read_text())["place"] == "passphrase"
    return home


def test_passphrase_is_asked_for_in_the_window(rig: Rig, locked_home: Path) -> None:
    rig.startup.begin()
    screen = rig.wait_for(RescueScreen)
    screen.passphrase.set_text("wrong words")
    screen.open.click()
    rig.qtbot.waitUntil(lambda: bool(screen.error()))
    screen.passphrase.set_text("right words")
    rig.qtbot.keyClick(screen.passphrase.editor, Qt.Key.Key_Return)
    rig.wait_for_pages()
    # What opens files by itself knows the passphrase too.
    findings = rig.startup._gateway.safety.doctor(rig.startup.station).result(PATIENCE_S)
    assert all(one.level != "bad" for one in findings)


def test_making_that_was_cut_off_begins_again(rig: Rig, station_home: Path) -> None:
    for file in station_home.glob("store.db*"):
        file.unlink()
    (station_home / "store.db").touch()
    rig.startup.begin()
    wizard = rig.wait_for(Wizard)
    wizard.next_button.click()
    rig.qtbot.waitUntil(lambda: wizard.step() == 1)


def test_enter_alone_leads_from_nothing_to_a_filled_demonstration(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = rig.startup._gateway
    shutil.rmtree(gateway.home)
    monkeypatch.undo()
    rig.startup.begin()
    wizard = rig.wait_for(Wizard)
    for step in (1, 2):
        rig.qtbot.keyClick(rig.window.focusWidget(), Qt.Key.Key_Return)
        rig.qtbot.waitUntil(lambda step=step: wizard.step() == step)
    rig.qtbot.keyClick(rig.window.focusWidget(), Qt.Key.Key_Return)
    rig.wait_for_pages()
    rig.qtbot.waitUntil(lambda: rig.cases() > 10)


def test_recovery_code_is_put_on_paper(rig: Rig, tmp_path: Path) -> None:
    import pypdfium2

    from desktop.recovery_paper import RecoveryTools

    tools = RecoveryTools()
    rig.qtbot.addWidget(tools)
    tools.set_code("高新站", "7K3M-9QRT-2WXY-4ABC")
    tools.write_pdf(str(tmp_path / "code.pdf"))
    with closing(pypdfium2.PdfDocument(tmp_path / "code.pdf")) as document:
        page = document[0].get_textpage()
        text = page.get_text_bounded()
        _, bottom, _, top = page.get_charbox(text.index("QRT"))
    # Qt's PDF shows the digits, but does not say which letters their glyphs are.
    for letters in ("QRT", "WXY", "ABC"):
        assert letters in text
    # Large enough to be typed from paper: a capital is about 6 mm high, 17 of the page's points.
    assert top - bottom > 15


def test_bug_while_opening_leaves_a_way_to_try_again(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(passphrase: str = "") -> Any:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(rig.startup._gateway, "open", broken)
        rig.startup.begin()
        screen = rig.wait_for(RescueScreen)
    dialog = rig.window.findChild(CrashDialog)
    assert "ZeroDivisionError" in dialog.report()
    dialog.close()
    screen.retry.click()
    rig.wait_for_pages()


def test_newer_store_says_so(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(passphrase: str = "") -> Any:
        raise AppError("storage.newer_version", found="0009", known="0001")

    monkeypatch.setattr(rig.startup._gateway, "open", refuse)
    rig.startup.begin()
    screen = rig.wait_for(RescueScreen)
    assert not screen.restore.isVisible()
    assert not screen.recovery.isVisible()


def test_full_disk_is_said_once_a_minute_not_with_every_key(
    tasks: TaskRunner, rig: Rig, notices: Notices
) -> None:
    for _ in range(5):
        tasks.refused.emit(AppError("storage.disk_full"))
    assert len(notices.all()) == 1


@pytest.fixture
def daily(gateway: PaperGateway, tasks: TaskRunner, notices: Notices, qtbot: QtBot) -> Iterator[Daily]:
    from PySide6.QtCore import QObject

    parent = QObject()
    made = Daily(gateway, tasks, notices, parent)
    made.start(gateway.station)
    yield made
    made.stop()
    parent.deleteLater()


def test_daily_work_is_quiet(
    daily: Daily, gateway: PaperGateway, tasks: TaskRunner, notices: Notices, qtbot: QtBot
) -> None:
    daily.look()
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert gateway.looked == 1
    assert notices.all() == []


def test_daily_work_that_fails_is_told_once(
    daily: Daily,
    gateway: PaperGateway,
    tasks: TaskRunner,
    notices: Notices,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from tests.ui.conftest import refused

    monkeypatch.setattr(gateway, "daily", lambda station: refused("storage.disk_full"))
    for _ in range(2):
        notices.mark_read()
        daily.look()
        qtbot.waitUntil(lambda: tasks.is_idle)
    assert len(notices.all()) == 1


def test_backup_is_made_and_stopped_at_the_end(station: Station, tasks: TaskRunner) -> None:
    gateway = StationGateway(station.home, tasks.in_background)
    assert gateway.safety.daily(station).result(PATIENCE_S)
    assert not gateway.safety.daily(station).result(PATIENCE_S)
    gateway.safety.end()
    assert len(list((station.home / "backups").glob("*.db"))) == 1


def test_backup_stops_when_the_program_ends(station: Station, tasks: TaskRunner) -> None:
    gateway = StationGateway(station.home, tasks.in_background)
    gateway.safety._ending.set()
    assert not gateway.safety.daily(station).result(PATIENCE_S)
    gateway.safety.end()
    assert not list((station.home / "backups").glob("*.db"))
