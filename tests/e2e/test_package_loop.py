"""Journey 3 whole, through the real window: four basic and three value-added items of a package go to three boards;
each answers, the leading one closes, and the enterprise gets one slip with the answers of all.
"""

import os
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import services.station
from domain.cases.assignments import AssignmentState
from domain.cases.model import Case, CaseState
from services.cases import accept_case
from services.station import open_station
from tests.e2e.test_closed_loop import text_of
from tests.fixed import FixedClock, form
from tests.ui.counter import counter_at
from tests.ui.loop_window import LoopWindow

NAME = "云溪启航智能装备有限公司"
PACKAGE = "企业开办一类事"
BASIC = 4
VALUE_ADDED = 3


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    return ["qifu-desk", "-platform", "offscreen"]


@pytest.fixture
def home(station_home: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A centre that has a case already, so that no made-up ones come in."""
    monkeypatch.setattr(services.station, "SystemClock", lambda: clock)
    station = open_station(station_home)
    station.call(accept_case, form())
    station.close()
    return station_home


def test_three_boards_answer_on_one_slip(
    home: Path, clock: FixedClock, qapp: QApplication, qtbot: QtBot
) -> None:
    with counter_at(home, qapp, qtbot) as counter:
        window = LoopWindow(counter)
        window.sign_in("clerk")
        case = taken_in(window)
        clock.move(days=1)
        answers = {board: answered(window, case.number, board) for board in case.boards}
        closed(window, case, answers)
        told(window, case.number, answers)


def taken_in(window: LoopWindow) -> Case:
    """By the keys of the intake page: package, ticks, F9."""
    counter = window.counter
    intake = counter.open("intake")
    counter.until(lambda: intake.keeper.form_id is not None)
    intake.who.entry.editor.setText(NAME)
    intake.what.editor.setPlainText("新公司要开办，执照、公章、发票、社保想一次办齐，银行开户也请帮忙预约。")
    counter.until(lambda: PACKAGE in [offer.code for offer in intake.offers.offers()])
    number = 7 + [o.code for o in intake.offers.offers() if o.group == "package"].index(PACKAGE)
    intake.what.editor.setFocus()
    key = Qt.Key(Qt.Key.Key_0.value + number)
    counter.qtbot.keyClick(intake.what.editor, key, Qt.KeyboardModifier.AltModifier)
    assert intake.what.ticks.package == PACKAGE
    wanted = items_of_three_boards(intake)
    for chip in (*intake.what.ticks.basic.chips(), *intake.what.ticks.value_added.chips()):
        if chip.isChecked() != (chip.accessibleName() in wanted):
            chip.click()
    counter.press(Qt.Key.Key_F9)
    counter.until(lambda: intake.is_accepted)
    counter.settle()
    case = window.case(intake.result.number.text())
    assert set(case.package_items) == wanted
    assert len(wanted) == BASIC + VALUE_ADDED
    assert (case.state, len(case.boards)) == (CaseState.ASSIGNED, 3)
    return case


def items_of_three_boards(intake: Any) -> set[str]:
    """Four basic items, and three value-added ones that bring the boards up to three."""
    package = intake.live.book.packages[PACKAGE]
    basic = [entry.name for entry in package.basic[:BASIC]]
    by_board = {entry.board: entry.name for entry in package.value_added}
    return {*basic, *list(by_board.values())[:VALUE_ADDED]}


def answered(window: LoopWindow, number: str, board: str) -> str:
    """The board's specialist signs and answers from the board's own queue."""
    window.sign_in(board)
    page = window.counter.open("backoffice")
    page.queues.queues.choose("new")
    window.counter.settle()
    assert number in [row.number for row in rows_of(page.queues)]
    window.take(number, "receive", page="backoffice")
    text = f"{board} 已办妥所列事项。"
    window.take(number, "answer", page="backoffice", text=text)
    share = window.case(number).share_of(board)
    assert share is not None
    assert (share.state, share.answer) == (AssignmentState.ANSWERED, text)
    return text


def rows_of(queues: Any) -> list[Any]:
    model = queues.model
    return [model.row(model.index(at, 0)) for at in range(model.rowCount())]


def closed(window: LoopWindow, case: Case, answers: dict[str, str]) -> None:
    window.sign_in(case.boards[0])
    whole = window.take(case.number, "resolve", page="backoffice")
    assert whole.state is CaseState.RESOLVED
    assert all(text in whole.answer for text in answers.values())


def told(window: LoopWindow, number: str, answers: dict[str, str]) -> None:
    window.sign_in("clerk")
    window.take(number, "feedback", how="window", slip=True)
    papers = window.station.home / "papers"
    slip = papers / f"{number}-feedback_slip-a5-1.pdf"
    window.counter.until(slip.exists)
    window.counter.settle()
    assert window.case(number).prints["feedback_slip"] == 1
    assert len(list(papers.glob(f"{number}-feedback_slip-*"))) == 1
    said = text_of(slip)
    for text in answers.values():
        assert "".join(text.split()) in said
