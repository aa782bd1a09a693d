"""The hall's screens as programs and as further windows: each once, and standing up again after what goes wrong."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from desktop.app import main
from desktop.modes.find import provider
from desktop.modes.kiosk.page import KioskPage
from desktop.modes.mode import SCREEN_MODES, Mode
from desktop.modes.mode_window import ModeWindow, plain_page
from desktop.modes.pages import display_groups
from desktop.modes.program import ModeProgram, channel_of, write_log
from desktop.settings import load_settings, save_settings
from desktop.settings_page.kiosk import KioskCard
from desktop.shell.lock import IdleWatch
from desktop.shell.page import Navigator, PageContext
from desktop.shell.single import FirstWindow, call_first
from domain.queue.desk import TicketOrder
from services.queue.hall import set_notice
from services.queue.tickets import call_next, issue_ticket
from services.setup import init_station
from services.staff import verify_password
from services.station import open_station
from tests.ui.counter import Counter, counter_at
from tests.ui.hall import SUPERVISOR


class Started:
    """A mode in a process of its own, as far as a test can have one."""

    def __init__(
        self, application: QApplication, home: Path, mode: Mode, qtbot: QtBot, **options: Any
    ) -> None:
        self.program = ModeProgram(application, home, mode, **options)
        self.qtbot = qtbot
        self.crashes: list[BaseException] = []
        self.program.tasks.crashed.connect(self.crashes.append)
        self.left: list[bool] = []
        self.program.window.left.connect(lambda: self.left.append(True))
        self.program.begin()

    @property
    def page(self) -> Any:
        return self.program.window.page

    def until(self, condition: Any) -> None:
        self.qtbot.waitUntil(condition)

    def until_open(self) -> Any:
        self.until(lambda: getattr(self.page, "view", None) is not None)
        return self.page

    def end(self) -> None:
        if not self.left:
            self.program.window.leave()
        self.program.end()
        self.program.deleteLater()
        assert self.crashes == []


@pytest.fixture
def started(qapp: QApplication, qtbot: QtBot) -> Iterator[Any]:
    running: list[Started] = []

    def start(home: Path, mode: Mode, **options: Any) -> Started:
        running.append(Started(qapp, home, mode, qtbot, **options))
        return running[-1]

    yield start
    for one in running:
        one.end()


@pytest.mark.parametrize("mode", SCREEN_MODES)
def test_each_mode_opens_the_station_and_shows_the_hall(station_home: Path, started: Any, mode: Mode) -> None:
    one = started(station_home, mode)
    page = one.until_open()
    assert page.bar.site.text() == page.view.site_name != ""
    assert one.program.window.isFullScreen()


def test_two_processes_share_one_store(station_home: Path, started: Any) -> None:
    display = started(station_home, Mode.DISPLAY)
    page = display.until_open()
    other = open_station(station_home)
    other.call(set_notice, "今天下午三点停电。", as_actor=SUPERVISOR)
    other.close()
    display.until(lambda: page.notice.text() == "今天下午三点停电。")


def test_a_display_of_its_own_speaks_a_call_of_another_process_once(
    station_home: Path, tmp_path: Path, started: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken = tmp_path / "spoken"
    spoken.mkdir()
    monkeypatch.setenv("QIFU_VOICE_DIR", str(spoken))
    display = started(station_home, Mode.DISPLAY)
    page = display.until_open()
    window = open_station(station_home)
    given = window.call(issue_ticket, TicketOrder(group="A"))
    window.call(call_next, "3")
    window.close()
    display.until(lambda: page.now_called.number.text() == given.ticket.number)
    display.until(lambda: bool(list(spoken.glob("*.wav"))))
    display.program.link.board.refresh()
    display.until(lambda: display.program.tasks.is_idle)
    assert len(list(spoken.glob("*.wav"))) == 1


@pytest.mark.parametrize("mode", [Mode.DISPLAY, Mode.CUSTOMER])
def test_escape_leaves_display_and_customer_screen(
    station_home: Path, started: Any, mode: Mode, qtbot: QtBot
) -> None:
    one = started(station_home, mode)
    one.until_open()
    qtbot.mouseClick(one.program.window, Qt.MouseButton.LeftButton)
    assert one.left == []
    qtbot.keyClick(one.program.window, Qt.Key.Key_Escape)
    assert one.left == [True]


def test_a_screen_without_a_station_says_so_and_begins_when_there_is_one(
    tmp_path: Path, started: Any
) -> None:
    home = tmp_path / "later"
    one = started(home, Mode.DISPLAY)
    one.until(lambda: "还没有网点" in all_texts(one.program.window))
    init_station(home, site_name="高新站", site_letters="GX")
    one.program.link._again.start(0)
    assert one.until_open().view.site_name == "高新站"


def test_a_store_that_was_replaced_is_opened_anew(station_home: Path, tmp_path: Path, started: Any) -> None:
    one = started(station_home, Mode.DISPLAY)
    first = one.until_open()
    fresh = station_home / "store.copy"
    fresh.write_bytes((station_home / "store.db").read_bytes())
    fresh.replace(station_home / "store.db")
    one.until(lambda: one.page is not first and getattr(one.page, "view", None) is not None)


def test_settings_changed_by_the_desk_count_at_once(station_home: Path, started: Any) -> None:
    one = started(station_home, Mode.KIOSK)
    page = one.until_open()
    one.until(lambda: page.front is page.no_way_out)
    save_settings(station_home, load_settings(station_home).changed(kiosk_pin="$argon2id$x"))
    one.until(lambda: page.front is page.start)


def test_groups_of_the_start_stand_over_those_of_the_settings(station_home: Path, started: Any) -> None:
    save_settings(station_home, load_settings(station_home).changed(display_groups="A"))
    assert [
        r.name.text() for r in started(station_home, Mode.DISPLAY).until_open().groups.rows if r.isVisible()
    ] == ["综合受理"]
    page = started(station_home, Mode.DISPLAY, groups="b，C").until_open()
    assert len([row for row in page.groups.rows if row.isVisible()]) == 2


@pytest.mark.parametrize(
    ("text", "codes"), [("", ()), ("A,B", ("A", "B")), (" a、b ；A", ("A", "B")), ("A B", ("A", "B"))]
)
def test_groups_are_read_as_people_write_them(text: str, codes: tuple[str, ...]) -> None:
    assert display_groups(text) == codes


def test_one_window_of_each_mode(tmp_path: Path, qapp: QApplication) -> None:
    kiosk = FirstWindow(tmp_path, what=channel_of(Mode.KIOSK))
    left = FirstWindow(tmp_path, what=channel_of(Mode.DISPLAY, "A,B"))
    assert call_first(tmp_path, channel_of(Mode.KIOSK))
    assert call_first(tmp_path, channel_of(Mode.DISPLAY, "B,A"))
    assert not call_first(tmp_path, channel_of(Mode.DISPLAY))
    assert not call_first(tmp_path)
    kiosk.close()
    left.close()


def test_an_unknown_mode_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["--mode", "juke-box"])
    assert refused.value.code == 2
    assert "kiosk" in capsys.readouterr().err


def test_the_log_of_a_mode_is_kept_in_the_home(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    before = list(logging.getLogger().handlers)
    write_log(tmp_path, Mode.DISPLAY)
    logging.getLogger("desktop.modes").error("went wrong")
    (added,) = [one for one in logging.getLogger().handlers if one not in before]
    logging.getLogger().removeHandler(added)
    added.close()
    assert "went wrong" in (tmp_path / "logs" / "display.log").read_text("utf-8")


def test_crashes_one_after_the_other_wait_longer(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    window = ModeWindow(Mode.DISPLAY, lambda: plain_page("好"))
    window.open_on(None)
    waits = []
    for _ in range(3):
        window.take_crash(RuntimeError("x"))
        waits.append(window._again.interval())
        window._again.stop()
    assert waits[0] < waits[1] < waits[2]
    window._forget_crashes()
    window.take_crash(RuntimeError("x"))
    assert window._again.interval() == waits[0]
    window.leave()


def all_texts(widget: QWidget) -> str:
    return " ".join(one.text() for one in widget.findChildren(QLabel))


@pytest.fixture
def counter(station_home: Path, qapp: QApplication, qtbot: QtBot) -> Iterator[Counter]:
    with counter_at(station_home, qapp, qtbot) as made:
        made.until(lambda: made.desk.modes is not None)
        yield made


def opened(counter: Counter, mode: Mode) -> Any:
    counter.desk.startup.navigator.open(mode)
    counter.until(lambda: getattr(window_of(counter, mode).page, "view", None) is not None)
    return window_of(counter, mode)


def window_of(counter: Counter, mode: Mode) -> Any:
    return counter.desk.modes.open_windows.get(mode)


def test_the_desk_opens_each_once_and_closes_them_with_itself(counter: Counter) -> None:
    windows = [opened(counter, mode) for mode in SCREEN_MODES]
    counter.desk.startup.navigator.open(Mode.DISPLAY)
    assert list(counter.desk.modes.open_windows.values()) == windows
    assert isinstance(windows[0].page, KioskPage)
    counter.desk.startup.navigator.open(Mode.DISPLAY, "close")
    assert window_of(counter, Mode.DISPLAY) is None
    counter.desk.window.close()
    assert counter.desk.modes.open_windows == {}


@pytest.mark.parametrize("mode", SCREEN_MODES)
def test_a_screen_that_was_closed_hears_of_nothing_any_more(
    counter: Counter, qapp: QApplication, mode: Mode
) -> None:
    window = opened(counter, mode)
    counter.settle()
    window.leave()
    qapp.sendPostedEvents(None, 52)  # QEvent.DeferredDelete
    assert not isValid(window)
    counter.desk.settings.change(window="2", scanner_port="")
    counter.desk.theme.changed.emit()
    counter.desk.startup.board.refresh()
    counter.settle()


def test_a_display_follows_its_groups_in_the_settings(counter: Counter) -> None:
    window = opened(counter, Mode.DISPLAY)
    counter.desk.settings.change(display_groups="B,C")
    counter.until(lambda: getattr(window.page, "view", None) is not None)
    assert len([row for row in window.page.groups.rows if row.isVisible()]) == 2
    counter.settle()


def test_a_display_of_its_own_follows_them_too(station_home: Path, started: Any) -> None:
    one = started(station_home, Mode.DISPLAY)
    first = one.until_open()
    save_settings(station_home, load_settings(station_home).changed(display_groups="B"))
    one.until(lambda: one.page is not first)
    assert len([row for row in one.until_open().groups.rows if row.isVisible()]) == 1


def test_a_mode_that_runs_in_its_own_process_is_not_opened_twice(
    counter: Counter, station_home: Path
) -> None:
    other = FirstWindow(station_home, what=channel_of(Mode.DISPLAY))
    counter.desk.startup.navigator.open(Mode.DISPLAY)
    assert window_of(counter, Mode.DISPLAY) is None
    other.close()


def test_the_customers_screen_finds_the_intake_page_when_it_is_first_shown(counter: Counter) -> None:
    window = opened(counter, Mode.CUSTOMER)
    assert window.page._mirror is None
    intake = counter.open("intake")
    intake.what.editor.setPlainText("想申请技改补贴")
    counter.until(lambda: window.page.mirror.matter.text() == "想申请技改补贴")
    intake.give_up()
    counter.until(lambda: window.page.body.currentWidget() is window.page.welcome)
    counter.settle()


def test_a_crash_of_a_screen_stays_on_it(counter: Counter, caplog: pytest.LogCaptureFixture) -> None:
    window = opened(counter, Mode.DISPLAY)
    before = window.page
    modes = counter.desk.modes
    with pytest.raises(AttributeError) as wrong:
        before.on_view(None)
    assert modes.take_crash(wrong.value)
    assert window.page is not before
    assert not modes.take_crash(RuntimeError("of somebody else"))
    window._again.setInterval(0)
    counter.until(lambda: getattr(window.page, "view", None) is not None)


def test_ctrl_k_knows_them(qapp: QApplication) -> None:
    navigator = Navigator()
    asked: list[tuple[str, Any]] = []
    navigator.requested.connect(lambda page, argument: asked.append((page, argument)))
    find = provider(navigator)
    assert find("") == []
    (command,) = find("打开大厅屏")  # type: ignore[misc]
    command.run()
    (closing,) = find("guanbi dtp")  # type: ignore[misc]
    closing.run()
    assert asked == [("display", None), ("display", "close")]


def test_a_visitors_touch_does_not_keep_the_desk_unlocked(qapp: QApplication, qtbot: QtBot) -> None:
    desk, visitors = QWidget(), QWidget()
    visitors.setProperty("visitors", True)
    for widget in (desk, visitors):
        qtbot.addWidget(widget)
    watch = IdleWatch(qapp, desk)
    watch.set_minutes(1)
    press = QMouseEvent(
        QEvent.Type.MouseButtonPress,
        QPointF(1, 1),
        QPointF(1, 1),
        Qt.MouseButton.LeftButton,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    watch._timer.stop()
    qapp.sendEvent(visitors, press)
    assert not watch._timer.isActive()
    qapp.sendEvent(desk, press)
    assert watch._timer.isActive()
    watch.set_minutes(0)
    qapp.removeEventFilter(watch)


def test_the_settings_keep_the_pin_as_a_hash(context: PageContext, qtbot: QtBot) -> None:
    card = KioskCard(context)
    qtbot.addWidget(card)
    for wrong in ("", "12", "12345a", "123456789"):
        card.pin.set_text(wrong)
        card.keep.click()
        qtbot.waitUntil(lambda: context.tasks.is_idle)
        assert card.pin.error()
        assert context.settings.value.kiosk_pin == ""
    card.pin.set_text("2468")
    card.keep.click()
    qtbot.waitUntil(lambda: context.tasks.is_idle)
    kept = context.settings.value.kiosk_pin
    assert "2468" not in kept
    assert verify_password(kept, "2468")
    assert card.pin.text() == ""
    card.drop.click()
    assert context.settings.value.kiosk_pin == ""


def test_the_settings_open_the_screens_and_keep_a_displays_groups(context: PageContext, qtbot: QtBot) -> None:
    asked: list[tuple[str, Any]] = []
    context.navigator.requested.connect(lambda page, argument: asked.append((page, argument)))
    card = KioskCard(context)
    qtbot.addWidget(card)
    card.open[Mode.KIOSK].click()
    assert asked == [("kiosk", None)]
    card.groups.set_text("a，b")
    card.groups.editor.editingFinished.emit()
    assert context.settings.value.display_groups == "A,B"
    assert card.groups.text() == "A,B"
