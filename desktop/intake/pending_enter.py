"""Enter pressed before the answer it waits for: it leads on only where nobody has gone elsewhere meanwhile."""

from PySide6.QtWidgets import QWidget


class PendingEnter:
    """An Enter in ``zone``, remembered with the widget that had the focus then."""

    def __init__(self, zone: QWidget) -> None:
        self._zone = zone
        self._pressed_in: QWidget | None = None
        self.waits = False

    def press(self) -> None:
        """Enter, or a click that means the same."""
        self.waits = True
        self._pressed_in = self._focus()

    def forget(self) -> None:
        """Somebody typed on, or there is nothing to wait for."""
        self.waits = False
        self._pressed_in = None

    def take(self) -> bool:
        """The answer is there: whether it may move the focus. Heard once."""
        leads_on = self.waits and self._focus() is self._pressed_in
        self.forget()
        return leads_on

    def _focus(self) -> QWidget | None:
        return self._zone.window().focusWidget()
