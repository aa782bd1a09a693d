"""The layout of the window: rail, header, and the place where pages or a full screen stand."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.shell.header import Header
from desktop.shell.pages import PageStack
from desktop.shell.rail import Rail


class Frame(QWidget):
    """What the window holds. ``screens`` shows either the pages or one full screen (wizard, sign-in, opening)."""

    def __init__(self, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self.rail = Rail()
        self.header = Header(now)
        self.pages = PageStack()
        self.screens = QStackedWidget()
        self.screens.addWidget(self.pages)
        self._docked: QWidget | None = None
        self._column = QVBoxLayout()
        self._column.setSpacing(0)
        self._column.addWidget(self.header)
        self._column.addWidget(self.screens, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addLayout(self._column, 1)

    def dock(self, bar: QWidget) -> None:
        """Put ``bar`` between header and pages, on every page; it is hidden while a full screen is shown."""
        self._docked = bar
        self._column.insertWidget(1, bar)
        bar.setVisible(self.shows_pages)

    @property
    def shows_pages(self) -> bool:
        """Whether the pages are shown, and no full screen."""
        return self.screens.currentWidget() is self.pages

    def show_screen(self, screen: QWidget) -> None:
        """Put a full screen in place of the pages; an earlier one goes."""
        self._drop_screen()
        self.rail.hide()
        self.screens.addWidget(screen)
        self.screens.setCurrentWidget(screen)
        self._show_docked()
        screen.setFocus()

    def show_pages(self) -> None:
        """Take the full screen away."""
        self._drop_screen()
        self.rail.show()
        self.screens.setCurrentWidget(self.pages)
        self._show_docked()

    def _show_docked(self) -> None:
        if self._docked is not None:
            self._docked.setVisible(self.shows_pages)

    def _drop_screen(self) -> None:
        while (old := self.screens.widget(1)) is not None:
            self.screens.removeWidget(old)
            old.deleteLater()
