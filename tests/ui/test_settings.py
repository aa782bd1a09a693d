"""Settings survive, are upgraded, and a broken file is kept aside; the page changes them."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.gateway import StaffEntry
from desktop.settings import UPGRADES, VERSION, Settings, load_settings, save_settings, settings_from
from desktop.settings_page.page import SettingsPage
from desktop.shell.page import PageContext
from desktop.theme.tokens import Scheme, TextSize
from tests.ui.conftest import PaperGateway

SHIPPED = {
    1: (
        {
            "version": 1,
            "scheme": "dark",
            "text_size": "large",
            "idle_minutes": 5,
            "window": "3",
            "printer": "HP",
        },
        Settings(Scheme.DARK, TextSize.LARGE, 5, "3", dict.fromkeys(("a5", "a4", "80mm", "58mm"), "HP")),
    ),
    2: ({**asdict(Settings()), "version": 2}, Settings()),
    3: (
        {**asdict(Settings()), "version": 3, "scanner_port": "COM3", "scanner_baud": 115200},
        Settings(scanner_port="COM3", scanner_baud=115200),
    ),
    4: (
        {
            **asdict(Settings()),
            "ticket_paper": "58mm",
            "voice_volume": 300,
            "voice_place": "roof",
            "strip": True,
            "version": 4,
        },
        Settings(ticket_paper="58mm", voice_volume=100, strip=True),
    ),
    5: (
        {**asdict(Settings()), "strip_place": "20,40", "queue_folded": True, "version": 5},
        Settings(strip_place="20,40", queue_folded=True),
    ),
    6: ({**asdict(Settings()), "sync_warn_days": 90}, Settings(sync_warn_days=30)),
}


@pytest.mark.parametrize("version", range(1, VERSION + 1))
def test_every_version_is_upgraded(version: int) -> None:
    document, wanted = SHIPPED[version]
    assert settings_from(document) == wanted


def test_every_upgrade_has_a_step() -> None:
    assert set(UPGRADES) == set(range(1, VERSION))


def test_settings_come_back(tmp_path: Path) -> None:
    settings = Settings(Scheme.CONTRAST, TextSize.LARGER, 0, "7", {"a4": "针式 1"}, "a4")
    save_settings(tmp_path / "home", settings)
    assert load_settings(tmp_path / "home") == settings
    assert [file.name for file in (tmp_path / "home").iterdir()] == ["settings.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 2}', '{"version": 2, "scheme": "pink"}'])
def test_broken_file_is_kept_aside(tmp_path: Path, text: str) -> None:
    (tmp_path / "settings.json").write_text(text)
    assert load_settings(tmp_path) == Settings()
    assert (tmp_path / "settings.broken.json").read_text() == text


def test_newer_keys_do_no_harm() -> None:
    assert settings_from(asdict(Settings()) | {"version": 9, "later": 1}) == Settings()


@pytest.fixture
def page(context: PageContext, qtbot: QtBot) -> SettingsPage:
    page = SettingsPage(context, lambda: ["HP 1020"])
    qtbot.addWidget(page)
    page.show()
    page.on_shown()
    return page


def test_printers_are_kept_per_paper(page: SettingsPage, context: PageContext, tmp_path: Path) -> None:
    page.printers.printers["a4"].chosen.emit("HP 1020")
    assert json.loads((tmp_path / "home" / "settings.json").read_text())["printers"] == {"a4": "HP 1020"}
    page.printers.printers["a4"].chosen.emit("")
    assert context.settings.value.printers == {}


def test_printer_that_is_off_stays_chosen(context: PageContext, qtbot: QtBot) -> None:
    context.settings.change(printers={"80mm": "小票机"})
    page = SettingsPage(context, list)
    qtbot.addWidget(page)
    assert page.printers.printers["80mm"].value() == "小票机"


def test_wiping_needs_two_presses(page: SettingsPage, context: PageContext, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(context.navigator.wipe_asked):
        page.demo.wipe.click()
    with qtbot.waitSignal(context.navigator.wipe_asked):
        page.demo.wipe.click()


def test_doctor_says_how_each_finding_stands(page: SettingsPage, qtbot: QtBot) -> None:
    page.doctor._start.click()
    qtbot.waitUntil(lambda: bool(page.doctor.report()))
    assert page.doctor.report().splitlines() == ["● 完整", "▲ 三天没有备份"]


def test_member_is_saved_as_typed(page: SettingsPage, gateway: PaperGateway, qtbot: QtBot) -> None:
    page.staff.id.set_text("zhou")
    page.staff.name.set_text("周管理")
    page.staff.role.set_value("admin")
    page.staff.password.set_text("open sesame")
    page.staff.again.set_text("open sesame")
    page.staff.save.click()
    qtbot.waitUntil(lambda: bool(gateway.saved))
    assert gateway.saved == [(StaffEntry("zhou", "周管理", "admin"), "open sesame")]
