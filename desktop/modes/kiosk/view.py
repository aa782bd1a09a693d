"""The screens of the ticket machine in one stack, and the corner for staff."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.modes.kiosk.choices import AppointmentView, CodeView, PriorityView
from desktop.modes.kiosk.given_view import GivenView, MessageView
from desktop.modes.kiosk.leaving_view import HiddenCorner, NoWayOutView, PinView, SignInView
from desktop.modes.kiosk.start_view import StartView
from desktop.modes.mode_page import ModeContext, ModePage


class KioskView(ModePage):
    """取号机: what stands where. The work is done in ``KioskPage``."""

    may_leave = False

    def __init__(self, context: ModeContext, hold_ms: int, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.opening = QWidget()
        self.start = StartView()
        self.code = CodeView()
        self.appointment = AppointmentView()
        self.priority = PriorityView()
        self.given = GivenView()
        self.message = MessageView()
        self.pin = PinView()
        self.sign_in = SignInView()
        self.no_way_out = NoWayOutView()
        self.screens = QStackedWidget()
        for screen in (
            self.opening,
            self.start,
            self.code,
            self.appointment,
            self.priority,
            self.given,
            self.message,
            self.pin,
            self.sign_in,
            self.no_way_out,
        ):
            self.screens.addWidget(screen)
        self.corner = HiddenCorner(self, hold_ms)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.screens, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.corner.place()

    def show_screen(self, screen: QWidget) -> None:
        """Bring ``screen`` to the front."""
        self.screens.setCurrentWidget(screen)
        self.corner.raise_()

    @property
    def front(self) -> QWidget | None:
        """The screen in front."""
        return self.screens.currentWidget()
