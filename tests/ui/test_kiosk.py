"""取号机: one touch is one number, every refusal is a sentence, and nobody but staff closes it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.gateway import StaffEntry
from desktop.messages import sentence
from desktop.modes.kiosk import page as kiosk_page
from desktop.modes.kiosk.choices import appointment_times
from desktop.modes.kiosk.leaving_view import HiddenCorner
from desktop.modes.kiosk.page import GIVEN_S, IDLE_S, KioskPage
from desktop.modes.kiosk.pin_gate import LOCK_MS, PinGate
from desktop.modes.labels import FitLabel
from desktop.modes.look import TOUCH_PX
from desktop.modes.mode import Mode
from desktop.modes.mode_window import ModeWindow
from desktop.printing.tickets import TicketPrinter
from desktop.scanning.camera import NoCamera
from desktop.shell.tasks import TaskRunner
from desktop.theme.theme import Theme
from domain.errors import AppError
from domain.queue.model import TicketSource, TicketState
from domain.staff import Actor, Role
from services.pins import hash_pin
from services.queue.hall import close_hall, pause_group
from services.queue.rules import change_queue_rules, read_rules_facts
from services.queue.tickets import find_ticket, miss_ticket
from services.queue.views import read_tickets
from services.staff import save_member
from services.station import Station, reads
from services.trust import take_trust
from tests.code_minting import NOW, USCC, qym
from tests.fixed import FixedClock, local_ms
from tests.ui.counter import TRUSTED
from tests.ui.hall import SUPERVISOR, Hall, PaperPrinter, hall_of

PIN = "2468"
PIN_HASH = hash_pin(PIN)


class Ticking:
    """A steady clock that goes when it is told."""

    def __init__(self) -> None:
        self.ms = 0

    def __call__(self) -> int:
        return self.ms


@pytest.fixture
def hall(station: Station, tasks: TaskRunner, theme: Theme, qtbot: QtBot) -> Iterator[Hall]:
    with hall_of(station, tasks, theme, qtbot) as made:
        made.settings.change(kiosk_pin=PIN_HASH)
        yield made


def paper_printer(context: Any, parent: Any) -> PaperPrinter:
    return PaperPrinter(parent)


def kiosk(
    hall: Hall, gate: PinGate | None = None, *, printer: Any = None, hold_ms: int = 3000, **changed: Any
) -> Any:
    page = KioskPage(hall.context(**changed), gate, make_printer=printer or paper_printer, hold_ms=hold_ms)
    page.codes.make_camera = NoCamera
    page._tick.stop()
    return hall.show(page)


def button(page: Any, group: str) -> QPushButton:
    return next(one for one in page.start.buttons if one.line.code == group)


def touch(hall: Hall, widget: QWidget) -> None:
    hall.qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def tickets(hall: Hall) -> list[Any]:
    return list(hall.station.call(read_tickets))


@reads
def ticket_of(uow: Any, clock: Any, actor: Any, key: str) -> Any:
    return find_ticket(uow, clock, key)


def told(widget: QWidget) -> str:
    return " ".join(one.text() for one in widget.findChildren(FitLabel))


def test_a_touch_gives_a_number_prints_it_and_the_machine_goes_back(hall: Hall) -> None:
    hall.take("A")
    page = kiosk(hall)
    hall.station.actor = SUPERVISOR
    touch(hall, button(page, "A"))
    hall.until(lambda: page.front is page.given)
    hall.settle()
    assert page.given.number.text() == "A002"
    assert "1 人" in page.given.ahead.text()
    (paper,) = page.printer.papers
    assert (paper.number, paper.ahead, paper.qr[:5], paper.group) == ("A002", 1, "QYS1:", "综合受理")
    given = hall.station.call(ticket_of, "A002")
    assert given.source is TicketSource.KIOSK
    page.printer.answer()
    assert "取走小票" in page.given.paper.text()
    for _ in range(GIVEN_S):
        assert page.front is page.given
        page.on_tick()
    assert page.front is page.start
    assert "A002" not in told(page)


def test_two_touches_are_one_number(hall: Hall) -> None:
    page = kiosk(hall)
    touch(hall, button(page, "A"))
    touch(hall, button(page, "A"))
    hall.settle()
    assert [one.number for one in tickets(hall)] == ["A001"]
    assert len(page.printer.papers) == 1


def test_the_same_page_asked_twice_is_one_number_even_if_the_first_answer_was_lost(hall: Hall) -> None:
    page = kiosk(hall)
    for _ in range(2):
        page._issuing = False
        touch(hall, button(page, "A"))
    hall.settle()
    assert [one.number for one in tickets(hall)] == ["A001"]


def test_without_the_pages_key_two_touches_would_be_two_numbers(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = kiosk(hall)
    for _ in range(2):
        page._issuing = False
        page._command = kiosk_page.new_command()
        touch(hall, button(page, "A"))
    hall.settle()
    assert [one.number for one in tickets(hall)] == ["A001", "A002"]


def test_the_next_visitor_gets_a_number_of_their_own(hall: Hall) -> None:
    page = kiosk(hall)
    for _ in range(2):
        touch(hall, button(page, "A"))
        hall.until(lambda: page.front is page.given)
        touch(hall, page.given.back)
        assert page.front is page.start
    hall.settle()
    assert [one.number for one in tickets(hall)] == ["A001", "A002"]


def test_a_printer_without_paper_keeps_no_number_back(hall: Hall) -> None:
    page = kiosk(hall)
    touch(hall, button(page, "A"))
    hall.until(lambda: page.front is page.given)
    page.printer.answer(AppError("printing.paper_out", device="tcp:1"))
    assert page.given.number.text() == "A001"
    assert "没纸" in page.given.paper.text()
    assert "拍照" in page.given.paper.text()
    assert page.start.staff_note.text()
    page.printer.answer()
    assert page.start.staff_note.text() == ""


def test_a_real_printer_that_is_not_there_keeps_no_number_back(hall: Hall, tmp_path: Path) -> None:
    hall.settings.change(ticket_device=f"file:{tmp_path}/nowhere/lp0")
    page = kiosk(
        hall,
        printer=lambda context, parent: TicketPrinter(
            context.settings, context.tasks, None, context.gateway.home, parent
        ),
    )
    touch(hall, button(page, "A"))
    hall.until(lambda: page.front is page.given)
    hall.settle()
    assert page.given.number.text() == "A001"
    assert "拍照" in page.given.paper.text()


def test_outside_hours_the_buttons_say_so(hall: Hall, clock: FixedClock) -> None:
    page = kiosk(hall)
    clock.set("2026-11-18 20:00")
    hall.look()
    assert not button(page, "A").isEnabled()
    assert "服务时间" in button(page, "A").accessibleName()
    assert "服务时间" in page.start.headline.text()


def test_a_refusal_that_the_screen_did_not_know_of_is_a_sentence(hall: Hall, clock: FixedClock) -> None:
    page = kiosk(hall)
    clock.set("2026-11-18 20:00")
    touch(hall, button(page, "A"))
    hall.until(lambda: page.front is page.message)
    hall.settle()
    assert page.message.text.text() == sentence(AppError("queue.outside_hours"))
    assert tickets(hall) == []
    for _ in range(GIVEN_S):
        page.on_tick()
    assert page.front is page.start


def test_paused_closed_and_used_up_stand_on_the_buttons(hall: Hall) -> None:
    page = kiosk(hall)
    hall.do(pause_group, "B", "系统维护")
    rules = hall.station.call(read_rules_facts).rules.document()
    rules["groups"][2]["quota"] = 1
    hall.do(change_queue_rules, rules)
    hall.take("C")
    assert (button(page, "A").isEnabled(), button(page, "B").isEnabled()) == (True, False)
    assert "系统维护" in button(page, "B").accessibleName()
    assert not button(page, "C").isEnabled()
    assert "取完" in button(page, "C").accessibleName()
    hall.do(close_hall, "消防演练")
    assert not button(page, "A").isEnabled()
    assert "消防演练" in page.start.headline.text()


def test_a_store_that_fails_is_a_sentence_without_a_trace(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = kiosk(hall)
    monkeypatch.setattr(
        "services.queue.local_desk.LocalQueueDesk.issue",
        lambda *_, **__: (_ for _ in ()).throw(AppError("storage.disk_full")),
    )
    touch(hall, button(page, "A"))
    hall.until(lambda: page.front is page.message)
    assert page.message.text.text() == sentence(AppError("storage.disk_full"))


def test_an_appointment_falls_into_the_same_line(hall: Hall) -> None:
    page = kiosk(hall)
    touch(hall, page.start.appointment)
    assert hall.board.view is not None
    place = appointment_times(hall.board.view).index(local_ms("2026-11-18 10:30"))
    touch(hall, page.appointment.buttons[place])
    assert page.front is page.start
    touch(hall, button(page, "A"))
    hall.until(lambda: page.front is page.given)
    hall.settle()
    given = hall.station.call(ticket_of, "A001")
    assert (given.priority, given.appointment_at) == ("appointment", local_ms("2026-11-18 10:30"))
    assert page.printer.papers[0].appointment == "10:30"


def test_who_may_go_first_says_so_and_can_take_it_back(hall: Hall) -> None:
    page = kiosk(hall)
    for drop in (True, False):
        touch(hall, page.start.priority)
        touch(hall, page.priority.buttons[0])
        if drop:
            touch(hall, page.start.chosen.itemAt(0).widget())
            assert not page.choosing.is_begun
    touch(hall, button(page, "B"))
    hall.until(lambda: page.front is page.given)
    hall.settle()
    assert hall.station.call(ticket_of, "B001").priority == "priority"


def gun(page: Any, hall: Hall, text: str) -> None:
    hall.qtbot.keyClicks(page, text)
    hall.qtbot.keyClick(page, Qt.Key.Key_Return)
    hall.settle()


def test_a_good_code_goes_onto_the_ticket_with_its_name(hall: Hall, clock: FixedClock) -> None:
    clock.at_ms = NOW
    hall.station.call(take_trust, TRUSTED)
    page = kiosk(hall)
    gun(page, hall, qym())
    assert page.front is page.start
    chosen = page.start.chosen.itemAt(0).widget()
    assert page.choosing.choices.verified
    assert page.choosing.choices.visitor.uscc == USCC
    assert page.choosing.choices.visitor.name[:8] in chosen.text()
    assert "已核验" in chosen.text()


def test_a_bare_number_is_taken_but_not_believed(hall: Hall) -> None:
    page = kiosk(hall)
    gun(page, hall, USCC)
    assert not page.choosing.choices.verified
    touch(hall, button(page, "A"))
    hall.until(lambda: page.front is page.given)
    hall.settle()
    assert hall.station.call(ticket_of, "A001").visitor.uscc == USCC


def test_a_bad_code_is_a_sentence_and_a_number_can_be_had_all_the_same(hall: Hall) -> None:
    page = kiosk(hall)
    touch(hall, page.start.code)
    gun(page, hall, "https://example.com/not-a-code")
    assert page.front is page.code
    assert "直接取号" in page.code.answer.text()
    touch(hall, page.code.back)
    touch(hall, button(page, "A"))
    hall.until(lambda: page.front is page.given)
    hall.settle()
    assert [one.number for one in tickets(hall)] == ["A001"]


class OneCamera(NoCamera):
    """Is there, and is switched on and off."""

    on = False

    def cameras(self) -> list[tuple[str, str]]:
        return [("front", "前置")]

    def start(self, camera: str) -> bool:
        self.on = True
        return False

    def stop(self) -> None:
        self.on = False


def test_a_camera_reads_codes_and_is_switched_off_when_the_visitor_goes(hall: Hall) -> None:
    page = kiosk(hall)
    touch(hall, page.start.code)
    assert not page.code.camera.isVisible()
    camera = OneCamera(page)
    page.codes._source = camera
    page.ask_code()
    touch(hall, page.code.camera)
    assert camera.on
    page.codes._sheet.scanned.emit(USCC)
    hall.settle()
    assert page.choosing.choices.visitor.uscc == USCC
    assert not camera.on


def test_a_missed_ticket_gets_back_in_line_by_its_code(hall: Hall) -> None:
    given = hall.take("A")
    hall.call("1")
    page = kiosk(hall)
    gun(page, hall, given.qr)
    assert page.front is page.message
    assert "已叫号" in page.message.text.text()
    hall.do(miss_ticket, "A001")
    gun(page, hall, given.qr)
    hall.settle()
    assert "重新排队" in page.message.headline.text()
    assert hall.station.call(ticket_of, "A001").state is TicketState.WAITING


def test_nothing_of_a_visitor_who_went_away_stays(hall: Hall) -> None:
    page = kiosk(hall)
    gun(page, hall, USCC)
    assert page.choosing.is_begun
    for _ in range(IDLE_S):
        page.on_tick()
    assert not page.choosing.is_begun
    assert page.start.chosen.count() == 0


def press_pin(page: Any, hall: Hall, digits: str) -> None:
    for digit in digits:
        touch(hall, page.pin.keys[digit])
    touch(hall, page.pin.keys["✓"])
    hall.settle()


def test_the_pin_leaves_and_five_wrong_ones_lock_for_a_minute(hall: Hall) -> None:
    steady = Ticking()
    page = kiosk(hall, PinGate(steady))
    page.leaving.ask()
    for _ in range(5):
        assert page.pin.keys["0"].isEnabled()
        press_pin(page, hall, "1357")
    assert not page.pin.keys["0"].isEnabled()
    press_pin(page, hall, PIN)
    page.leaving._on_pin(PIN)
    hall.settle()
    assert hall.left == []
    steady.ms += LOCK_MS
    page.leaving.on_tick()
    press_pin(page, hall, PIN)
    assert hall.left == [True]


def test_a_page_made_anew_gives_nobody_five_tries_more(hall: Hall) -> None:
    gate = PinGate(Ticking())
    page = kiosk(hall, gate)
    page.leaving.ask()
    for _ in range(5):
        press_pin(page, hall, "1357")
    again = kiosk(hall, gate)
    again.leaving.ask()
    assert not again.pin.keys["0"].isEnabled()


def test_the_corner_asks_only_who_holds_it(hall: Hall) -> None:
    page = kiosk(hall, hold_ms=40)
    corner = page.findChild(HiddenCorner)
    assert corner.geometry().topRight() == page.rect().topRight()
    touch(hall, corner)
    hall.qtbot.wait(80)
    assert page.front is page.start
    hall.qtbot.mousePress(corner, Qt.MouseButton.LeftButton, pos=QPoint(50, 50))
    hall.until(lambda: page.front is page.pin)
    hall.qtbot.mouseRelease(corner, Qt.MouseButton.LeftButton, pos=QPoint(50, 50))


def test_a_kiosk_is_closed_by_no_key_and_by_no_window_manager(hall: Hall) -> None:
    context = hall.context(leave=lambda: window.leave())
    window = ModeWindow(Mode.KIOSK, lambda: KioskPage(context, make_printer=paper_printer))
    left: list[bool] = []
    window.left.connect(lambda: left.append(True))
    window.open_on(None)
    hall.settle()
    hall.qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.close()
    assert window.isVisible()
    assert left == []
    page: Any = window.page
    page.leaving.ask()
    press_pin(page, hall, PIN)
    assert left == [True]


def test_without_pin_and_staff_it_does_not_begin_and_says_how(hall: Hall) -> None:
    hall.settings.change(kiosk_pin="")
    page = kiosk(hall)
    assert page.front is page.no_way_out
    assert page.may_leave
    touch(hall, page.no_way_out.back)
    assert hall.left == [True]
    hall.settings.change(kiosk_pin=PIN_HASH)
    assert page.front is page.start
    assert not page.may_leave


def test_without_a_pin_a_member_of_staff_leaves_by_password(hall: Hall) -> None:
    hall.station.call(
        save_member, "anna", "安娜", Role.CLERK, None, "open sesame", as_actor=Actor("admin", Role.ADMIN)
    )
    hall.settings.change(kiosk_pin="")
    hall.gateway.staff = (StaffEntry("anna", "安娜", "clerk", has_password=True),)
    page = kiosk(hall)
    page.leaving.ask()
    assert page.front is page.sign_in
    for password in ("wrong password", "open sesame"):
        assert hall.left == []
        page.sign_in.password.set_text(password)
        touch(hall, page.sign_in.enter)
        hall.settle()
    assert hall.left == [True]
    assert hall.station.actor == hall.station.device_actor


def test_a_crash_shows_no_trace_and_the_page_stands_up_again(
    hall: Hall, caplog: pytest.LogCaptureFixture
) -> None:
    pages: list[Any] = []

    def make() -> Any:
        pages.append(KioskPage(hall.context(), make_printer=paper_printer))
        return pages[-1]

    window = ModeWindow(Mode.KIOSK, make)
    window.open_on(None)
    hall.settle()
    window._again.setInterval(0)
    try:
        raise RuntimeError("91330100MA2H0KCB73")
    except RuntimeError as error:
        window.take_crash(error)
    assert "RuntimeError" not in told(window)
    assert "RuntimeError" in caplog.text
    assert "91330100MA2H0KCB73" not in caplog.text
    assert not window.close()
    hall.until(lambda: len(pages) == 2)
    hall.settle()
    assert window.page is pages[1]
    window.leave()


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_everything_that_is_touched_is_large_and_fits(hall: Hall, size: tuple[int, int]) -> None:
    rules = hall.station.call(read_rules_facts).rules.document()
    long = "高新技术企业与专精特新中小企业认定及研发费用加计扣除专窗"
    rules["groups"] = [
        {**rules["groups"][0], "code": f"G{n}", "prefix": chr(65 + n), "name": long if n % 2 else "综合受理"}
        for n in range(12)
    ]
    rules["windows"] = [{"code": "1", "name": "", "groups": ["G0"], "helps": []}]
    hall.do(change_queue_rules, rules)
    page = kiosk(hall)
    page.resize(*size)
    assert page.minimumSizeHint().width() <= size[0]
    assert page.minimumSizeHint().height() <= size[1]
    for screen in (page.start, page.appointment, page.pin, page.priority):
        page.show_screen(screen)
        hall.qtbot.wait(1)
        shown = [one for one in screen.findChildren(QPushButton) if one.isVisible()]
        assert shown
        assert all(min(one.width(), one.height()) >= TOUCH_PX for one in shown)
    page.show_screen(page.start)
    names = [one.name for one in page.start.buttons]
    assert all(name.fitted().pixelSize() >= size[1] / 40 for name in names)
    assert not any(name.is_cut() for name in names)
