"""The sources put together around the window: strip, gun, camera, pictures, clipboard, drops."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import QFileDialog

from desktop.messages import sentence
from desktop.scanning.online import OnlineRegistry
from desktop.scanning.pictures import PATTERN, Picture, picture_in, read
from desktop.scanning.scanner import INTAKE, Scanner
from desktop.scanning.serial import SerialGun
from desktop.scanning.slip_sheet import SlipSheet
from desktop.scanning.strip import ScanStrip
from desktop.shell.notices import Notices
from desktop.shell.page import Navigator, Page, SettingsBox
from desktop.shell.tasks import TaskRunner
from desktop.shell.window import MainWindow
from desktop.widgets import Tone
from services.rulebook import site_zone

if TYPE_CHECKING:
    from desktop.scanning.camera import CameraSheet, FrameSource


class Scanning(QObject):
    """扫码 around ``window``; begins to work with ``begin``."""

    def __init__(
        self, window: MainWindow, tasks: TaskRunner, notices: Notices, settings: SettingsBox
    ) -> None:
        super().__init__(window)
        self._window, self._tasks, self._notices, self._settings = window, tasks, notices, settings
        self._navigator: Navigator | None = None
        self._zone = "Asia/Shanghai"
        self._camera: CameraSheet | None = None
        self.scanner = Scanner(self, tasks, notices, self)
        self.strip = ScanStrip(window)
        self.gun = SerialGun(self)
        self.slips = SlipSheet(window.frame)
        self.online = OnlineRegistry(tasks, notices, parent=self)
        self._targets: set[int] = set()
        window.frame.header.add_tool(self.strip)
        self.strip.hide()
        self.scanner.hold_while(lambda: self.strip.is_busy)
        self._connect()

    def begin(self, station: Any, navigator: Navigator) -> None:
        """There is a station to scan with."""
        if self._navigator is None:
            for asked in (navigator.restore_asked, navigator.wipe_asked):
                asked.connect(self._on_station_going)
        self._navigator = navigator
        self.scanner.use(station, navigator, lambda: self._settings.value.window)
        self._tasks.run(station.submit, site_zone, on_done=self._on_zone, receiver=self)
        self.strip.show()
        self._use_settings()
        self._accept_drops()

    def end(self) -> None:
        """Let go of gun and camera."""
        self.gun.stop()
        self.online.stop()
        if self._camera is not None:
            self._camera.close_sheet()

    def page(self) -> Page | None:
        """The page in front, unless something covers it or no station is open."""
        frame = self._window.frame
        current = frame.pages.currentWidget()
        covered = frame.screens.currentWidget() is not frame.pages or not frame.isEnabled()
        return current if isinstance(current, Page) and not covered else None

    def offers(self, page_id: str) -> bool:
        """Whether there is such a page."""
        return self._window.frame.pages.offers(page_id)

    def read_picture(self, picture: Picture) -> None:
        """Read the code in a picture."""
        self._tasks.run(
            self._tasks.in_background,
            read,
            picture,
            on_done=self.scanner.take,
            on_error=self._on_refused,
            receiver=self,
        )

    def paste(self) -> None:
        """Read what the clipboard holds: a picture, else a text."""
        data = QGuiApplication.clipboard().mimeData()
        picture = picture_in(data) if data is not None else None
        if picture is not None:
            self.read_picture(picture)
        elif data is not None and data.text():
            self.scanner.take(data.text())
        else:
            self._notices.say("剪贴板里没有图片，也没有文字。", Tone.WARN)

    def open_camera(self, source: "FrameSource | None" = None) -> "CameraSheet":
        """Look through a camera."""
        if self._camera is None:
            from desktop.scanning.camera import CameraSheet, system_camera

            self._camera = CameraSheet(self._window.frame, self._tasks, source or system_camera(self))
            self._camera.scanned.connect(self.scanner.take)
        if self.page() is not None:
            self._camera.open()
        return self._camera

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDragEnterEvent | QDragMoveEvent):
            if picture_in(event.mimeData()) is None:
                return False
            event.acceptProposedAction()
            return True
        if isinstance(event, QDropEvent):
            picture = picture_in(event.mimeData())
            if picture is None:
                return False
            event.acceptProposedAction()
            self.read_picture(picture)
            return True
        return False

    def _connect(self) -> None:
        self.strip.scanned.connect(self.scanner.take)
        self.strip.left.connect(self.scanner.release)
        self.strip.camera_asked.connect(self.open_camera)
        self.strip.file_asked.connect(self._on_file_asked)
        self.strip.paste_asked.connect(self.paste)
        self.gun.scanned.connect(self.scanner.take)
        self.scanner.answered.connect(lambda _: self.online.ask())
        self.scanner.slip_found.connect(lambda slip: self.slips.show_slip(slip, self._zone))
        self.slips.continue_asked.connect(self._on_continue)
        self._settings.changed.connect(lambda _: self._use_settings())
        self._window.frame.pages.shown.connect(lambda _: self._accept_drops())
        for key, slot in (
            ("F12", self._on_f12),
            ("Ctrl+Shift+V", self.paste),
            ("Ctrl+Shift+S", self.open_camera),
        ):
            QShortcut(QKeySequence(key), self._window.frame).activated.connect(slot)

    def _on_station_going(self) -> None:
        self.gun.stop()
        self.online.use(None, "")
        self.scanner.station = None

    def _on_f12(self) -> None:
        if self.page() is not None:
            self.strip.begin()

    def _use_settings(self) -> None:
        if self._navigator is not None:
            self.online.use(self.scanner.station, self._settings.value.registry_address)
            self.gun.use(self._settings.value.scanner_port, self._settings.value.scanner_baud)

    def _accept_drops(self) -> None:
        page = self._window.frame.pages.currentWidget()
        places = page.scan_targets() if isinstance(page, Page) else []
        for place in (self._window.frame.header, self._window.frame.rail, *places):
            if id(place) not in self._targets:
                self._targets.add(id(place))
                place.setAcceptDrops(True)
                place.installEventFilter(self)

    def _on_zone(self, zone: str) -> None:
        self._zone = zone

    def _on_continue(self, slip: Any) -> None:
        if self._navigator is not None:
            self._navigator.open(INTAKE, slip)

    def _on_refused(self, error: Any) -> None:
        self._notices.say(sentence(error), Tone.WARN)

    def _on_file_asked(self) -> None:
        dialog = QFileDialog(self._window, "选择带二维码的图片", "", PATTERN)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.read_picture(Picture(file=Path(name))))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
