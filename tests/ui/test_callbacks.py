"""The callbacks page over a real store: a round by keys alone, and forms entered by their codes."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.callbacks.entry import ResultEntry, Step
from desktop.callbacks.page import CallbacksPage
from desktop.shell.notices import Notices
from desktop.shell.tasks import TaskRunner
from desktop.theme.theme import Theme
from domain.callbacks.model import CallbackState
from domain.cases.intake import ContactForm
from domain.cases.model import Case, CaseKind, CaseState
from domain.staff import Actor
from services.callbacks import tasks as services
from services.callbacks.forms import callback_form
from services.callbacks.tasks import list_callbacks, open_callback
from services.case_steps import answer_case
from services.cases import accept_case
from services.scans import Found, scan
from services.station import Station
from tests.fixed import FixedClock, form
from tests.ui.desk import Desk, make_desk

CLERK, OTHER = Actor("clerk", name="林晓"), Actor("clerk2", name="王敏")
PHONE = "13812345678"
MASKED = "138****5678"


@pytest.fixture
def desk(station: Station, tasks: TaskRunner, notices: Notices, theme: Theme, qtbot: QtBot) -> Desk:
    station.actor = CLERK
    return make_desk(station, tasks, notices, theme, qtbot)


def complaint(station: Station, name: str = "杭州蓝鲸智能装备有限公司") -> Case:
    """A closed complaint: asked about for sure."""
    wanted = form(
        name=name,
        kind=CaseKind.COMPLAINT,
        boards=("appeal",),
        contact=ContactForm(name="王晓", phone=PHONE),
    )
    accepted = station.call(accept_case, wanted, as_actor=OTHER)
    case: Case = station.call(answer_case, accepted.id, "已经答复。", as_actor=OTHER)
    return case


def open_page(desk: Desk) -> Any:
    page = desk.show(CallbacksPage(desk.context))
    page.on_shown()
    desk.settle()
    return page


def press(desk: Desk, key: Qt.Key) -> None:
    focus = desk.focus()
    assert focus is not None
    desk.press(focus, key)
    desk.settle()


def texts(desk: Desk) -> str:
    return " ".join(one.text for one in desk.notices.all())


def test_a_round_by_keys_alone(desk: Desk) -> None:
    first, second = complaint(desk.station), complaint(desk.station, "杭州青禾食品有限公司")
    page = open_page(desk)
    assert page.table.hasFocus()
    assert page.card.phone.text() == MASKED
    press(desk, Qt.Key.Key_Return)
    shown = {first.number: first, second.number: second}[page._view.task.number]
    assert page.card.phone.text() == PHONE
    press(desk, Qt.Key.Key_1)
    press(desk, Qt.Key.Key_5)
    assert desk.case(shown.number).state is CaseState.CALLED_BACK
    other = second if shown is first else first
    assert page._view.task.number == other.number
    assert page.card.phone.text() == PHONE
    press(desk, Qt.Key.Key_2)
    assert page.entry.step is Step.SURE
    press(desk, Qt.Key.Key_Return)
    view = desk.station.call(open_callback, other.id)
    assert [one.result.value for one in view.callback.attempts] == ["no_answer"]


def test_not_solved_asks_in_its_place_and_opens_the_case_again(desk: Desk) -> None:
    case = complaint(desk.station)
    page = open_page(desk)
    press(desk, Qt.Key.Key_Return)
    press(desk, Qt.Key.Key_1)
    press(desk, Qt.Key.Key_7)
    assert desk.case(case.number).state is not CaseState.REOPENED
    assert "重新办理" in page.entry.question.text()
    press(desk, Qt.Key.Key_Escape)
    assert page.entry.step is Step.ANSWERS
    press(desk, Qt.Key.Key_2)
    press(desk, Qt.Key.Key_Return)
    assert desk.case(case.number).state is CaseState.REOPENED
    assert "重新办理" in texts(desk)


def test_digits_in_the_wish_are_words(desk: Desk) -> None:
    case = complaint(desk.station)
    page = open_page(desk)
    press(desk, Qt.Key.Key_Return)
    press(desk, Qt.Key.Key_1)
    page.entry.wish.editor.insertPlainText("希望到账天数：")
    desk.type(page.entry.wish.editor, "13")
    desk.settle()
    assert page.entry.step is Step.ANSWERS
    page.entry.answers.take_focus()
    press(desk, Qt.Key.Key_4)
    view = desk.station.call(open_callback, case.id)
    assert view.callback.answers.wish == "希望到账天数：13"
    assert view.callback.answers.level == 4


def test_digits_elsewhere_enter_nothing(desk: Desk) -> None:
    case = complaint(desk.station)
    page = open_page(desk)
    for key in (Qt.Key.Key_1, Qt.Key.Key_5):
        desk.press(page.table, key)
        desk.settle()
    assert desk.station.call(open_callback, case.id).callback.attempts == ()


def test_two_presses_of_a_key_are_one_call(desk: Desk) -> None:
    case = complaint(desk.station)
    page = open_page(desk)
    press(desk, Qt.Key.Key_Return)
    press(desk, Qt.Key.Key_3)
    desk.press(page.entry.confirm, Qt.Key.Key_Return)
    desk.press(page.entry.confirm, Qt.Key.Key_Return)
    desk.settle()
    assert len(desk.station.call(open_callback, case.id).callback.attempts) == 1


def test_without_the_button_that_goes_out_two_presses_are_two_calls(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = complaint(desk.station)
    page = open_page(desk)
    monkeypatch.setattr(ResultEntry, "_enter", lambda self: self.entered.emit(self.call()))
    press(desk, Qt.Key.Key_Return)
    press(desk, Qt.Key.Key_3)
    desk.press(page.entry.confirm, Qt.Key.Key_Return)
    desk.press(page.entry.confirm, Qt.Key.Key_Return)
    desk.settle()
    assert len(desk.station.call(open_callback, case.id).callback.attempts) == 2


def test_what_is_refused_keeps_what_was_typed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    case = complaint(desk.station)
    page = open_page(desk)
    press(desk, Qt.Key.Key_Return)
    desk.station.call(
        services.record_callback,
        case.id,
        services.Call(services_result(), solved=True),
        as_actor=OTHER,
    )
    press(desk, Qt.Key.Key_1)
    page.entry.wish.set_text("谢谢")
    page.entry.answers.take_focus()
    press(desk, Qt.Key.Key_5)
    assert "已经完成" in page.entry.bar.text()
    assert page.entry.wish.text() == "谢谢"


def services_result() -> Any:
    from domain.callbacks.model import CallResult

    return CallResult.REACHED


def test_the_code_of_a_row_opens_its_task_at_the_result(desk: Desk) -> None:
    case = complaint(desk.station)
    sheet = desk.station.call(callback_form)
    page = open_page(desk)
    found = desk.station.call(scan, sheet.rows[0].code)
    assert found.found is Found.CALLBACK
    assert page.on_scan(found)
    desk.settle()
    assert page.entry.step is Step.RESULT
    press(desk, Qt.Key.Key_1)
    press(desk, Qt.Key.Key_6)
    assert desk.station.call(open_callback, case.id).callback.state is CallbackState.DONE
    assert "扫下一行" in page.entry.hint.text()
    assert page.on_scan(found)
    desk.settle()
    assert "已经回访过" in texts(desk)
    assert not page.on_scan(SimpleNamespace(scanned="91330100MA2H0KCB73"))


def test_thirty_rows_of_a_form_are_entered_by_their_codes(desk: Desk) -> None:
    for number in range(30):
        complaint(desk.station, f"杭州第{number}号有限公司")
    sheet = desk.station.call(callback_form)
    assert len(sheet.rows) == 30
    page = open_page(desk)
    for row in sheet.rows:
        page.open_item(row.code)
        desk.settle()
        press(desk, Qt.Key.Key_1)
        press(desk, Qt.Key.Key_4)
    assert desk.station.call(list_callbacks).total == 0


def test_the_sheets_are_asked_for_twice_and_saved(desk: Desk, tmp_path: Path) -> None:
    complaint(desk.station)
    page = open_page(desk)
    page.form.click()
    assert "完整电话" in page.bar.text()
    assert desk.station.call(list_callbacks).rows[0].caller is None
    made: list[Any] = []
    page.printing._choose_file = made.append
    page.bar.acted.emit()
    desk.settle()
    assert desk.station.call(list_callbacks).rows[0].caller == CLERK.id
    page.printing.save_to(made[0], tmp_path / "form.pdf")
    desk.settle()
    assert (tmp_path / "form.pdf").read_bytes().startswith(b"%PDF")


def test_lists_and_their_counts(desk: Desk, clock: FixedClock) -> None:
    complaint(desk.station)
    page = open_page(desk)
    assert "待回访 1" in page.summary.text()
    page.open_item("overdue")
    desk.settle()
    assert page.lists.currentWidget() is page.nothing
    clock.set("2026-12-01 10:00")
    page.refresh()
    desk.settle()
    assert page.table.rows.rowCount() == 1
    page.open_item("second")
    desk.settle()
    assert page.table.rows.rowCount() == 0


def test_who_may_not_call_back_is_told(desk: Desk) -> None:
    from domain.staff import Role

    desk.station.actor = Actor("policy", Role.SPECIALIST, board="policy")
    open_page(desk)
    assert texts(desk)


def test_esc_and_a_click_leave_a_call_that_was_not_entered(desk: Desk) -> None:
    first, second = complaint(desk.station), complaint(desk.station, "杭州青禾食品有限公司")
    page = open_page(desk)
    press(desk, Qt.Key.Key_Return)
    press(desk, Qt.Key.Key_1)
    press(desk, Qt.Key.Key_Escape)
    press(desk, Qt.Key.Key_Escape)
    assert page.entry.step is Step.NOTHING
    assert page.table.hasFocus()
    press(desk, Qt.Key.Key_Return)
    assert page.entry.step is Step.RESULT
    other = page.table.rows.row_at(page.table.rows.index(1, 0))
    page.table.choose(other.ref)
    page.table.clicked.emit(page.table.currentIndex())
    desk.settle()
    assert page._view.task.ref == other.ref
    assert page.entry.step is Step.NOTHING
    assert {first.number, second.number} >= {other.number}
