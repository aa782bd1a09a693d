"""The intake page over a real store: what is typed becomes one case, and nothing typed is lost."""

from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QObject, Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop.intake.acceptance import Acceptance
from desktop.intake.latest import Latest
from desktop.intake.page import IntakePage
from desktop.intake.pending_enter import PendingEnter
from desktop.intake.what import PASTE_LIMIT
from desktop.printing.run import Printing
from desktop.shell.notices import Notices
from desktop.shell.tasks import TaskRunner
from desktop.theme.theme import Theme
from domain.cases.model import CaseState
from services.cases import accept_case
from services.drafts import list_drafts
from services.station import Station
from tests.fixed import NAME, TEXT, form
from tests.ui.desk import LETTER_O, SOUND, WRONG_CHECK, Desk, make_desk

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
ENTER = Qt.Key.Key_Return
MATTER = "厂房要扩建，环评手续怎么办"


@pytest.fixture
def desk(station: Station, tasks: TaskRunner, notices: Notices, theme: Theme, qtbot: QtBot) -> Iterator[Desk]:
    made = make_desk(station, tasks, notices, theme, qtbot)
    yield made
    made.qtbot.waitUntil(lambda: tasks.is_idle)


def open_page(desk: Desk) -> IntakePage:
    return desk.show(IntakePage(desk.context))


def fill(page: IntakePage, name: str = NAME, text: str = MATTER) -> None:
    page.who.entry.editor.setText(name)
    page.what.editor.setPlainText(text)


def accept(desk: Desk, page: IntakePage, key: Qt.Key = Qt.Key.Key_F9, *held: Qt.KeyboardModifier) -> Any:
    desk.press(page, key, *held)
    desk.until(lambda: page.is_accepted)
    desk.settle()
    return desk.case(page.result.number.text())


def papers(desk: Desk) -> list[str]:
    return sorted(file.name for file in (desk.station.home / "papers").glob("*.pdf"))


def test_f9_accepts_and_prints(desk: Desk) -> None:
    page = open_page(desk)
    fill(page)
    case = accept(desk, page)
    assert (case.applicant.name, case.text) == (NAME, MATTER)
    assert case.prints == {"case_slip": 1}
    assert papers(desk) == [f"{case.number}-case_slip-a5-1.pdf"]
    assert desk.station.call(list_drafts) == ()


def test_ctrl_f9_accepts_only(desk: Desk) -> None:
    page = open_page(desk)
    fill(page)
    case = accept(desk, page, Qt.Key.Key_F9, CTRL)
    assert case.prints == {}
    assert papers(desk) == []


def press_twice(desk: Desk) -> tuple[int, int]:
    """Two presses at once, and two after the answer: (cases, slips)."""
    page = open_page(desk)
    fill(page)
    page.accept_form(prints=True)
    page.accept_form(prints=True)
    desk.until(lambda: page.is_accepted)
    page.accept.click()
    page.accept_form(prints=True)
    desk.settle()
    rows = desk.cases()
    return len(rows), desk.case(rows[0].id).prints.get("case_slip", 0)


def test_double_press_is_one_case_and_one_slip(desk: Desk) -> None:
    assert press_twice(desk) == (1, 1)


def test_without_the_guards_a_double_press_would_show(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        Acceptance, "is_running", property(lambda _: False, lambda _, value: None), raising=False
    )
    monkeypatch.setattr(Printing, "is_busy", lambda *_: False)
    assert press_twice(desk)[1] > 1


def test_wrong_check_character_refuses_and_keeps_everything(desk: Desk) -> None:
    page = open_page(desk)
    page.what.editor.setPlainText(MATTER)
    page.who.contact.phone.set_text("13800001111")
    page.who.entry.editor.setText(WRONG_CHECK)
    assert page.who.entry.error()
    page.what.editor.setFocus()
    desk.press(page, Qt.Key.Key_F9)
    desk.until(lambda: desk.focus() is page.who.entry.editor)
    assert desk.cases() == []
    assert page.who.entry.error()
    kept = (page.what.editor.toPlainText(), page.who.contact.phone.text(), page.who.entry.text())
    assert kept == (MATTER, "13800001111", WRONG_CHECK)


def test_letter_o_is_offered_as_nought(desk: Desk) -> None:
    page = open_page(desk)
    page.who.entry.editor.setText(LETTER_O)
    assert page.who.entry.error()
    assert not page.who.take_offer.isHidden()
    page.who.take_offer.click()
    desk.settle()
    assert not page.who.entry.error()
    assert page.who.fields()["uscc"] == SOUND


