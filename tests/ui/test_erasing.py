"""依法删除个人信息 on the page of a case."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from desktop.cases.page import CasesPage
from desktop.shell.notices import Notices
from desktop.shell.tasks import TaskRunner
from desktop.theme.theme import Theme
from domain.cases.intake import ContactForm
from domain.staff import Actor, Role
from services.cases import accept_case, show_case
from services.station import Station
from tests.fixed import form
from tests.ui.desk import Desk, make_desk


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
