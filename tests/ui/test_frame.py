"""Notices, Ctrl+K, lock, crash report, header words, one window per home."""

from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from desktop.crash_report import crash_report
from desktop.scanning.strip import ScanStrip
from desktop.shell.crash import CrashDialog
from desktop.shell.header import FIND, KEY, Header, HeaderState, LinkState
from desktop.shell.lock import LockSheet
from desktop.shell.notices import AT_ONCE, Notices, NoticeTray
from desktop.shell.page import Command, PageSpec
from desktop.shell.palette import Palette, matching
from desktop.shell.rail import Rail
from desktop.shell.single import FirstWindow, call_first
from desktop.shell.tasks import TaskRunner
from desktop.sync.wording import shorter_words
from desktop.theme.theme import Theme
from desktop.theme.tokens import TextSize
from desktop.widgets import Tone
from tests.ui.conftest import NOW


@pytest.fixture
def host(qtbot: QtBot, theme: Theme) -> QWidget:
    host = QWidget()
    host.resize(1024, 640)
    line = QLineEdit(host)
    QVBoxLayout(host).addWidget(line)
    qtbot.addWidget(host)
    host.show()
    line.setFocus()
    return host


def line_of(host: QWidget) -> QLineEdit:
    line = host.findChild(QLineEdit)
    assert isinstance(line, QLineEdit)
    return line


def test_notice_takes_no_focus(host: QWidget, notices: Notices) -> None:
    tray = NoticeTray(host, notices)
    notices.say("打印机没有响应", Tone.WARN, action="查看", act=lambda: None)
    assert host.focusWidget() is line_of(host)
    assert all(w.focusPolicy() == Qt.FocusPolicy.NoFocus for w in tray.slips()[0].findChildren(QWidget))


def test_notices_stand_one_above_the_other_and_are_all_listed(host: QWidget, notices: Notices) -> None:
    tray = NoticeTray(host, notices)
    for number in range(AT_ONCE + 2):
        notices.say(f"第 {number} 条", Tone.WARN)
    boxes = [slip.geometry() for slip in tray.slips()]
    assert len(boxes) == AT_ONCE
    assert all(not a.intersects(b) for a in boxes for b in boxes if a is not b)
    assert notices.all()[0].text == f"第 {AT_ONCE + 1} 条"
    assert len(notices.all()) == notices.unread == AT_ONCE + 2


def test_notices_leave_the_buttons_at_the_foot_free(host: QWidget, notices: Notices, qtbot: QtBot) -> None:
    tray = NoticeTray(host, notices)
    accept = QPushButton("受理并打印", host)
    accept.setGeometry(800, 580, 200, 44)
    accept.show()
    notices.say("打印机没有响应", Tone.WARN, action="查看", act=lambda: None)
    notices.say("磁盘快满了", Tone.WARN)
    assert not any(slip.geometry().intersects(accept.geometry()) for slip in tray.slips())
    accept.hide()
    host.resize(1100, 640)
    assert max(slip.geometry().bottom() for slip in tray.slips()) > 600


def test_notices_have_room_for_a_text_that_grows(
    host: QWidget, notices: Notices, theme: Theme, qtbot: QtBot
) -> None:
    tray, before = NoticeTray(host, notices), theme.tokens
    notices.say("磁盘已满，这一步没有保存，已保存的内容不受影响。请腾出空间后再试一次。", Tone.DANGER)
    theme.use(before.scheme, TextSize.LARGER)
    (slip,) = tray.slips()
    qtbot.waitUntil(lambda: slip.height() >= slip.heightForWidth(slip.width()) and slip.width() > 450)
    assert slip.geometry().right() < host.width()
    theme.use(before.scheme, before.text_size)


def commands(*titles: str, ran: list[str] | None = None) -> list[Command]:
    return [Command(t, lambda t=t: (ran if ran is not None else []).append(t), words="sz") for t in titles]


def test_palette_is_driven_by_keys_and_gives_the_focus_back(
    host: QWidget, tasks: TaskRunner, qtbot: QtBot
) -> None:
    ran: list[str] = []
    before = line_of(host)
    palette = Palette(host, tasks, [lambda text: matching(commands("设置", "受理", ran=ran), text)])
    palette.open()
    line = palette.focusWidget()
    qtbot.keyClick(line, Qt.Key.Key_Down)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert ran == ["受理"]
    assert not palette.isVisible()
    assert host.focusWidget() is before


