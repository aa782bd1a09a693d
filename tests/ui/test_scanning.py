"""Scanning from every source into the real window: what was scanned arrives, what one was typing stays."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import qrcode
from PySide6.QtCore import QMimeData, QObject, QPointF, Qt, QUrl, Signal
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import services.station
from desktop.cases.page import CasesPage
from desktop.intake.page import IntakePage
from desktop.pages import PAGES
from desktop.scanning.camera import NoCamera, look
from desktop.scanning.pictures import meant
from desktop.supervision.page import SupervisionPage
from domain.staff import Actor, Role
from services.back_office.closing import feed_back_case, resolve_case
from services.case_steps import answer_case
from services.cases import accept_case, show_case
from services.printing import preview_paper
from services.scanning import ReadCode
from services.scans import Found
from services.setup import init_station
from services.station import open_station
from services.trust import own_trust_file, take_trust
from tests.code_minting import NOW, USCC, qym
from tests.fixed import FixedClock, form
from tests.ui.counter import TRUSTED, Counter, counter_at

NAME = "杭州蓝鲸智能装备有限公司"


@pytest.fixture
def counter(
    tmp_path: Path, qapp: QApplication, qtbot: QtBot, theme: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Counter]:
    """A real station's window that trusts the tests' issuers."""
    monkeypatch.setattr(services.station, "SystemClock", lambda: FixedClock(NOW))
    init_station(tmp_path / "home", site_name="高新站", site_letters="GX", clock=FixedClock(NOW))
    with counter_at(tmp_path / "home", qapp, qtbot) as counter:
        counter.station.call(take_trust, TRUSTED)
        yield counter


def qr_png(text: str) -> bytes:
    out = io.BytesIO()
    qrcode.make(text, border=4).save(out, format="PNG")
    return out.getvalue()


def qr_image(text: str) -> QImage:
    return QImage.fromData(qr_png(text))


# Keyboard guns


def test_a_gun_fills_the_form_while_somebody_writes_chinese(counter: Counter) -> None:
    intake: IntakePage = counter.open("intake")
    editor = intake.what.editor
    editor.setFocus()
    editor.insertPlainText("想申请技改补贴，材料")
    cursor = editor.textCursor()
    cursor.setPosition(3)
    editor.setTextCursor(cursor)
    counter.gun(qym())
    counter.answered()
    counter.until(lambda: QApplication.focusWidget() is editor)
    counter.type("a")
    assert editor.toPlainText() == "想申请a技改补贴，材料"
    assert intake.who.fields()["uscc"] == USCC
    assert intake.who.fields()["name"] == NAME


def test_without_the_prefix_the_gun_would_write_into_the_text(counter: Counter) -> None:
    """What the strip is for: the same keys without F12 land in the field."""
    intake: IntakePage = counter.open("intake")
    intake.what.editor.setFocus()
    counter.type("91330100")
    assert intake.what.editor.toPlainText() == "91330100"
    assert counter.answers == []


@pytest.mark.parametrize("ends", [1, 2])
def test_what_was_typed_before_and_after_is_untouched(counter: Counter, ends: int) -> None:
    intake: IntakePage = counter.open("intake")
    editor = intake.what.editor
    editor.setFocus()
    counter.type("before ")
    counter.gun(USCC, ends=ends)
    counter.type("after")
    counter.answered()
    assert editor.toPlainText() == "before after"
    assert QApplication.focusWidget() is editor


def test_the_input_method_is_off_in_the_strip(counter: Counter) -> None:
    counter.open("intake")
    counter.press(Qt.Key.Key_F12)
    assert QApplication.focusWidget() is counter.strip.line
    assert not counter.strip.line.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    counter.press(Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is not counter.strip.line


def test_commands_and_tabs_among_the_scanned_keys_do_nothing(counter: Counter) -> None:
    intake: IntakePage = counter.open("intake")
    counter.press(Qt.Key.Key_F12)
    counter.type(USCC[:9])
    counter.press(Qt.Key.Key_Tab)
    counter.press(Qt.Key.Key_F9)
    counter.qtbot.keyClick(counter.strip.line, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert counter.desk.window.lock_sheet.isHidden()
    counter.type(USCC[9:])
    counter.press(Qt.Key.Key_Return)
    assert counter.answered().uscc == USCC
    assert not intake.is_accepted


def test_f12_by_mistake_gives_the_focus_back(counter: Counter) -> None:
    intake: IntakePage = counter.open("intake")
    intake.what.editor.setFocus()
    counter.press(Qt.Key.Key_F12)
    counter.strip._empty.timeout.emit()
    assert QApplication.focusWidget() is intake.what.editor


def test_a_locked_window_takes_no_scan(counter: Counter) -> None:
    counter.open("intake")
    counter.desk.startup.lock()
    counter.desk.scanning.scanner.take(qym())
    counter.settle()
    assert counter.answers == []
    counter.desk.window.lock_sheet.unlock()


# The page in front


def test_what_a_code_proves_is_locked_and_marked(counter: Counter) -> None:
    intake: IntakePage = counter.open("intake")
    counter.desk.scanning.scanner.take(qym())
    counter.answered()
    assert not intake.who.profile.proof.isHidden()
    assert intake.who.code.editor.isReadOnly()
    assert intake.who.name.editor.isReadOnly()
    assert intake.who.fresh.isHidden()


def test_a_bare_code_is_filled_in_but_not_locked_and_says_why(counter: Counter) -> None:
    intake: IntakePage = counter.open("intake")
    counter.desk.scanning.scanner.take(USCC)
    counter.answered()
    assert intake.who.fields()["uscc"] == USCC
    assert not intake.who.code.editor.isReadOnly()
    assert intake.who.profile.proof.isHidden()


def test_typing_another_enterprise_takes_the_proof_away(counter: Counter) -> None:
    intake: IntakePage = counter.open("intake")
    counter.desk.scanning.scanner.take(qym())
    counter.answered()
    intake.who.entry.set_text("云溪")
    counter.settle()
    assert intake.who.fields()["proof"] == {}
    assert not intake.who.code.editor.isReadOnly()


def test_a_forged_code_fills_nothing_and_says_so(counter: Counter) -> None:
    intake: IntakePage = counter.open("intake")
    text = qym()
    counter.desk.scanning.scanner.take(text[:80] + ("0" if text[80] != "0" else "1") + text[81:])
    assert counter.answered().proof is None
    assert intake.who.fields()["uscc"] is None
    assert "请勿采信" in counter.notices() or "损坏" in counter.notices()


def test_another_enterprise_in_the_middle_of_a_form_begins_the_next_one(counter: Counter) -> None:
    intake: IntakePage = counter.open("intake")
    counter.desk.scanning.scanner.take(USCC)
    counter.answered()
    intake.what.editor.insertPlainText("前一位的诉求")
    counter.desk.scanning.scanner.take("91330100MA2H0KCB73")
    counter.answered(2)
    assert intake.what.editor.toPlainText() == ""
    assert intake.who.fields()["uscc"] == "91330100MA2H0KCB73"


def slip_text(station: Any) -> tuple[str, str]:
    accepted = station.call(accept_case, form())
    return station.call(preview_paper, accepted.id, "case_slip")["qr"], accepted.id


@pytest.mark.parametrize("page", [spec.id for spec in PAGES])
def test_a_slip_opens_its_case_from_every_page(counter: Counter, page: str) -> None:
    text, case = slip_text(counter.station)
    counter.open(page)
    counter.gun(text)
    assert counter.answered().found is Found.SLIP
    assert isinstance(counter.front, CasesPage)
    assert counter.front.case.key == case


def rating_text(station: Any) -> tuple[str, str]:
    """The code of a closed case's rating form, and the case's number."""
    accepted = station.call(accept_case, form())
    policy = Actor("policy", Role.SPECIALIST, board="policy")
    station.call(answer_case, accepted.number, "可以申报。", as_actor=policy)
    station.call(resolve_case, accepted.number, "可以申报。", as_actor=policy)
    station.call(feed_back_case, accepted.number)
    return station.call(preview_paper, accepted.id, "rating_form")["qr"], accepted.number


@pytest.mark.parametrize("page", [spec.id for spec in PAGES])
def test_a_rating_form_opens_the_entry_of_ratings_from_every_page(counter: Counter, page: str) -> None:
    text, number = rating_text(counter.station)
    counter.open(page)
    counter.gun(text)
    assert counter.answered().found is Found.RATING
    assert isinstance(counter.front, SupervisionPage)
    assert counter.front.section.value() == "paper"
    assert counter.front.paper.number.text() == number


def test_a_rating_form_opens_nothing_for_who_enters_none(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, number = rating_text(counter.station)
    front = counter.open("intake")
    monkeypatch.setattr(counter.desk.scanning, "offers", lambda page: page != "supervision")
    counter.gun(text)
    counter.answered()
    assert counter.front is front
    assert number in counter.notices()
    assert "督办人员" in counter.notices()


def test_a_rating_form_of_another_site_is_told_and_opens_nothing(counter: Counter, tmp_path: Path) -> None:
    init_station(tmp_path / "other", site_name="高新站", site_letters="GX", clock=FixedClock(NOW))
    other = open_station(tmp_path / "other", clock=FixedClock(NOW))
    text, number = rating_text(other)
    counter.station.call(take_trust, other.call(own_trust_file))
    other.close()
    page = counter.open("supervision", "paper")
    counter.gun(text)
    assert counter.answered().case is None
    assert page.paper.number.text() == ""
    assert f"评价表 {number}：本机没有这个办件" in counter.notices()
    assert counter.desk.scanning.slips.isHidden()


@pytest.mark.parametrize("page", [spec.id for spec in PAGES])
def test_an_enterprise_is_taken_on_every_page(counter: Counter, page: str) -> None:
    front = counter.open(page)
    counter.gun(qym())
    counter.answered()
    if page == "cases":
        assert front.list.search.text() == USCC
    elif page == "intake":
        assert front.who.fields()["uscc"] == USCC
    elif page == "queue":
        assert front.take.enterprise.text() == USCC
    else:
        assert counter.front is not front or page == "enterprises"


def test_the_case_list_shows_the_cases_of_the_enterprise(counter: Counter) -> None:
    accepted = counter.station.call(accept_case, form(uscc=USCC))
    counter.station.call(accept_case, form(name="别的企业"))
    front = counter.open("cases")
    counter.gun(USCC)
    counter.answered()
    counter.until(lambda: front.list.model.rowCount() == 1)
    assert front.list.model.row(front.list.model.index(0, 0)).id == accepted.id


def test_a_slip_of_another_window_shows_what_it_holds_and_goes_on_here(
    counter: Counter, tmp_path: Path
) -> None:
    init_station(tmp_path / "other", site_name="高新站", site_letters="GX", clock=FixedClock(NOW))
    other = open_station(tmp_path / "other", clock=FixedClock(NOW))
    text, case = slip_text(other)
    number = other.call(show_case, case).number
    counter.station.call(take_trust, other.call(own_trust_file))
    other.close()
    counter.open("cases")
    counter.gun(text)
    counter.answered()
    sheet = counter.desk.scanning.slips
    assert sheet.isVisible()
    assert sheet.lines()["编号"] == number
    sheet.go_on.click()
    counter.settle()
    intake: IntakePage = counter.front
    intake.what.editor.insertPlainText("继续上次的事，补交了图纸")
    intake.who.entry.set_text(USCC)
    counter.settle()
    intake.accept_form(prints=False)
    counter.until(lambda: intake.is_accepted)
    assert counter.station.call(show_case, intake.result.number.text()).links == (case,)


# Pictures


def test_a_picture_file_the_clipboard_and_a_drop_are_scans(counter: Counter, tmp_path: Path) -> None:
    counter.open("intake")
    file = tmp_path / "码.png"
    file.write_bytes(qr_png(USCC))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    header = counter.desk.window.frame.header
    assert header.acceptDrops()
    event = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    # Qt itself passes a drop on only in the middle of a real drag.
    assert counter.desk.scanning.eventFilter(header, event)
    assert counter.answered().uscc == USCC
    QGuiApplication.clipboard().setImage(qr_image(qym()))
    counter.desk.scanning.paste()
    assert counter.answered(2).verdict.kind == "QYM1"
    QGuiApplication.clipboard().setText(USCC)
    counter.desk.scanning.paste()
    assert counter.answered(3).uscc == USCC


def test_a_picture_without_a_code_is_told(counter: Counter, tmp_path: Path) -> None:
    from desktop.scanning.pictures import Picture

    counter.open("intake")
    for name, content in (("空.png", None), ("坏.png", b"no picture at all")):
        file = tmp_path / name
        if content is None:
            blank = QImage(200, 200, QImage.Format.Format_RGB32)
            blank.fill(Qt.GlobalColor.white)
            blank.save(str(file))
        else:
            file.write_bytes(content)
        counter.desk.scanning.read_picture(Picture(file=file))
        counter.settle()
        assert name in counter.notices()
    assert counter.answers == []


def test_a_file_dropped_elsewhere_on_intake_stays_an_attachment(counter: Counter) -> None:
    intake: IntakePage = counter.open("intake")
    assert intake.scan_targets() == [intake.who]


def test_of_several_codes_in_one_picture_ours_is_meant() -> None:
    codes = [ReadCode(text, "QRCode", ()) for text in ("https://example.com", USCC, qym())]
    assert meant(codes) == qym()
    assert meant(codes[:2]) == USCC


# Camera


class FakeCamera(QObject):
    """Shows what it is told to."""

    arrived = Signal(object)
    failed = Signal(str)

    def __init__(self, names: tuple[str, ...] = ("前置",), *, light: bool = False) -> None:
        super().__init__()
        self.names, self.has_light, self.on, self.lit = names, light, False, False

    def cameras(self) -> list[tuple[str, str]]:
        return [(name, name) for name in self.names]

    def start(self, camera: str) -> bool:
        self.on = True
        return self.has_light

    def stop(self) -> None:
        self.on = False

    def light(self, on: bool) -> None:
        self.lit = on


def frame_of(text: str) -> Any:
    """A frame of 1080 lines with a code somewhere in it, as a camera hands it over."""
    multimedia = pytest.importorskip("PySide6.QtMultimedia", exc_type=ImportError)
    image = QImage(1920, 1080, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.gray)
    from PySide6.QtGui import QPainter

    painter = QPainter(image)
    painter.drawImage(700, 200, qr_image(text).scaled(600, 600))
    painter.end()
    return multimedia.QVideoFrame(image)


def test_the_first_code_before_the_camera_is_scanned_and_the_camera_goes_off(counter: Counter) -> None:
    intake: IntakePage = counter.open("intake")
    camera = FakeCamera(light=True)
    sheet = counter.desk.scanning.open_camera(camera)
    assert camera.on
    assert not sheet.light.isHidden()
    sheet.light.click()
    assert camera.lit
    camera.arrived.emit(frame_of(qym()))
    assert counter.answered().proof is not None
    assert not camera.on
    assert sheet.isHidden()
    assert intake.who.fields()["uscc"] == USCC


def test_the_camera_goes_off_after_a_minute(counter: Counter) -> None:
    counter.open("intake")
    camera = FakeCamera()
    sheet = counter.desk.scanning.open_camera(camera)
    assert sheet._off.interval() == 60_000
    assert sheet._off.isActive()
    sheet._off.timeout.emit()
    assert (camera.on, sheet.isHidden()) == (False, True)


def test_no_camera_is_a_sentence(counter: Counter) -> None:
    counter.open("intake")
    sheet = counter.desk.scanning.open_camera(NoCamera())
    assert "没有找到可用的摄像头" in sheet.says.text()
    counter.press(Qt.Key.Key_Escape)
    assert sheet.isHidden()


def test_a_frame_without_a_code_is_only_shown() -> None:
    class Blank:
        def toImage(self) -> QImage:
            image = QImage(640, 480, QImage.Format.Format_RGB32)
            image.fill(Qt.GlobalColor.white)
            return image

    seen = look(Blank())
    assert (seen.codes, seen.image.width()) == ((), 560)
