"""The window of a mode: fills its screen, is left only the way its page allows, and stands up again after a crash."""

import logging
from collections.abc import Callable

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QScreen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.crash_report import crash_report
from desktop.modes.labels import FitLabel
from desktop.modes.mode import NAMES, Mode
from desktop.modes.mode_page import ModePage
from desktop.shell.lock import VISITORS

AGAIN_MS = 1_000
LONGEST_MS = 60_000
STEADY_MS = 60_000
"""After so long without a crash the next one counts as the first."""

_log = logging.getLogger(__name__)


class ModeWindow(QWidget):
    """取号机、大厅屏 or 顾客屏 on one screen. ``left`` when it was closed.

    ``make_page`` makes its page, anew after a crash. ``takes_keys`` False leaves the keyboard to the desk that works on
    the same machine, also when somebody touches this window.
    """

    left = Signal()

    def __init__(self, mode: Mode, make_page: Callable[[], QWidget], *, takes_keys: bool = True) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.mode = mode
        self._make_page = make_page
        self._may_close = False
        self._crashes = 0
        self.page: QWidget | None = None
        self.setWindowTitle(f"{NAMES[mode]} — 企服前台")
        self.setAccessibleName(NAMES[mode])
        self.setProperty(VISITORS, True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, not takes_keys)
        if not takes_keys:
            self.setWindowFlag(Qt.WindowType.WindowDoesNotAcceptFocus)
        if mode is Mode.KIOSK:
            self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)
        if mode is Mode.DISPLAY:
            self.setCursor(Qt.CursorShape.BlankCursor)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        # A machine that is shut down asks its windows to close, and must not be held up.
        application.commitDataRequest.connect(self._on_session_ending)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self.renew)
        self._steady = QTimer(self, singleShot=True, interval=STEADY_MS)
        self._steady.timeout.connect(self._forget_crashes)

    def open_on(self, screen: QScreen | None, *, full: bool = True) -> None:
        """Show on ``screen``, filling it unless ``full`` is False."""
        self.renew()
        screen = screen or QGuiApplication.primaryScreen()
        self.setGeometry(screen.geometry() if full else _part_of(screen))
        self.showFullScreen() if full else self.showNormal()

    def renew(self) -> None:
        """Make the page anew."""
        self._put(self._make_page())

    def show_screen(self, screen: QWidget) -> None:
        """Show something else until the page is made again."""
        self._put(screen)

    def take_crash(self, error: BaseException) -> None:
        """The page went wrong: the report goes to the log, people see a sentence, and the page is made anew."""
        _log.error("%s: the page crashed and is made anew\n%s", self.mode, crash_report(error))
        if self._again.isActive():
            return
        self._crashes += 1
        self._put(plain_page("正在恢复，请稍候……"))
        self._steady.stop()
        self._again.start(min(LONGEST_MS, AGAIN_MS * 2 ** (self._crashes - 1)))
        self._steady.start()

    def leave(self) -> None:
        """Close, whatever the page says."""
        self._may_close = True
        self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.mode is not Mode.KIOSK:
            self.leave()

    def closeEvent(self, event: QCloseEvent) -> None:
        guarded = self.mode is Mode.KIOSK and not (isinstance(self.page, ModePage) and self.page.may_leave)
        if guarded and not self._may_close:
            event.ignore()
            return
        self._again.stop()
        self._steady.stop()
        self._put(None)
        super().closeEvent(event)
        self.left.emit()

    def _on_session_ending(self) -> None:
        self._may_close = True

    def _forget_crashes(self) -> None:
        self._crashes = 0

    def _put(self, page: QWidget | None) -> None:
        if self.page is not None:
            self._column.removeWidget(self.page)
            self.page.hide()
            self.page.deleteLater()
        self.page = page
        if page is not None:
            self._column.addWidget(page)
            page.show()
            page.setFocus()


def plain_page(text: str) -> QWidget:
    """A page with one sentence."""
    sheet = QWidget()
    sheet.setProperty("role", "page")
    column = QVBoxLayout(sheet)
    column.setContentsMargins(60, 60, 60, 60)
    column.addStretch(1)
    column.addWidget(FitLabel(text, "figure", lines=4, align=Qt.AlignmentFlag.AlignHCenter))
    column.addStretch(1)
    return sheet


def _part_of(screen: QScreen) -> QRect:
    room = screen.availableGeometry()
    part = room.adjusted(0, 0, -room.width() // 4, -room.height() // 4)
    part.moveCenter(room.center())
    return part


def screen_numbered(number: int | None) -> QScreen | None:
    """The screen called ``number`` (from 1); None where there is no such one."""
    screens = QGuiApplication.screens()
    return screens[number - 1] if number is not None and 0 < number <= len(screens) else None
