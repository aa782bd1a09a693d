"""Giving the focus back to where it was, if that is still there."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid


class FocusKeeper:
    """Remembers the widget that has the focus in a window, also while another program is in front."""

    def __init__(self) -> None:
        self._widget: QWidget | None = None

    def remember(self, widget: QWidget) -> None:
        """Remember who has the focus in the window of ``widget``."""
        self._widget = widget.window().focusWidget()

    def give_back(self) -> None:
        """Put the focus there again; pages may have removed the widget meanwhile."""
        if self._widget is not None and isValid(self._widget):
            self._widget.setFocus(Qt.FocusReason.OtherFocusReason)
        self._widget = None
