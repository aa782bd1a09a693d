"""Settings that concern site and people, and signing in, over a real store."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.gateway import StaffEntry
from desktop.settings_page.page import SettingsPage
from desktop.shell.notices import Notices
from desktop.shell.tasks import TaskRunner
from desktop.signin.page import SignInPage
from desktop.station_gateway import StationGateway
from desktop.theme.theme import Theme
from domain.staff import Role
from services.setup import init_station
from services.site import read_site
from services.staff import MAX_FAILURES, list_staff, save_member, sign_in
from services.station import Station, open_station
from tests.fixed import FixedClock
from tests.patience import PATIENCE_S
from tests.ui.desk import Desk, make_desk


@pytest.fixture
def alone(tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Station]:
    monkeypatch.setattr("services.staff.hash_password", lambda password: f"hash {password}")
    monkeypatch.setattr("services.staff.verify_password", lambda hashed, word: hashed == f"hash {word}")
    init_station(tmp_path / "alone", site_name="高新站", site_letters="GX", clock=clock)
    opened = open_station(tmp_path / "alone", clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def desk(alone: Station, tasks: TaskRunner, notices: Notices, theme: Theme, qtbot: QtBot) -> Iterator[Desk]:
    made = make_desk(alone, tasks, notices, theme, qtbot)
    made.context = replace(made.context, gateway=StationGateway(alone.home, tasks.in_background))
    yield made
    made.qtbot.waitUntil(lambda: tasks.is_idle)


def open_page(desk: Desk) -> SettingsPage:
    page: SettingsPage = desk.show(SettingsPage(desk.context, list))
    page.on_shown()
    desk.settle()
    return page


def add(
    desk: Desk, page: SettingsPage, staff_id: str, name: str, role: str, word: str, again: str = ""
) -> None:
    card = page.staff
    card.id.set_text(staff_id)
    card.name.set_text(name)
    card.role.set_value(role)
    card.password.set_text(word)
    card.again.set_text(again or word)
    card.save.click()
    desk.settle()
    page.on_shown()
    desk.settle()


def test_site_is_changed_as_typed(desk: Desk) -> None:
    page = open_page(desk)
    page.site.fields["phone"].set_text("0571-86000000")
    page.site.fields["sat"].set_text("9:00-11:30")
    desk.press(page.site.fields["sat"].editor, Qt.Key.Key_Return)
    desk.settle()
    form = desk.station.call(read_site).form
    assert (form.phone, form.weekly["sat"]) == ("0571-86000000", "09:00-11:30")
    assert page.site.fields["sat"].text() == "09:00-11:30"


def test_refused_hours_are_marked_at_their_day_and_stay(desk: Desk) -> None:
    page = open_page(desk)
    page.site.fields["tue"].set_text("九点到五点")
    page.site.save.click()
    desk.settle()
    assert "周二" in page.site.fields["tue"].error()
    assert page.site.fields["tue"].text() == "九点到五点"


def test_a_public_address_that_would_show_its_links_is_refused_where_it_stands(desk: Desk) -> None:
    page = open_page(desk)
    field = page.site.fields["web_address"]
    field.set_text("http://fw.example.gov.cn")
    page.site.save.click()
    desk.settle()
    assert "https://" in field.error()
    field.set_text("https://fw.example.gov.cn/")
    page.site.save.click()
    desk.settle()
    assert field.error() == ""
    assert desk.station.call(read_site).form.web_address == "https://fw.example.gov.cn"


def test_what_is_published_elsewhere_does_not_overwrite_typing(desk: Desk) -> None:
    page = open_page(desk)
    page.site.fields["address"].set_text("正在输入的地址")
    facts = desk.station.call(read_site)
    desk.context.gateway.change_site(
        desk.station,
        name="新名称",
        phone=facts.form.phone,
        address="",
        windows=1,
        zone=facts.form.zone,
        weekly=facts.form.weekly,
    ).result(PATIENCE_S)
    page.on_shown()
    desk.settle()
    assert page.site.fields["name"].text() == "新名称"
    assert page.site.fields["address"].text() == "正在输入的地址"


def test_first_administrator_then_the_device_may_change_nothing(desk: Desk) -> None:
    page = open_page(desk)
    assert page.staff.role.value() == "admin"
    add(desk, page, "zhou", "周管理", "admin", "open sesame")
    assert [(m.id, m.role) for m in desk.station.call(list_staff)] == [("zhou", Role.ADMIN)]
    assert page.site.save.isHidden()
    add(desk, page, "lin", "林窗口", "clerk", "first word")
    assert page.staff.refusal()
    assert page.staff.name.text() == "林窗口"


def test_passwords_that_differ_are_not_taken(desk: Desk) -> None:
    page = open_page(desk)
    add(desk, page, "zhou", "周管理", "admin", "open sesame", "open sesam")
    assert page.staff.refusal()
    assert desk.station.call(list_staff) == ()


def test_member_is_disabled_and_own_password_changed(desk: Desk) -> None:
    page = open_page(desk)
    add(desk, page, "zhou", "周管理", "admin", "open sesame")
    sign_in(desk.station, "zhou", "open sesame")
    add(desk, page, "lin", "林窗口", "clerk", "first word")
    page.staff.who.set_value("lin")
    page.staff.who.chosen.emit("lin")
    page.staff.active.set_value(False)
    page.staff.save.click()
    desk.settle()
    assert {m.id: m.active for m in desk.station.call(list_staff)} == {"zhou": True, "lin": False}
    assert page.password.isVisible()
    page.password.present.set_text("open sesam")
    page.password.fresh.set_text("a new word")
    page.password.again.set_text("a new word")
    page.password.save.click()
    desk.settle()
    assert page.password.refusal()
    page.password.present.set_text("open sesame")
    page.password.save.click()
    desk.settle()
    assert sign_in(desk.station, "zhou", "a new word").id == "zhou"


def sign_in_page(desk: Desk) -> Any:
    entry = StaffEntry("zhou", "周管理", "admin", has_password=True)
    return desk.show(SignInPage(desk.context.gateway, desk.context.tasks, desk.station, "高新站", [entry]))


def test_lock_out_says_for_how_many_minutes(desk: Desk, clock: FixedClock) -> None:
    desk.station.call(save_member, "zhou", "周管理", Role.ADMIN, None, "open sesame")
    page = sign_in_page(desk)
    for _ in range(MAX_FAILURES):
        page.type_password("guess")
        page.press_enter()
        desk.settle()
    assert "5 分钟" in page.error()
    clock.move(hours=2 / 60)
    page.type_password("open sesame")
    page.press_enter()
    desk.settle()
    assert "3 分钟" in page.error()
    clock.move(hours=3 / 60)
    with desk.qtbot.waitSignal(page.signed_in):
        page.press_enter()
    desk.settle()
