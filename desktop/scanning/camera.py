"""摄像头扫码: a preview with a frame to hold the code in. The first code ends it; so does a minute without one."""

from dataclasses import dataclass
from typing import Any, Protocol

from PySide6.QtCore import QObject, QPoint, QRect, QSize, Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QPalette, QPen, QPolygon
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop.scanning.pictures import meant
from desktop.shell.focus import FocusKeeper
from desktop.shell.tasks import TaskRunner
from desktop.widgets import ActionButton, Choice, ChoiceField, label
from services.scanning import ReadCode, read_pixels

OFF_MS = 60_000
PREVIEW = QSize(560, 420)
_BOX = 0.62
"""Share of the shorter side that the frame takes."""


class FrameSource(Protocol):
    """Where frames come from: a camera, or a test. A frame has ``toImage()``."""

    arrived: SignalInstance
    failed: SignalInstance

    def cameras(self) -> list[tuple[str, str]]:
        """(id, name) of the cameras there are."""
        ...

    def start(self, camera: str) -> bool:
        """Begin to send frames; whether this camera has a light."""
        ...

    def stop(self) -> None:
        """Send no more and let go of the camera."""
        ...

    def light(self, on: bool) -> None:
        """Switch the camera's light."""
        ...


class NoCamera(QObject):
    """Stands in where the system has no sound or video libraries at all."""

    arrived = Signal(object)
    failed = Signal(str)

    def cameras(self) -> list[tuple[str, str]]:
        """None."""
        return []

    def start(self, camera: str) -> bool:
        """Nothing to switch on."""
        return False

    def stop(self) -> None:
        """Nothing to switch off."""

    def light(self, on: bool) -> None:
        """Nothing to switch."""


@dataclass(frozen=True, slots=True)
class Look:
    """A frame that was looked at: the picture for the preview and the codes in it, corners in the preview's pixels."""

    image: QImage
    codes: tuple[ReadCode, ...]
    corners: tuple[tuple[tuple[int, int], ...], ...] = ()


def system_camera(parent: QObject) -> FrameSource:
    """The system's cameras, or none where its video libraries are missing."""
    try:
        from desktop.scanning.qt_camera import QtCamera
    except ImportError:
        return NoCamera(parent)
    return QtCamera(parent)


def look(frame: Any) -> Look:
    """Codes in a frame, and the frame small enough to be shown; not for the window's thread."""
    image: QImage = frame.toImage()
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    codes = tuple(read_pixels(_array(grey)))
    small = image.scaled(
        PREVIEW, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.FastTransformation
    )
    share = small.width() / max(1, image.width())
    corners = tuple(tuple((int(x * share), int(y * share)) for x, y in code.corners) for code in codes)
    return Look(small, codes, corners)


def _array(grey: QImage) -> Any:
    import numpy as np

    rows = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())
    return np.ascontiguousarray(rows[:, : grey.width()])


