"""催办督办 on the case page: told to everybody, answered by the board that was asked."""

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from desktop.cases.page import CasesPage
from desktop.shell.notices import Notices
from desktop.shell.tasks import TaskRunner
from desktop.theme.theme import Theme
from domain.staff import Actor, Role
from services.cases import accept_case, show_case
from services.station import Station
from services.supervision.measures import urge_case
from tests.fixed import form
from tests.ui.desk import make_desk

SUPERVISOR = Actor("supervisor", Role.SUPERVISOR, "周敏")
POLICY = Actor("policy", Role.SPECIALIST, "政策专员", "policy")
LEGAL = Actor("legal", Role.SPECIALIST, "法治专员", "legal")


@pytest.fixture
def look(station: Station, tasks: TaskRunner, notices: Notices, theme: Theme, qtbot: QtBot) -> Any:
    desk = make_desk(station, tasks, notices, theme, qtbot)
    page = desk.show(CasesPage(desk.context))

    def look(actor: Actor, case_id: str) -> Any:
        station.actor = actor
        page.open_item(case_id)
        desk.settle()
        return page.case.measures

    yield look
    desk.settle()


def test_the_board_that_was_asked_answers(
    look: Any, station: Station, tasks: TaskRunner, qtbot: QtBot
) -> None:
    case_id = station.call(accept_case, form()).id
    assert look(POLICY, case_id).isHidden()
    station.call(urge_case, case_id, "请今天答复", as_actor=SUPERVISOR)
    for actor in (SUPERVISOR, LEGAL):
        card = look(actor, case_id)
        assert not card.isHidden()
        assert card.send.isHidden()
    card = look(POLICY, case_id)
    card.send.click()
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert card.reply.error()
    card.reply.set_text("下午三点前答复")
    card.send.click()
    qtbot.waitUntil(lambda: tasks.is_idle)
    (measure,) = station.call(show_case, case_id).measures
    assert [one.text for one in measure.answers] == ["下午三点前答复"]
    assert card.send.isHidden()
    assert not card.reply.text()


def test_what_was_typed_stays_with_its_case_and_person(look: Any, station: Station) -> None:
    first, second = (station.call(accept_case, form(name=name)).id for name in ("甲公司", "乙公司"))
    for case_id in (first, second):
        station.call(urge_case, case_id, "请答复", as_actor=SUPERVISOR)
    look(POLICY, first).reply.set_text("写给甲")
    assert not look(POLICY, second).reply.text()
    look(POLICY, second).reply.set_text("写给乙")
    chief = Actor("policy-chief", Role.CHIEF, "政策首席", "policy")
    assert not look(chief, second).reply.text()