def test_enter_before_the_answer_counts_for_what_was_typed(
    host: QWidget, tasks: TaskRunner, qtbot: QtBot
) -> None:
    ran: list[str] = []
    answers: dict[str, Future[list[Command]]] = {}

    def later(text: str) -> "Future[list[Command]]":
        return answers.setdefault(text, Future())

    palette = Palette(host, tasks, [later])
    palette.open()
    answers[""].set_result(commands("旧的", ran=ran))
    qtbot.waitUntil(lambda: palette.entries() != [])
    qtbot.keyClicks(palette.focusWidget(), "GX1")
    qtbot.keyClick(palette.focusWidget(), Qt.Key.Key_Return)
    assert ran == []
    answers["GX1"].set_result(commands("GX1 号办件", ran=ran))
    qtbot.waitUntil(lambda: bool(ran))
    assert ran == ["GX1 号办件"]


def test_late_answer_to_an_earlier_text_is_not_shown(host: QWidget, tasks: TaskRunner, qtbot: QtBot) -> None:
    answers: dict[str, Future[list[Command]]] = {}
    palette = Palette(host, tasks, [lambda text: answers.setdefault(text, Future())])
    palette.open()
    qtbot.keyClicks(palette.focusWidget(), "a")
    qtbot.waitUntil(lambda: "a" in answers)
    answers["a"].set_result(commands("A"))
    qtbot.waitUntil(lambda: palette.entries() != [])
    assert answers[""].cancelled()
    assert palette.entries()[0].startswith("A")


def test_commands_are_found_by_initials() -> None:
    assert [c.title for c in matching(commands("设置"), "SZ")] == ["设置"]
    assert matching(commands("设置"), "xx") == []