def test_returning_enterprise_needs_few_keys(desk: Desk) -> None:
    first = form(uscc=SOUND, contact={"name": "王建国", "phone": "13800001111"})
    desk.station.call(accept_case, first)
    page = open_page(desk)
    presses = list("hzlj")
    desk.type(page.who.entry.editor, "hzlj")
    desk.until(lambda: page.who.offers.count() == 1)
    presses.append("Enter")
    desk.press(page.who.entry.editor, ENTER)
    desk.until(lambda: desk.focus() is page.what.editor)
    assert page.who.contact.name.text() == "王建国"
    page.what.editor.insertPlainText(MATTER)
    presses.append("F9")
    case = accept(desk, page)
    presses.append("Enter")
    desk.press(desk.focus() or page, ENTER)
    desk.settle()
    assert not page.is_accepted
    assert page.what.editor.toPlainText() == ""
    assert (case.applicant.uscc, case.contact.phone) == (SOUND, "13800001111")
    assert len(presses) <= 12


def test_scanned_code_of_a_new_enterprise_asks_for_the_name(desk: Desk) -> None:
    page = open_page(desk)
    desk.type(page.who.entry.editor, SOUND)
    desk.press(page.who.entry.editor, ENTER)
    desk.until(lambda: desk.focus() is page.who.name.editor)
    page.who.name.set_text(NAME)
    page.what.editor.setPlainText(MATTER)
    case = accept(desk, page)
    assert (case.applicant.uscc, case.applicant.name) == (SOUND, NAME)


def test_draft_is_kept_while_typing_and_comes_back(desk: Desk) -> None:
    page = open_page(desk)
    fill(page)
    page.promise.sensitive.click()
    desk.until(lambda: bool(desk.station.call(list_drafts)))
    desk.settle()
    again = open_page(desk)
    desk.until(lambda: again.what.editor.toPlainText() == MATTER)
    assert again.promise.sensitive.isChecked()
    assert again.keeper.form_id == page.keeper.form_id
    case = accept(desk, again)
    assert case.sensitive
    assert desk.station.call(list_drafts) == ()


def test_a_form_left_for_the_next_visitor_waits_among_the_drafts(desk: Desk) -> None:
    page = open_page(desk)
    fill(page, text="先写了一半")
    page.next_visitor()
    desk.settle()
    assert page.what.editor.toPlainText() == ""
    assert not page.drafts.isHidden()
    (draft,) = desk.station.call(list_drafts)
    page.restore(draft.id, draft.fields)
    desk.settle()
    assert page.what.editor.toPlainText() == "先写了一半"
    assert accept(desk, page).id == draft.id


def paste(page: IntakePage, text: str) -> None:
    data = QMimeData()
    data.setText(text)
    page.what.editor.insertFromMimeData(data)


def test_four_megabytes_pasted_are_refused_whole(desk: Desk) -> None:
    page = open_page(desk)
    page.what.editor.setPlainText("开头")
    paste(page, "长" * 4_000_000)
    assert page.what.editor.toPlainText() == "开头"
    assert page.what.matter.error()


