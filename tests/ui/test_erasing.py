"""依法删除个人信息 on the pages of a case and of an enterprise."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from desktop.cases.page import CasesPage
from desktop.enterprises.page import EnterprisesPage
from desktop.erasure_words import plan_lines
from desktop.shell.notices import Notices
from desktop.shell.tasks import TaskRunner
from desktop.theme.theme import Theme
from domain.cases.intake import ContactForm
from domain.staff import Actor, Role
from services.cases import accept_case, show_case
from services.erasure import Wanted, plan_erasure
from services.station import Station
from tests.fixed import form
from tests.ui.desk import SOUND, Desk, make_desk


@pytest.fixture
def desk(station: Station, tasks: TaskRunner, notices: Notices, theme: Theme, qtbot: QtBot) -> Iterator[Desk]:
    made = make_desk(station, tasks, notices, theme, qtbot)
    yield made
    made.qtbot.waitUntil(lambda: tasks.is_idle)


def opened(desk: Desk, role: Role) -> CasesPage:
    desk.station.actor = Actor("admin", role)
    case = desk.station.call(accept_case, form(contact=ContactForm(name="李小满", phone="13812345678")))
    page = desk.show(CasesPage(desk.context))
    page.case.show_case(case.id)
    desk.settle()
    return page


def test_an_administrator_sees_what_goes_and_deletes_it(desk: Desk) -> None:
    page = opened(desk, Role.ADMIN)
    card = page.case.erase
    assert card.isVisibleTo(page.case)
    card.ask.click()
    desk.settle()
    assert "1 条记录里的个人信息" in card.told.text()
    card.confirm.click()
    desk.settle()
    assert desk.station.call(show_case, page.case.key).text
    card.confirm.click()
    desk.settle()
    case = desk.station.call(show_case, page.case.key)
    assert (case.text, case.contact.name) == ("", "")
    assert not card.isVisibleTo(page.case)
    assert "依法删除" in page.case.bar.text()


def test_nobody_else_is_offered_it(desk: Desk) -> None:
    page = opened(desk, Role.CLERK)
    assert not page.case.erase.isVisibleTo(page.case)


def _enterprise(desk: Desk, role: Role, cases: int = 2) -> EnterprisesPage:
    desk.station.actor = Actor("admin", role)
    contact = ContactForm(name="李小满", phone="13812345678")
    for n in range(cases):
        wanted = form(
            uscc=SOUND, name="云溪明远精密机械有限公司", text=f"第 {n} 件事怎么办？", contact=contact
        )
        desk.station.call(accept_case, wanted)
    page = desk.show(EnterprisesPage(desk.context))
    page.open_item(SOUND)
    desk.settle()
    desk.settle()
    return page


def test_all_of_an_enterprise_goes_once_it_was_named(desk: Desk) -> None:
    page = _enterprise(desk, Role.ADMIN)
    card = page.enterprise.erase
    assert card.isVisibleTo(page.enterprise)
    card.ask.click()
    desk.settle()
    numbers = [row.number for row in desk.cases()]
    assert all(number in card.told.text() for number in numbers)
    assert "云溪明远精密机械有限公司" in card.told.text()
    card.confirm.click()
    desk.settle()
    assert all(desk.case(number).text for number in numbers)
    card.confirm.click()
    desk.settle()
    desk.settle()
    assert [(desk.case(number).text, desk.case(number).contact.name) for number in numbers] == [("", "")] * 2
    assert "依法删除" in page.enterprise.bar.text()
    assert not card.confirm.isVisibleTo(card)


def test_who_may_not_erase_sees_no_card_at_an_enterprise(desk: Desk) -> None:
    page = _enterprise(desk, Role.SUPERVISOR, 1)
    assert not page.enterprise.erase.isVisibleTo(page.enterprise)


def test_many_cases_are_counted(desk: Desk) -> None:
    _enterprise(desk, Role.ADMIN, 4)
    plan = desk.station.call(plan_erasure, Wanted(uscc=SOUND))
    lines = plan_lines(plan, 3)
    assert sum(line.startswith("办件") for line in lines) == 3
    assert "……共 4 件办件，其中未办结 4 件" in lines
    assert not any("共" in line for line in plan_lines(plan))