def test_lock_keeps_text_caret_and_focus(host: QWidget, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    host.setParent(window)
    window.show()
    host.show()
    line = line_of(host)
    line.setFocus()
    line.setText("还没受理完")
    line.setCursorPosition(2)
    sheet = LockSheet(window)
    sheet.lock(host, "林窗口", with_password=False)
    qtbot.keyClicks(sheet.focusWidget() or sheet, "abc")
    assert line.text() == "还没受理完"
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert not sheet.isVisible()
    assert line.isEnabled()
    assert (line.text(), line.cursorPosition()) == ("还没受理完", 2)
    assert window.focusWidget() is line


def test_lock_opens_when_the_widget_beneath_is_gone(host: QWidget) -> None:
    sheet = LockSheet(host)
    sheet.lock(line_of(host), "", with_password=False)
    delete(line_of(host))
    sheet.unlock()
    assert not sheet.isVisible()


def test_lock_with_password_opens_only_from_outside(host: QWidget, qtbot: QtBot) -> None:
    sheet = LockSheet(host)
    sheet.lock(line_of(host), "林窗口", with_password=True)
    with qtbot.waitSignal(sheet.unlock_asked) as asked:
        qtbot.keyClicks(host.focusWidget(), "secret")
        qtbot.keyClick(host.focusWidget(), Qt.Key.Key_Return)
    assert asked.args == ["secret"]
    assert sheet.isVisible()
    sheet.refuse("密码不对")
    assert sheet.refusal() == "密码不对"
    sheet.unlock()


def _bug(visitor: str) -> None:
    raise ValueError(f"cannot parse {visitor}")


def test_crash_report_names_places_but_no_person() -> None:
    try:
        _bug("张三 13800138000")
    except ValueError as error:
        report = crash_report(error)
    assert "builtins.ValueError" in report
    assert "_bug" in report
    assert "张三" not in report
    assert "138" not in report


def test_crash_report_shows_the_cause_behind() -> None:
    error = RuntimeError()
    error.__cause__ = ValueError()
    assert crash_report(error).splitlines()[1:] == ["builtins.RuntimeError", "builtins.ValueError"]


def test_crash_dialog_is_not_modal_and_frees_itself(qtbot: QtBot, theme: Theme) -> None:
    dialog = CrashDialog("report")
    gone: list[bool] = []
    dialog.destroyed.connect(lambda: gone.append(True))
    dialog.show()
    assert not dialog.isModal()
    dialog.close()
    qtbot.waitUntil(lambda: gone == [True])


def test_the_link_is_shown_once_a_station_is_open(qtbot: QtBot, theme: Theme) -> None:
    header = Header(lambda: NOW)
    qtbot.addWidget(header)
    header.show_link(LinkState("cloud-slash", "离线", Tone.WARN, "连不上中心。"))
    assert not header._link.isVisibleTo(header)
    header.show_state(HeaderState(centre="高新园区企业服务站"))
    assert header._link.isVisibleTo(header)
    assert (header._link.text(), header._link.toolTip()) == ("离线", "连不上中心。")
    assert header._link.accessibleName() == "同步状态：离线"
    header.show_link(LinkState())
    assert not header._link.isVisibleTo(header)


@pytest.mark.parametrize("size", TextSize)
def test_header_fits_the_smallest_screen(qtbot: QtBot, theme: Theme, size: TextSize) -> None:
    before = theme.tokens
    theme.use(before.scheme, size)
    header = Header(lambda: NOW)
    qtbot.addWidget(header)
    header.add_tool(ScanStrip(header))
    header.resize(1366 - theme.tokens.shape["rail"], theme.tokens.shape["header"])
    header.show_state(
        HeaderState(
            centre="杭州市钱塘区下沙街道高教园区企业综合服务中心第三分中心（大学生创业园）",
            window="12 号窗口",
            person="欧阳某某某 · 首席服务专员",
            key_warning="x",
        )
    )
    text = "离线 · 等待同步 12,345 条，最早 35 分钟 · 待裁定 16"
    header.show_link(LinkState("cloud-slash", text, Tone.WARN, "连不上中心。", shorter_words(text)))
    header.show()
    for part in (header._link, header._key, header._person, header._clock, header._bell):
        assert part.width() >= part.sizeHint().width()
        assert part.geometry().right() <= header.width()
    assert "离线" in header._link.text()
    assert "12,345" in header._link.text()
    assert text in (header._link.text(), header._link.toolTip().splitlines()[0])
    theme.use(before.scheme, before.text_size)


def test_what_gave_way_comes_back_where_there_is_room(qtbot: QtBot, theme: Theme) -> None:
    header = Header(lambda: NOW)
    qtbot.addWidget(header)
    header.show_state(HeaderState(centre="高新园区企业服务站", person="林窗口", key_warning="x"))
    header.show_link(
        LinkState("cloud-check", "等待同步 12 件，最早 35 分钟", shorter=("等待 12 件，35 分钟",))
    )
    header.resize(500, 44)
    header.show()
    assert [header._find.text(), header._key.text(), header._clock.text()] == ["", "", "09:30"]
    assert header._link.text() == "等待 12 件，35 分钟"
    header.resize(1900, 44)
    assert [header._find.text(), header._key.text()] == [FIND, KEY]
    assert header._clock.text().endswith("  09:30")
    assert header._link.text() == "等待同步 12 件，最早 35 分钟"


def test_second_start_calls_the_first_window(qtbot: QtBot, tmp_path: Path) -> None:
    first = FirstWindow(tmp_path)
    with qtbot.waitSignal(first.called):
        assert call_first(tmp_path)
    first.close()
    assert not call_first(tmp_path)


def test_windows_of_two_homes_do_not_meet(qtbot: QtBot, tmp_path: Path) -> None:
    first = FirstWindow(tmp_path / "a")
    assert not call_first(tmp_path / "b")
    first.close()


def test_the_clock_goes_by_the_zone_of_the_site(qtbot: QtBot) -> None:
    header = Header(lambda: datetime(2026, 11, 22, 6, 41, tzinfo=UTC))
    qtbot.addWidget(header)
    header.show_state(HeaderState(centre="中心", zone="Asia/Shanghai"))
    clock = header.findChild(QLabel, "clock")
    assert clock is not None
    assert clock.text().endswith("14:41")


def test_the_rail_marks_no_entry_for_a_page_that_has_none(qtbot: QtBot, theme: Theme) -> None:
    rail = Rail()
    qtbot.addWidget(rail)
    rail.set_pages([PageSpec(name, name, "house", lambda _: None) for name in ("today", "cases")])
    marked = []
    for page in ("today", "sync", "cases"):
        rail.show_current(page)
        marked.append([name for name, button in rail._buttons.items() if button.isChecked()])
    assert marked == [["today"], [], ["cases"]]
