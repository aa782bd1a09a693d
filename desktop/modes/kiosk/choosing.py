"""What a visitor says before touching a group: an appointment, a reason to go first, an enterprise."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject

from desktop.modes.kiosk.choices import classes_to_choose
from desktop.modes.kiosk.order import APPOINTED, PRIORITY, VISITOR, Choices
from desktop.modes.kiosk.view import KioskView
from domain.queue.model import Visitor
from domain.queue.rules import NORMAL

_NOTHING: dict[str, dict[str, Any]] = {
    VISITOR: {"visitor": Visitor(), "verified": False},
    APPOINTED: {"appointment_at": None},
    PRIORITY: {"priority": NORMAL},
}


class Choosing(QObject):
    """Leads through the screens that ask, and keeps the ``choices`` until the number is given."""

    def __init__(self, page: KioskView) -> None:
        super().__init__(page)
        self._page: Any = page
        self.choices = Choices()
        page.start.appointment_asked.connect(self._on_appointment_asked)
        page.start.priority_asked.connect(self._on_priority_asked)
        page.start.dropped.connect(lambda what: self.take(**_NOTHING[what]))
        page.appointment.picked.connect(lambda at: self.take(appointment_at=at))
        page.priority.picked.connect(lambda code: self.take(priority=code))
        for asked in (page.appointment.back_asked, page.priority.back_asked):
            asked.connect(self._go_back)

    @property
    def is_begun(self) -> bool:
        """Whether something was chosen that must not stay for the next visitor."""
        return self.choices != Choices()

    def take(self, **chosen: Any) -> None:
        """Something was chosen, or is wanted no more."""
        self._show(replace(self.choices, **chosen))
        self._page.show_start()

    def clear(self) -> None:
        """The next visitor begins anew."""
        self._show(Choices())

    def _go_back(self) -> None:
        self._page.show_start()

    def _show(self, choices: Choices) -> None:
        self.choices = choices
        if self._page.view is not None:
            self._page.start.show_chosen(choices.told(self._page.view))

    def _on_appointment_asked(self) -> None:
        if self._page.view is not None:
            self._page.appointment.show_times(self._page.view)
            self._page.show_for(self._page.appointment)

    def _on_priority_asked(self) -> None:
        if self._page.view is not None:
            self._page.priority.show_classes(classes_to_choose(self._page.view))
            self._page.show_for(self._page.priority)