class Preview(QWidget):
    """What the camera sees, mirrored if wanted, with the frame over it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(PREVIEW)
        self.setAccessibleName("摄像头画面")
        self.mirrored = True
        self._look: Look | None = None

    def show_look(self, seen: Look | None) -> None:
        """Show this frame; None shows an empty one."""
        self._look = seen
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        if self._look is not None:
            self._paint_look(painter, self._look)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 3))
        side = int(min(self.width(), self.height()) * _BOX)
        box = QRect(0, 0, side, side)
        box.moveCenter(self.rect().center())
        painter.drawRoundedRect(box, 10, 10)

    def _paint_look(self, painter: QPainter, seen: Look) -> None:
        image = seen.image.flipped(Qt.Orientation.Horizontal) if self.mirrored else seen.image
        corner = QPoint((self.width() - image.width()) // 2, (self.height() - image.height()) // 2)
        painter.drawImage(corner, image)
        painter.setPen(QPen(Qt.GlobalColor.green, 3))
        for points in seen.corners:
            placed = [QPoint(image.width() - x if self.mirrored else x, y) + corner for x, y in points]
            painter.drawPolygon(QPolygon(placed))


class CameraSheet(QFrame):
    """Stands over the pages until a code is seen, Esc, or a minute. ``scanned`` carries the code's text."""

    scanned = Signal(str)
    closed = Signal()

    def __init__(self, host: QWidget, tasks: TaskRunner, source: FrameSource) -> None:
        super().__init__(host)
        self.setProperty("role", "pop")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("摄像头扫码")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._tasks, self._source, self._host = tasks, source, host
        self._focus = FocusKeeper()
        self._looking = False
        self.preview = Preview()
        self.says = label("把二维码放进框里。", "muted", wrap=True)
        self.camera = ChoiceField("摄像头", [], side=60)
        self.mirror = QCheckBox("镜像")
        self.mirror.setChecked(True)
        self.light = QCheckBox("补光灯")
        self.close_button = ActionButton("关闭（Esc）", kind="secondary")
        self._off = QTimer(self, singleShot=True, interval=OFF_MS)
        self._lay_out()
        self._connect()
        self.hide()

    def open(self) -> None:
        """Look through the first camera; without one, say so."""
        if self.isVisible():
            return
        self._focus.remember(self._host)
        self.preview.show_look(None)
        cameras = self._source.cameras()
        self.camera.set_choices([Choice(number, name) for number, name in cameras])
        self.camera.setVisible(len(cameras) > 1)
        self._place()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)
        if cameras:
            self.camera.set_value(cameras[0][0])
            self._start(cameras[0][0])
        else:
            self._say_none()

    def close_sheet(self) -> None:
        """Switch the camera off and give the focus back."""
        if not self.isVisible():
            return
        self._off.stop()
        self._source.stop()
        had_focus = self.hasFocus() or self.isAncestorOf(self.focusWidget() or self)
        self.hide()
        if had_focus:
            self._focus.give_back()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_sheet()
            return
        super().keyPressEvent(event)

    def _start(self, camera: str) -> None:
        self.says.setText("把二维码放进框里，稍离远一点更清楚。一分钟后自动关闭。")
        self.light.setChecked(False)
        self.light.setVisible(self._source.start(camera))
        self._off.start()

    def _say_none(self) -> None:
        self.says.setText("没有找到可用的摄像头。请接好摄像头后再试，或改用扫码枪、图片文件。")
        self.light.hide()

    def _on_failed(self, what: str) -> None:
        self.says.setText(f"摄像头打不开（{what}）。请确认没有被别的程序占用，并允许本程序使用摄像头。")

    def _on_frame(self, frame: Any) -> None:
        # One frame at a time: while one is looked at, the others pass.
        if self._looking or not self.isVisible():
            return
        self._looking = True
        self._tasks.run(self._tasks.in_background, look, frame, on_done=self._on_look, receiver=self)

    def _on_look(self, seen: Look) -> None:
        self._looking = False
        if not self.isVisible():
            return
        self.preview.show_look(seen)
        if seen.codes:
            text = meant(seen.codes)
            self.close_sheet()
            self.scanned.emit(text)

    def _on_camera_chosen(self, camera: str) -> None:
        self._source.stop()
        self._start(camera)

    def _on_mirror(self, on: bool) -> None:
        self.preview.mirrored = on
        self.preview.update()

    def _connect(self) -> None:
        self._source.arrived.connect(self._on_frame)
        self._source.failed.connect(self._on_failed)
        self._off.timeout.connect(self.close_sheet)
        self.camera.chosen.connect(self._on_camera_chosen)
        self.mirror.toggled.connect(self._on_mirror)
        self.light.toggled.connect(self._source.light)
        self.close_button.clicked.connect(self.close_sheet)

    def _place(self) -> None:
        self.adjustSize()
        size = self.sizeHint()
        self.setGeometry(
            (self._host.width() - size.width()) // 2,
            max(8, (self._host.height() - size.height()) // 2),
            size.width(),
            min(size.height(), self._host.height() - 16),
        )

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.addWidget(self.mirror)
        foot.addWidget(self.light)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        for widget in (label("摄像头扫码", "strong"), self.preview, self.says, self.camera):
            column.addWidget(widget)
        column.addLayout(foot)
