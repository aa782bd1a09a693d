"""The small strip over other programs: the same parts as the bar, in a window of its own that stays on top."""

from typing import Any

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QHideEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop.queue.controls import Controls, queue_button
from desktop.queue.menus import Ways, back_menu, drop_down, more_menu, transfer_menu
from desktop.queue.serving import Serving
from desktop.widgets import set_tone

WIDTH = 520
EDGE = 12


class QueueStrip(QFrame):
    """小条. ``moved`` carries its place ``x,y`` when it was dragged, ``window_asked`` brings the window to the front,
    ``closed`` when it is not wanted any more.
    """

    moved = Signal(str)
    window_asked = Signal()
    closed = Signal()

    def __init__(self, serving: Serving) -> None:
        flags = Qt.WindowType.Tool | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
        super().__init__(None, flags)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        # The program ends with its main window.
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        # Coming up must not take the keyboard from the program somebody works in.
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setProperty("role", "pop")
        self.setWindowTitle("排队小条")
        self.setAccessibleName("排队小条")
        self._grip: QPoint | None = None
        self.serving = serving
        self.controls = Controls(serving, self)
        self.desk = queue_button("", "", "quiet", "desktop")
        self.shut = queue_button("", "", "quiet", "x")
        for button, name in ((self.desk, "回到企服前台"), (self.shut, "收起小条")):
            button.setAccessibleName(name)
            button.setToolTip(name)
        self._lay_out()
        self._connect()

    def come(self, place: str) -> None:
        """Show the strip at ``place`` (``x,y``), else above the lower right corner; always inside a screen."""
        self.resize(max(WIDTH, self.minimumSizeHint().width()), self.sizeHint().height())
        screen = QGuiApplication.primaryScreen().availableGeometry()
        corner = QPoint(screen.right() - self.width() - EDGE, screen.bottom() - self.height() - 4 * EDGE)
        self.move(inside(read_place(place) or corner, self.size().width(), self.size().height()))
        self.show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.controls.show_state()
        self._show()

    def hideEvent(self, event: QHideEvent) -> None:
        self.controls.stop()
        super().hideEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if QGuiApplication.platformName().startswith("wayland"):
            # A Wayland window cannot move itself, nor learn where it is.
            self.windowHandle().startSystemMove()
            return
        self._grip = event.globalPosition().toPoint() - self.pos()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is not None:
            self.move(event.globalPosition().toPoint() - self._grip)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._grip is None:
            return
        self._grip = None
        self.move(inside(self.pos(), self.width(), self.height()))
        self.moved.emit(f"{self.x()},{self.y()}")

    def _transfer(self) -> None:
        ticket = self.serving.ticket
        if ticket is not None and not self.serving.is_busy:
            drop_down(
                transfer_menu(self.serving, self, ticket.group, self.serving.transfer), self.controls.transfer
            )

    def _bring_back(self) -> None:
        self.serving.ask("tickets", on_done=self._on_tickets)

    def _on_tickets(self, tickets: Any) -> None:
        drop_down(back_menu(self.serving, self, tickets), self.controls.more)

    def _show_more(self) -> None:
        ways = Ways(self._transfer, self._bring_back, self._ask_number)
        drop_down(more_menu(self.serving, self, ways), self.controls.more)

    def _ask_number(self) -> None:
        self.activateWindow()
        self.controls.ask_number()

    def _connect(self) -> None:
        self.serving.changed.connect(self._show)
        self.controls.transfer.clicked.connect(self._transfer)
        self.controls.more.clicked.connect(self._show_more)
        self.desk.clicked.connect(self.window_asked)
        self.shut.clicked.connect(self.closed)

    def _show(self) -> None:
        message = self.serving.message
        self._said.setVisible(message is not None)
        self._facts.setVisible(message is None)
        if message is not None:
            set_tone(self._said, message.tone)

    def _lay_out(self) -> None:
        controls = self.controls
        self._facts, self._said = QWidget(), QFrame()
        facts = QHBoxLayout(self._facts)
        facts.setContentsMargins(0, 0, 0, 0)
        for part in (controls.state, controls.since, controls.marks):
            facts.addWidget(part)
        facts.addWidget(controls.name, 1)
        facts.addWidget(controls.entry)
        facts.addWidget(controls.waiting)
        self._said.setProperty("role", "bar")
        said = QHBoxLayout(self._said)
        said.setContentsMargins(8, 1, 4, 1)
        said.addWidget(controls.message, 1)
        said.addWidget(controls.confirm)
        head = QHBoxLayout()
        head.addWidget(controls.number)
        head.addWidget(self._facts, 1)
        head.addWidget(self._said, 1)
        head.addWidget(self.desk)
        head.addWidget(self.shut)
        foot = QHBoxLayout()
        foot.setSpacing(4)
        foot.addWidget(controls.big, 1)
        for name in ("begin_case", "recall", "miss", "hold"):
            foot.addWidget(controls.buttons[name])
        for button in (controls.transfer, controls.buttons["next"], controls.more):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 4, 8, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(foot)
        # The strip has no room for every group by itself.
        controls.groups.setParent(self)
        controls.groups.hide()


def read_place(place: str) -> QPoint | None:
    """``x,y`` as a point; None where it is none."""
    parts = place.split(",")
    try:
        return QPoint(int(parts[0]), int(parts[1])) if len(parts) == 2 else None
    except ValueError:
        return None


def inside(place: QPoint, width: int, height: int) -> QPoint:
    """``place`` moved so that a window of this size lies wholly on the screen it is nearest to."""
    screen = QGuiApplication.screenAt(QRect(place.x(), place.y(), width, height).center())
    room = (screen or QGuiApplication.primaryScreen()).availableGeometry()
    x = max(room.left(), min(place.x(), room.right() - width + 1))
    y = max(room.top(), min(place.y(), room.bottom() - height + 1))
    return QPoint(x, y)