def test_a_text_too_long_is_neither_cut_nor_accepted(desk: Desk) -> None:
    page = open_page(desk)
    fill(page, text="")
    paste(page, "长" * (PASTE_LIMIT // 2))
    assert len(page.what.editor.toPlainText()) == PASTE_LIMIT // 2
    page.who.entry.editor.setFocus()
    desk.press(page, Qt.Key.Key_F9)
    desk.until(lambda: desk.focus() is page.what.editor)
    assert page.what.matter.error()
    assert len(page.what.editor.toPlainText()) == PASTE_LIMIT // 2
    assert desk.cases() == []


def test_control_and_zero_width_characters_are_taken_out(desk: Desk) -> None:
    page = open_page(desk)
    fill(page, text="环评\u200b手续\u0007怎么办")
    case = accept(desk, page)
    assert case.text == "环评手续怎么办"


def test_long_paste_into_a_line_is_said(desk: Desk) -> None:
    page = open_page(desk)
    page.who.contact.name.editor.insert("名" * 500)
    assert page.who.contact.name.error()


def test_package_unfolds_and_ticks_decide(desk: Desk) -> None:
    page = open_page(desk)
    fill(page)
    page.what.choose_package(page.live.book.packages["企业开办一类事"])
    basic = page.what.ticks.ticked()
    assert basic == [entry.name for entry in page.live.book.packages["企业开办一类事"].basic]
    page.what.ticks.basic.chips()[0].click()
    page.what.ticks.value_added.chips()[0].click()
    wanted = page.what.ticks.ticked()
    case = accept(desk, page)
    assert (case.package, list(case.package_items)) == ("企业开办一类事", wanted)
    assert case.kind == "package"


@pytest.mark.parametrize(("how", "state"), [("link", CaseState.ASSIGNED), ("merge", CaseState.MERGED)])
def test_duplicate_is_shown_and_joined_as_chosen(desk: Desk, how: str, state: CaseState) -> None:
    earlier = desk.station.call(accept_case, form(uscc=SOUND))
    page = open_page(desk)
    page.who.take_enterprise(SOUND, NAME)
    page.what.editor.setPlainText(TEXT)
    desk.until(lambda: not page.duplicate.isHidden())
    page.duplicate.choice.set_value(how)
    case = accept(desk, page)
    assert desk.case(case.id).state is state
    assert case.id in desk.case(earlier.id).links


def test_duplicate_passed_over_joins_nothing(desk: Desk) -> None:
    earlier = desk.station.call(accept_case, form(uscc=SOUND))
    page = open_page(desk)
    page.who.take_enterprise(SOUND, NAME)
    page.what.editor.setPlainText(TEXT)
    desk.until(lambda: not page.duplicate.isHidden())
    accept(desk, page)
    assert desk.case(earlier.id).links == ()


def test_f10_asks_for_the_answer_in_the_page_then_closes(desk: Desk) -> None:
    page = open_page(desk)
    fill(page)
    # A button answers to its key when it comes up again.
    desk.press(page, Qt.Key.Key_F10)
    desk.until(lambda: page.what.is_answering)
    desk.press(page, Qt.Key.Key_F10)
    desk.until(lambda: bool(page.what.answer.error()))
    page.what.answer.set_text("到三楼办环评，十个工作日")
    case = accept(desk, page, Qt.Key.Key_F10)
    assert (case.state, case.answer) == (CaseState.RESOLVED, "到三楼办环评，十个工作日")
    assert case.prints == {}


def test_missing_material_prints_the_notice(desk: Desk) -> None:
    page = open_page(desk)
    fill(page)
    page.material.missing.set_text("环评报告\n\n  土地证  ")
    case = accept(desk, page)
    assert case.missing == ("环评报告", "土地证")
    assert case.prints == {"case_slip": 1, "one_time_notice": 1}


def test_files_are_looked_at_and_attached(desk: Desk, tmp_path: Path) -> None:
    good, bad = tmp_path / "营业执照.pdf", tmp_path / "坏.pdf"
    good.write_bytes(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
    bad.write_bytes(b"MZ\x90\x00" + b"\0" * 200)
    page = open_page(desk)
    fill(page)
    page.material.files.add_file(bad)
    desk.settle()
    assert page.material.files.value() == []
    page.material.files.add_file(good)
    desk.settle()
    assert page.material.files.value() == [str(good)]
    case = accept(desk, page)
    assert [file.name for file in desk.case(case.id).files] == ["营业执照.pdf"]


def test_who_writes_before_the_book_is_read_has_suggestions_all_the_same(desk: Desk) -> None:
    page = open_page(desk)
    page.live.book = None
    page.what.editor.setPlainText(MATTER)
    page.live._suggest.now()
    assert page.offers.offers() == []
    page.live.ask_facts()
    desk.until(lambda: bool(page.offers.offers()))


def test_keys_take_suggestions_and_digits_stay_text(desk: Desk) -> None:
    page = open_page(desk)
    page.who.entry.editor.setText(NAME)
    page.what.editor.setFocus()
    page.what.editor.insertPlainText("厂房扩建环评手续，技改补贴怎么申请，还要招工")
    desk.until(lambda: len([o for o in page.offers.offers() if o.group == "board"]) >= 2)
    boards = [offer.code for offer in page.offers.offers() if offer.group == "board"]
    desk.press(page.what.editor, ENTER, CTRL)
    assert page.promise.boards.value() == (boards[0],)
    desk.press(page.what.editor, Qt.Key.Key_2, ALT)
    assert page.promise.boards.value() == (boards[0], boards[1])
    desk.type(page.what.editor, "12")
    desk.press(page.what.editor, ENTER)
    assert page.what.editor.toPlainText().endswith("12\n")
    page.promise.boards.move_board(boards[1], -1)
    assert accept(desk, page).boards == (boards[1], boards[0])


def test_next_scan_begins_the_next_form(desk: Desk) -> None:
    page = open_page(desk)
    fill(page)
    accept(desk, page)
    next_button: QPushButton = page.result.next
    desk.type(next_button, "9")
    desk.type(page.who.entry.editor, SOUND[1:])
    assert not page.is_accepted
    assert page.who.entry.text() == SOUND
    desk.settle()


def test_a_printer_that_is_not_there_keeps_the_paper_and_the_queue_goes_on(desk: Desk) -> None:
    desk.context.settings.change(printers={"a5": "没有这台"})
    page = open_page(desk)
    fill(page)
    case = accept(desk, page)
    assert papers(desk) == [f"{case.number}-case_slip-a5-1.pdf"]
    assert desk.notices.unread == 1
    page.next_visitor()
    fill(page, text="第二位")
    assert accept(desk, page).id != case.id


def test_enterprise_from_elsewhere_begins_a_form(desk: Desk) -> None:
    desk.station.call(accept_case, form(uscc=SOUND))
    page = open_page(desk)
    page.open_item((SOUND, NAME))
    desk.settle()
    assert page.who.fields()["uscc"] == SOUND
    assert not page.who.profile.isHidden()


def test_only_the_latest_answer_is_heard(desk: Desk, qtbot: QtBot) -> None:
    futures: list[Future[Any]] = [Future(), Future()]
    waiting = list(futures)
    parent = QObject()
    latest = Latest(desk.tasks, lambda: waiting.pop(0), 0, parent)
    heard: list[Any] = []
    latest.answered.connect(heard.append)
    latest.now()
    futures[0].set_running_or_notify_cancel()
    latest.now()
    futures[1].set_result("new")
    futures[0].set_result("old")
    desk.settle()
    assert heard == ["new"]


def go_elsewhere_after_enter(desk: Desk, typed: str) -> Any:
    """The page after Enter on ``typed``, when the clerk went to the phone before the store had answered."""
    page = open_page(desk)
    page.who.entry.editor.setText(typed)
    desk.press(page.who.entry.editor, ENTER)
    page.who.contact.phone.setFocus()
    desk.settle()
    return page


@pytest.mark.parametrize("typed", [SOUND, NAME, "没有来过的公司"])
def test_a_late_answer_leaves_the_focus_where_somebody_works(desk: Desk, typed: str) -> None:
    if typed != "没有来过的公司":
        desk.station.call(accept_case, form(uscc=SOUND))
    page = go_elsewhere_after_enter(desk, typed)
    assert desk.focus() is page.who.contact.phone.editor
    assert page.who.fields()["name"] == (typed if typed != SOUND else NAME)


@pytest.mark.parametrize("typed", [SOUND, NAME])
def test_an_answer_that_minds_no_focus_would_take_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.setattr(PendingEnter, "_focus", lambda self: None)
    desk.station.call(accept_case, form(uscc=SOUND))
    page = go_elsewhere_after_enter(desk, typed)
    assert desk.focus() is page.what.editor


def test_a_contact_typed_before_the_enterprise_stays(desk: Desk) -> None:
    desk.station.call(accept_case, form(uscc=SOUND, contact={"name": "王建国", "phone": "13800001111"}))
    page = open_page(desk)
    page.who.contact.name.set_text("李新来")
    page.who.entry.editor.setText("hzlj")
    desk.until(lambda: page.who.offers.count() == 1)
    desk.press(page.who.entry.editor, ENTER)
    desk.until(lambda: not page.who.profile.isHidden())
    assert page.who.contact.name.text() == "李新来"


def test_a_remembered_contact_goes_with_its_enterprise(desk: Desk) -> None:
    desk.station.call(accept_case, form(uscc=SOUND, contact={"name": "王建国", "phone": "13800001111"}))
    page = open_page(desk)
    page.open_item((SOUND, NAME))
    desk.until(lambda: page.who.contact.name.text() == "王建国")
    page.who.entry.editor.setText("另一家")
    assert page.who.contact.name.text() == ""
