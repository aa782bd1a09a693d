"""The page of enterprises over a real store: found, shown with who says what, corrected, a list taken in."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop.enterprises import importing, pending, wording
from desktop.enterprises.model import SPARE
from desktop.enterprises.page import EnterprisesPage
from desktop.pages import PAGES
from desktop.shell.notices import Notices
from desktop.shell.tasks import TaskRunner
from desktop.theme.theme import Theme
from desktop.widgets import Tone
from domain.cases.intake import ContactForm
from domain.enterprises import decide
from domain.enterprises.decide import CheckedCode, Told
from domain.enterprises.licences import Licence, Standing
from domain.enterprises.profile import EnterpriseContact, read_tags
from services import enterprise_import
from services.cases import accept_case
from services.enterprises import list_enterprises, save_enterprise, view_enterprise
from services.station import Station
from services.verifications import Rechecked
from tests.fixed import WEDNESDAY, form
from tests.services.test_enterprise_import import HEADER, code, row
from tests.ui.desk import Desk, make_desk

CODE = code(1)
NAME = "杭州云溪智能有限公司"
DAY = 86_400_000
TOLD = Told(
    name=NAME,
    address="云溪路 1 号",
    contacts=(EnterpriseContact("李四", "13800000000", "行政"),),
    tags=read_tags("初创、专精特新"),
)


@pytest.fixture
def desk(station: Station, tasks: TaskRunner, notices: Notices, theme: Theme, qtbot: QtBot) -> Iterator[Desk]:
    made = make_desk(station, tasks, notices, theme, qtbot)
    yield made
    made.qtbot.waitUntil(lambda: tasks.is_idle)


def open_page(desk: Desk, argument: Any = None) -> EnterprisesPage:
    page: EnterprisesPage = desk.show(EnterprisesPage(desk.context))
    if argument is not None:
        page.open_item(argument)
    page.on_shown()
    desk.settle()
    return page


def texts(widget: QWidget) -> str:
    return "\n".join(one.text() for one in widget.findChildren(QLabel) if not one.isHidden())


def verified(station: Station, *, verdict: str = "valid", **named: Any) -> None:
    proved = Told(
        name="杭州云溪智能科技有限公司",
        licences=(Licence("食品经营许可证", "JY1", until=date(2026, 11, 30)),),
    )
    checked = CheckedCode(
        verdict, profile="QYM1", issuer="浙江登记", proved=proved, until=WEDNESDAY + 90 * DAY, **named
    )

    def add(uow: Any, clock: Any, actor: Any) -> None:
        record = uow.enterprise_records.get(CODE)
        uow.append(record.id, [decide.record_code(CODE, checked)], actor="clerk", now_ms=clock.now_ms())

    station.call(add)


def listed(path: Path, *rows: Any) -> Path:
    path.write_text("\n".join(",".join(cells) for cells in (HEADER, *rows)), "utf-8")
    return path


def test_the_rail_has_the_page() -> None:
    assert [spec.title for spec in PAGES if spec.id == "enterprises"] == ["企业"]


def test_nothing_yet_says_what_to_do(desk: Desk) -> None:
    page = open_page(desk)
    assert page.list.stack.currentWidget() is page.list.nothing
    desk.qtbot.mouseClick(page.list.nothing.button, Qt.MouseButton.LeftButton)
    assert page._stack.currentWidget() is page.importing


@pytest.mark.parametrize("text", ["云溪智能", "yxzn", CODE[:12], "专精特新"])
def test_found_and_opened_by_keyboard(desk: Desk, text: str) -> None:
    desk.station.call(save_enterprise, CODE, TOLD)
    desk.station.call(save_enterprise, code(22222), Told(name="别家贸易行"))
    page = open_page(desk)
    assert page.list.search.hasFocus()
    page.list.search.setText(text)
    desk.press(page.list.search, Qt.Key.Key_Return)
    desk.until(lambda: page.list.model.rowCount() == 1)
    desk.press(page.list.table, Qt.Key.Key_Return)
    desk.settle()
    assert page.enterprise.name.text() == NAME
    desk.press(page, Qt.Key.Key_Escape)
    desk.until(lambda: page._stack.currentWidget() is page.list)


def test_not_found_leads_to_intake_with_the_code(desk: Desk) -> None:
    desk.station.call(save_enterprise, CODE, TOLD)
    page = open_page(desk, code(5))
    desk.until(lambda: page.list.stack.currentWidget() is page.list.not_found)
    assert desk.notices.all()
    page.list.not_found.acted.emit()
    assert desk.opened[-1] == ("intake", (code(5), ""))


def test_who_says_what(desk: Desk) -> None:
    desk.station.call(save_enterprise, CODE, TOLD)
    verified(desk.station, reasons=("stale",), provisional=True, window="3")
    page = open_page(desk, CODE)
    shown = texts(page.enterprise)
    assert page.enterprise.name.text() == "杭州云溪智能科技有限公司"
    for part in (
        "企业码证明（浙江登记", f"手工填写为“{NAME}”", "手工填写（本机", "食品经营许可证　JY1　有效期至 2026-11-30",
        "黄 · 即将到期（还有 12 天）", "李四　13800000000　行政", "云溪路 1 号",
        "● 有效", "▲ 暂定，待复核", "3 号窗口", "名单已过更新期",
    ):  # fmt: skip
        assert part in shown, part


def test_cases_open_first_and_lead_to_their_page(desk: Desk) -> None:
    contact = ContactForm(name="王五", phone="13911112222")
    done = desk.station.call(accept_case, form(uscc=CODE, name=NAME, contact=contact))
    page = open_page(desk, CODE)
    assert "最近到窗口的经办人：王五" in texts(page.enterprise)
    assert "在办 1 件" in page.enterprise.case_head.text()
    page.enterprise.cases.itemAt(0).widget().click()
    assert desk.opened[-1] == ("cases", done.id)
    page.enterprise.begin.click()
    assert desk.opened[-1] == ("intake", (CODE, NAME))


def test_correcting_a_profile(desk: Desk) -> None:
    desk.station.call(save_enterprise, CODE, TOLD)
    page = open_page(desk, CODE)
    page.enterprise.change.click()
    edit = page.enterprise.edit
    edit.lines["address"].set_text("新路 2 号")
    edit.tags.set_text("成熟、园区重点")
    edit.contact.set_text("赵六")
    edit.save.click()
    desk.settle()
    assert edit.isHidden()
    view = desk.station.call(view_enterprise, CODE)
    assert view.profile.text("address") == "新路 2 号"
    assert {fact.value.word for fact in view.profile.tags} == {"成熟", "园区重点"}
    assert [fact.value.name for fact in view.profile.contacts] == ["赵六"]


def test_saving_unchanged_records_nothing(desk: Desk) -> None:
    desk.station.call(save_enterprise, CODE, TOLD)
    page = open_page(desk, CODE)
    page.enterprise.change.click()
    assert not page.enterprise.edit.told()


def test_what_is_proved_is_locked(desk: Desk) -> None:
    desk.station.call(save_enterprise, CODE, TOLD)
    verified(desk.station)
    page = open_page(desk, CODE)
    page.enterprise.change.click()
    edit = page.enterprise.edit
    assert edit.lines["name"].editor.isReadOnly()
    assert not edit.lines["address"].editor.isReadOnly()
    assert edit.told().name is None


def test_a_refusal_stands_below_its_field(desk: Desk) -> None:
    desk.station.call(save_enterprise, CODE, TOLD)
    page = open_page(desk, CODE)
    page.enterprise.change.click()
    edit = page.enterprise.edit
    edit.phone.set_text("不是电话")
    edit.save.click()
    desk.settle()
    assert edit.phone.error()
    assert edit.save.isEnabled()
    assert not edit.isHidden()


def test_what_is_being_typed_outlives_a_change_elsewhere(desk: Desk) -> None:
    desk.station.call(save_enterprise, CODE, TOLD)
    page = open_page(desk, CODE)
    page.enterprise.change.click()
    page.enterprise.edit.lines["address"].set_text("没写完")
    desk.station.call(save_enterprise, CODE, Told(tags=read_tags("成熟")))
    page.on_changes(type("Changes", (), {"elsewhere": True, "areas": frozenset()})())
    desk.settle()
    assert page.enterprise.edit.lines["address"].text() == "没写完"


def test_a_list_is_previewed_then_taken_in(desk: Desk, tmp_path: Path) -> None:
    page = open_page(desk, "import:")
    bad = row(3, code=CODE[:-1])
    view = page.importing
    view.load(listed(tmp_path / "园区.csv", row(1), row(2, phone="没有"), bad))
    desk.until(lambda: view.stack.currentWidget() is view.preview)
    assert desk.station.call(list_enterprises).total == 0
    model = view.model
    seen = [[model.data(model.index(line, column)) for column in (0, 2)] for line in range(model.rowCount())]
    assert seen == [["3", "云溪第2智能有限公司"], ["4", ""], ["2", "云溪第1智能有限公司"]]
    assert "新增 2" in view.summary.text()
    view.kinds.chosen.emit("problem")
    assert model.rowCount() == 2
    assert view.go.hasFocus()
    desk.press(view, Qt.Key.Key_F9)
    desk.until(lambda: not view._running and bool(view.bar.text()))
    assert "新增 2" in view.bar.text()
    assert desk.station.call(list_enterprises).total == 2


def test_a_refused_file_says_why(desk: Desk, tmp_path: Path) -> None:
    page = open_page(desk, "import:")
    path = tmp_path / "x.csv"
    path.write_text("甲,乙\n1,2\n", "utf-8")
    page.importing.load(path)
    desk.until(lambda: bool(page.importing.bar.text()))
    assert "表头" in page.importing.bar.text()
    assert page.importing.choose.isEnabled()


def test_stopping_between_stretches(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enterprise_import, "BATCH_ROWS", 2)
    page = open_page(desk, "import:")
    view = page.importing
    view.load(listed(tmp_path / "园区.csv", *map(row, range(7))))
    desk.until(lambda: view.stack.currentWidget() is view.preview)
    view.take_in()
    view.ask_to_stop()
    desk.until(lambda: not view._running)
    assert desk.station.call(list_enterprises).total == 2
    assert view.go.isEnabled()
    view.take_in()
    desk.until(lambda: not view._running)
    assert desk.station.call(list_enterprises).total == 7


def test_without_asking_it_would_not_stop(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enterprise_import, "BATCH_ROWS", 2)
    monkeypatch.setattr(importing.Import, "ask_to_stop", lambda self: None)
    page = open_page(desk, "import:")
    view = page.importing
    view.load(listed(tmp_path / "园区.csv", *map(row, range(7))))
    desk.until(lambda: view.stack.currentWidget() is view.preview)
    view.take_in()
    view.ask_to_stop()
    desk.until(lambda: not view._running)
    assert desk.station.call(list_enterprises).total == 7


@pytest.mark.parametrize(
    ("standing", "tone", "word"),
    [("valid", Tone.OK, "绿"), ("restricted", Tone.WARN, "黄"), ("revoked", Tone.QUIET, "灰")],
)
def test_colours_have_words(standing: str, tone: Tone, word: str) -> None:
    from domain.enterprises.licences import LicenceState

    text, shown = wording.licence_badge(
        Licence("k", "n", LicenceState(standing)), Standing(standing), date(2026, 11, 18)
    )
    assert (shown, text[0]) == (tone, word)
    assert len(text) > 4


def test_every_reason_has_a_sentence() -> None:
    from domain.codes.verdict import Reason
    from services.verifications import OTHER_SUBJECT

    for reason in [*Reason, OTHER_SUBJECT]:
        (text,) = wording.reason_sentences([reason, reason])
        assert text.endswith("。"), reason
        assert "{" not in text


def test_provisional_verdicts_are_listed_and_looked_at_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.station.call(save_enterprise, CODE, TOLD)
    verified(desk.station, reasons=("stale",), provisional=True)
    page = open_page(desk)
    page.list.pending.click()
    desk.settle()
    view = page.pending
    assert [(one.uscc, one.name) for one in view.model.rows] == [(CODE, "杭州云溪智能科技有限公司")]
    assert "名单已过更新期" in view.model.data(view.model.index(0, pending.WHY), Qt.ItemDataRole.DisplayRole)
    case = desk.station.call(accept_case, form(uscc=CODE, name=NAME))
    rows = tuple(desk.station.call(view_enterprise, CODE).cases)
    changed = Rechecked("e", CODE, NAME, "valid", "invalid", ("revoked",), rows)
    monkeypatch.setattr(pending, "recheck", lambda uow, clock, actor: (changed,))
    view.again.click()
    desk.settle()
    notice = desk.notices.all()[0]
    assert notice.tone is Tone.DANGER
    assert all(part in notice.text for part in (NAME, "有效", "无效", "吊销", case.number))
    assert notice.act is not None
    notice.act()
    assert desk.opened[-1] == ("enterprises", CODE)


def test_nothing_waits(desk: Desk) -> None:
    page = open_page(desk, "pending:")
    assert page.pending.stack.currentWidget() is page.pending.nothing
    page.pending.again.click()
    desk.settle()
    assert "没有结论改变" in desk.notices.all()[0].text


def test_a_narrow_table_keeps_room_for_names(desk: Desk) -> None:
    desk.station.call(save_enterprise, CODE, TOLD)
    page = open_page(desk)
    assert not any(page.list.table.isColumnHidden(place) for place in SPARE)
    page.resize(700, 500)
    desk.until(lambda: page.list.table.isColumnHidden(5))
    em = page.list.table.fontMetrics().horizontalAdvance("国")
    assert page.list.table.columnWidth(0) >= 12 * em
    page.resize(1800, 900)
    desk.until(lambda: not page.list.table.isColumnHidden(7))
