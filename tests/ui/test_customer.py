"""顾客屏: what is being written is seen and confirmed, and is gone when the visit ends."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop.intake.mirror import Mirror
from desktop.intake.page import IntakePage
from desktop.modes.customer.page import CustomerPage
from desktop.modes.customer.view import CONFIRM
from desktop.shell.notices import Notices
from desktop.shell.page import Navigator, PageContext
from desktop.shell.tasks import TaskRunner
from desktop.theme.theme import Theme
from domain.queue.model import Visitor
from services.queue.hall import pause_window
from services.queue.tickets import finish_ticket
from services.station import Station
from tests.ui.conftest import PaperGateway
from tests.ui.desk import SOUND
from tests.ui.hall import Hall, hall_of

MATTER = "想申请今年的技改补贴"


@pytest.fixture
def hall(station: Station, tasks: TaskRunner, theme: Theme, qtbot: QtBot) -> Iterator[Hall]:
    with hall_of(station, tasks, theme, qtbot) as made:
        made.settings.change(window="1")
        yield made


@pytest.fixture
def intake(hall: Hall, notices: Notices, theme: Theme) -> Any:
    context = PageContext(
        hall.station, hall.tasks, notices, Navigator(), theme, hall.settings, PaperGateway(hall.station.home)
    )
    return hall.show(IntakePage(context))


@pytest.fixture
def customer(hall: Hall, intake: Any) -> Any:
    return hall.show(CustomerPage(hall.context(mirror=Mirror(intake), takes_keys=False)), 1024, 600)


def write(intake: Any, text: str) -> None:
    intake.what.editor.setPlainText(text)


def all_texts(widget: QWidget) -> str:
    return " ".join(one.text() for one in widget.findChildren(QLabel))


def test_what_is_written_is_seen_and_confirmed_until_it_changes(
    hall: Hall, intake: Any, customer: Any
) -> None:
    assert customer.body.currentWidget() is customer.welcome
    write(intake, MATTER)
    hall.until(lambda: customer.mirror.matter.text() == MATTER)
    hall.until(lambda: "前答复" in customer.mirror.due.text())
    assert customer.mirror.boards.text()
    hall.qtbot.mouseClick(customer.mirror.confirm, Qt.MouseButton.LeftButton)
    assert intake.confirmed.text().endswith("来访者已确认 10:00")
    assert intake.confirmed.isVisible()
    assert not customer.mirror.confirm.isEnabled()
    write(intake, MATTER + "和贷款贴息")
    hall.until(lambda: not intake.confirmed.isVisible())
    assert customer.mirror.confirm.text() == CONFIRM
    assert customer.mirror.confirm.isEnabled()


def test_confirming_decides_nothing(hall: Hall, intake: Any, customer: Any) -> None:
    write(intake, MATTER)
    hall.until(lambda: customer.mirror.matter.text() == MATTER)
    hall.qtbot.mouseClick(customer.mirror.confirm, Qt.MouseButton.LeftButton)
    assert not intake.is_accepted


def test_the_next_visitor_sees_nothing_of_the_one_before(hall: Hall, intake: Any, customer: Any) -> None:
    intake.who.entry.set_text(SOUND)
    write(intake, MATTER)
    hall.until(lambda: customer.mirror.matter.text() == MATTER)
    intake.next_visitor()
    hall.until(lambda: customer.body.currentWidget() is customer.welcome)
    assert MATTER not in all_texts(customer)
    assert SOUND not in all_texts(customer)


def test_what_was_told_is_gone_when_the_visit_is_finished(hall: Hall, intake: Any, customer: Any) -> None:
    hall.take()
    hall.call("1")
    assert customer.welcome.number.text() == "A001"
    write(intake, MATTER)
    hall.until(lambda: customer.mirror.matter.text() == MATTER)
    hall.do(finish_ticket, "A001")
    assert customer.body.currentWidget() is customer.welcome
    assert MATTER not in all_texts(customer)
    assert intake.what.editor.toPlainText() == MATTER
    mirror = customer._mirror  # what the desk works out may come after the visitor has gone
    mirror._show(replace(mirror.state, due="明天17:00前答复", boards=("惠企板块",)))
    assert customer.body.currentWidget() is customer.welcome
    write(intake, "另一家企业的事")
    hall.until(lambda: customer.mirror.matter.text() == "另一家企业的事")


def test_a_locked_desk_shows_nothing(hall: Hall, intake: Any, customer: Any) -> None:
    write(intake, MATTER)
    hall.until(lambda: customer.mirror.matter.text() == MATTER)
    intake.setEnabled(False)
    hall.until(lambda: customer.body.currentWidget() is customer.welcome)
    assert MATTER not in all_texts(customer)
    intake.setEnabled(True)
    hall.until(lambda: customer.mirror.matter.text() == MATTER)


def test_an_accepted_matter_shows_its_number_and_goes_after_a_while(
    hall: Hall, intake: Any, customer: Any
) -> None:
    intake.who.entry.set_text("杭州蓝鲸智能装备有限公司")
    write(intake, MATTER)
    intake.accept_form(prints=False)
    hall.until(lambda: intake.is_accepted)
    hall.until(lambda: intake.result.number.text() in customer.mirror.number.text())
    assert not customer.mirror.confirm.isVisible()
    customer._accepted.setInterval(0)
    customer._accepted.start()
    hall.until(lambda: customer.body.currentWidget() is customer.welcome)
    hall.settle()


def test_nobody_looks_while_the_screen_is_closed(hall: Hall, intake: Any, customer: Any) -> None:
    mirror: Mirror = customer._mirror
    assert mirror._look.isActive()
    customer.hide()
    assert not mirror._look.isActive()
    assert not mirror.state


def test_in_a_process_of_its_own_it_shows_the_number_and_nothing_of_anybody(hall: Hall) -> None:
    page = hall.show(CustomerPage(hall.context()))
    assert "1 号窗口" in page.window_label.text()
    hall.take(visitor=Visitor("91330100MA2H0KCB73", "杭州蓝鲸智能装备有限公司"))
    hall.call("1")
    assert "A001" in all_texts(page)
    assert "蓝鲸" not in all_texts(page)
    assert "91330100" not in all_texts(page)
    hall.do(finish_ticket, "A001")
    hall.do(pause_window, "1", "午休")
    assert "午休" in all_texts(page)


def test_the_clock_goes_by_the_sites_zone(hall: Hall) -> None:
    page = hall.show(CustomerPage(hall.context()))
    page.bar.show_time(datetime(2026, 11, 18, 9, 5))
    assert page.bar.clock.text() == "11月18日 周三  09:05"
    page.on_tick()
    assert page.bar.clock.text() == "11月18日 周三  10:00"
