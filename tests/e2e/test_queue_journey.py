"""Journey 2: a visitor takes a number with the enterprise code at the machine, is called by voice and display, has two
matters taken in during one visit, and rates it on the customer's screen. Window and screens run on one real store.
"""

import os
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import services.station
from desktop.modes.mode import Mode
from desktop.settings import Settings, save_settings
from desktop.voice.assembling import spoken
from domain.deadlines.hours import WEEKDAYS
from domain.queue.announcing import Call
from domain.queue.model import TicketState
from domain.ratings.model import RatingSource
from services.cases import show_case
from services.pins import hash_pin
from services.queue.tickets import find_ticket
from services.setup import init_station
from services.site import SiteForm, change_site
from services.station import open_station, reads
from services.trust import take_trust
from tests.code_minting import NOW, USCC, qym
from tests.fixed import FixedClock
from tests.ui.counter import TRUSTED, Counter, counter_at

WINDOW = "3"


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    return ["qifu-desk", "-platform", "offscreen"]


@pytest.fixture
def hall(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication, qtbot: QtBot
) -> Iterator[Counter]:
    """The desk of window 3 in a hall that is open round the clock and speaks into files."""
    monkeypatch.setenv("QIFU_VOICE_DIR", str(tmp_path / "voice"))
    monkeypatch.setattr(services.station, "SystemClock", lambda: FixedClock(NOW))
    home = tmp_path / "hall"
    init_station(home, site_name="高新站", site_letters="GX", clock=FixedClock(NOW))
    station = open_station(home)
    station.call(take_trust, TRUSTED)
    always = dict.fromkeys(WEEKDAYS, "00:00-24:00")
    station.call(change_site, SiteForm("高新站", windows=8, weekly=always))
    station.close()
    save_settings(home, Settings(window=WINDOW, kiosk_pin=hash_pin("2468")))
    with counter_at(home, qapp, qtbot) as counter:
        yield counter


@reads
def ticket_of(uow: Any, clock: Any, actor: Any, number: str) -> Any:
    return find_ticket(uow, clock, number)


@reads
def rating_of(uow: Any, clock: Any, actor: Any, number: str) -> Any:
    found = uow.ratings.of_subject(find_ticket(uow, clock, number).id)
    rating = uow.rating(found.id)
    return rating.opinion.level, rating.opinion.source, rating.actor


def open_mode(hall: Counter, mode: Mode) -> Any:
    hall.until(lambda: hall.desk.modes is not None)
    hall.desk.modes.open(mode)
    window = hall.desk.modes.open_windows[mode]
    hall.until(lambda: getattr(window.page, "view", None) is not None)
    hall.settle()
    return window.page


def take_number_with_code(hall: Counter, kiosk: Any) -> str:
    kiosk._tick.stop()  # seconds after which the machine clears what nobody takes
    hall.qtbot.keyClicks(kiosk, qym())
    hall.qtbot.keyClick(kiosk, Qt.Key.Key_Return)
    hall.until(lambda: kiosk.choosing.choices.verified)
    group = next(one for one in kiosk.start.buttons if one.line.code == "A")
    hall.qtbot.mouseClick(group, Qt.MouseButton.LeftButton)
    hall.until(lambda: kiosk.front is kiosk.given)
    hall.settle()
    return str(kiosk.given.number.text())


def accept(hall: Counter, matter: str) -> Any:
    """Write the matter into the form that is open and press F9."""
    intake = hall.front
    hall.until(lambda: intake.keeper.form_id is not None and not intake.is_accepted)
    intake.what.editor.setFocus()
    intake.what.editor.insertPlainText(matter)
    hall.press(Qt.Key.Key_F9)
    hall.until(lambda: intake.is_accepted)
    hall.settle()
    return hall.station.call(show_case, intake.result.number.text())


def come_to_front(hall: Counter) -> None:
    hall.desk.window.activateWindow()
    hall.desk.window.setFocus()
    hall.until(hall.desk.window.isActiveWindow)


def test_number_with_the_code_called_and_two_cases_in_one_visit(hall: Counter, tmp_path: Path) -> None:
    display = open_mode(hall, Mode.DISPLAY)
    kiosk = open_mode(hall, Mode.KIOSK)
    number = take_number_with_code(hall, kiosk)
    assert number == "A001"
    slips = tmp_path / "hall" / "papers"
    hall.until(lambda: slips.is_dir() and any(number in file.name for file in slips.iterdir()))
    hall.desk.modes.open_windows[Mode.KIOSK].leave()

    serving = hall.desk.queue.serving
    come_to_front(hall)
    hall.until(lambda: serving.window is not None and not serving.is_busy)
    hall.press(Qt.Key.Key_F4)
    hall.until(lambda: serving.ticket is not None)
    assert serving.ticket.number == number
    hall.until(lambda: display.now_called.number.text() == number)
    assert f"{WINDOW} 号窗口" in display.now_called.window_label.text()
    voice = tmp_path / "voice"
    hall.until(lambda: voice.is_dir() and len(list(voice.glob("*.wav"))) == 1)
    hall.settle()
    with wave.open(str(next(voice.glob("*.wav")))) as said:
        once = len(spoken(Call("", number, WINDOW, NOW), rate=100))
        assert said.getnframes() > 2 * once

    hall.press(Qt.Key.Key_F3)
    hall.until(lambda: type(hall.front).__name__ == "IntakePage")
    intake = hall.front
    hall.until(lambda: intake.who.fields()["uscc"] == USCC)
    hall.settle()
    first = accept(hall, "租了厂房，想扩一条产线，环评手续怎么办")
    hall.qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    second = accept(hall, "另外想申请今年的技改补贴")
    assert first.id != second.id
    assert {first.applicant.uscc, second.applicant.uscc} == {USCC}
    customer = open_mode(hall, Mode.CUSTOMER)
    come_to_front(hall)
    hall.press(Qt.Key.Key_F8)
    hall.until(lambda: serving.ticket is None and not serving.is_busy)
    hall.until(lambda: customer.body.currentWidget() is customer.rating_view)
    assert "请来访者" in hall.notices()
    before = hall.notices()
    hall.qtbot.mouseClick(customer.rating_view.faces[5], Qt.MouseButton.LeftButton)
    hall.settle()
    assert hall.notices() == before
    assert hall.station.call(rating_of, number) == (5, RatingSource.SCREEN, hall.station.device_actor.id)
    customer.window().leave()

    ticket = hall.station.call(ticket_of, number)
    assert ticket.state is TicketState.FINISHED
    assert ticket.cases == (first.id, second.id)
    assert ticket.visitor.uscc == USCC
    assert [one.state for one in ticket.periods] == [
        TicketState.WAITING,
        TicketState.CALLED,
        TicketState.SERVING,
    ]
    assert len(list(voice.glob("*.wav"))) == 1
    display.window().leave()
