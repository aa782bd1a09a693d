"""评价 at the window: asked on the customer's own screen when a visit was finished, and of nobody else.

What is given goes to the store as the device's; whoever is signed in at the desk neither enters nor sees it.
"""

from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.modes.customer.rating_view import RatingView
from desktop.modes.mode_page import ModeContext
from domain.callbacks.model import DISSATISFIED
from domain.queue.desk import IssuedTicket, TicketLine
from domain.queue.model import EndReason, TicketState
from services.ratings.giving import rate_visit

ASK_MS = 20_000
"""Who has not touched a face by then does not rate, which counts for nothing."""
TAGS_MS = 20_000
THANKS_MS = 4_000
TOLD = "请来访者在顾客屏上评价"
_SERVED = (TicketState.SERVING, TicketState.HELD)


class VisitRating(QObject):
    """Follows who is at the window. ``began`` and ``ended`` when the screen is the visitor's for a while."""

    began = Signal()
    ended = Signal()

    def __init__(self, context: ModeContext, view: RatingView, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._view = context, view
        self._served = ""
        self._rated = ""
        self._level = 0
        self._over = QTimer(self, singleShot=True)
        self._over.timeout.connect(self._on_over)
        view.level_chosen.connect(self._on_level)
        view.sent.connect(self._give)

    @property
    def is_asking(self) -> bool:
        """Whether the screen belongs to the rating now."""
        return bool(self._rated)

    def follow(self, ticket: TicketLine | None) -> None:
        """Who is at the window now; whoever was served before and is gone may be through."""
        if self._served and (ticket is None or ticket.id != self._served):
            gone, self._served = self._served, ""
            self._context.queue.ask("issued", gone, on_done=self._on_gone)
        if ticket is not None and ticket.state in _SERVED:
            self._served = ticket.id
            # The next visitor stands here: the one before does not rate any more.
            if self.is_asking and ticket.id != self._rated:
                self._end()

    def stop(self) -> None:
        """The screen is closed."""
        self._over.stop()
        self._rated = ""

    def _on_gone(self, issued: IssuedTicket) -> None:
        ticket = issued.ticket
        if ticket.state is not TicketState.FINISHED or ticket.end_reason is not EndReason.SERVED:
            return
        if self._served and self._served != ticket.id:
            return
        self._rated, self._level = ticket.id, 0
        self._view.ask()
        self._over.start(ASK_MS)
        self._context.tell(TOLD)
        self.began.emit()

    def _on_level(self, level: int) -> None:
        if not self._rated or self._level:
            return
        self._level = level
        if level <= DISSATISFIED:
            self._view.ask_tags(level)
            self._over.start(TAGS_MS)
        else:
            self._give(())

    def _give(self, tags: tuple[str, ...]) -> None:
        level, self._level = self._level, 0
        if not self._rated or not level:
            return
        self._over.stop()
        station = self._context.station
        self._context.tasks.run(
            station.submit,
            rate_visit,
            self._rated,
            level,
            tags=tags,
            as_actor=station.device_actor,
            on_done=self._on_given,
            on_error=self._on_not_given,
        )

    def _on_given(self, _: Any) -> None:
        self._view.thank()
        self._over.start(THANKS_MS)

    def _on_not_given(self, _: Any) -> None:
        self._view.regret()
        self._over.start(THANKS_MS)

    def _on_over(self) -> None:
        if self._level:
            # A level was touched: that is a rating, with or without saying what was bad.
            self._give(self._view.chosen_tags())
        else:
            self._end()

    def _end(self) -> None:
        if self._level:
            self._give(self._view.chosen_tags())
        self._over.stop()
        self._rated = ""
        self.ended.emit()
