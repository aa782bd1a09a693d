"""顾客屏: mirrors the intake of the same process. What the visitor before had told is gone when their visit ends."""

from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from desktop.intake.mirror import EMPTY, Mirror, MirrorState
from desktop.modes.customer.rating import VisitRating
from desktop.modes.customer.view import CustomerView
from desktop.modes.mode_page import ModeContext
from desktop.window_words import window_words
from domain.queue.desk import HallView
from domain.queue.model import TicketState

ACCEPTED_MS = 60_000
"""How long an accepted matter stays in sight when the clerk does not go on to the next visitor."""


class CustomerPage(CustomerView):
    """In a process of its own (``mirror`` None) it shows the number that is served, and nothing of anybody."""

    def __init__(self, context: ModeContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._mirror: Mirror | None = context.mirror
        self._gone = EMPTY
        self._ticket = ""
        self.rating = VisitRating(context, self.rating_view, self)
        self.rating.began.connect(lambda: self.body.setCurrentWidget(self.rating_view))
        self.rating.ended.connect(self._on_rating_ended)
        self._accepted = QTimer(self, singleShot=True, interval=ACCEPTED_MS)
        self._accepted.timeout.connect(self._forget)
        self.mirror.confirm.clicked.connect(self._on_confirmed)
        if self._mirror is not None:
            self._mirror.changed.connect(self._on_mirrored)
        context.settings.changed.connect(self._show_hall)
        self.begin()

    def on_view(self, view: HallView) -> None:
        self._show_hall()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._mirror is not None:
            self._mirror.watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.rating.stop()
        if self._mirror is not None:
            self._mirror.watch(False)

    def _show_hall(self, _: Any = None) -> None:
        code = self._context.settings.value.window
        window = self.view.window(code) if self.view is not None else None
        self.window_label.setText(window_words(code, window.name if window else "") if code else "")
        ticket = window.ticket if window is not None else None
        if self._ticket and (ticket is None or ticket.id != self._ticket):
            self._forget()
        self._ticket = ticket.id if ticket is not None else ""
        self.rating.follow(ticket)
        paused = window is not None and not window.open and window.since is not None
        reason = (window.reason or "请稍候") if window is not None and paused else ""
        number = ticket.number if ticket is not None else ""
        called = ticket is not None and ticket.state is TicketState.CALLED
        self.welcome.show_number(number, reason, called=called)

    def _on_rating_ended(self) -> None:
        self._on_mirrored(self._mirror.state if self._mirror is not None else EMPTY)

    def _on_mirrored(self, state: MirrorState) -> None:
        if self.rating.is_asking:
            return
        if state.number:
            self._accepted.start()
        else:
            self._accepted.stop()
        if state and state.told != self._gone.told:
            self._gone = EMPTY
            self.mirror.show_state(state)
            # What was confirmed and then accepted unchanged stays confirmed.
            if not state.number:
                self.mirror.show_confirmed("")
            self.mirror.confirm.setVisible(not state.number)
            self.body.setCurrentWidget(self.mirror)
        else:
            self._clear()

    def _forget(self) -> None:
        """The visit is over: what stands on the clerk's page shows here no more until something new is written."""
        if self._mirror is not None:
            self._gone = self._mirror.state
        self._clear()

    def _clear(self) -> None:
        self._accepted.stop()
        self.mirror.show_state(EMPTY)
        self.mirror.show_confirmed("")
        if not self.rating.is_asking:
            self.body.setCurrentWidget(self.welcome)

    def _on_confirmed(self) -> None:
        if self._mirror is None:
            return
        zone = ZoneInfo(self.view.zone) if self.view is not None else None
        at = f"{self._context.now().astimezone(zone):%H:%M}"
        self._mirror.confirm(at)
        self.mirror.show_confirmed(at)
