"""Bar, strip and keys of the queue put together around the window."""

from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from desktop.queue.bar import QueueBar
from desktop.queue.board import QueueBoard
from desktop.queue.controls import KEYS
from desktop.queue.menus import BACK_KEY, NUMBER_KEY, TRANSFER_KEY
from desktop.queue.serving import Serving
from desktop.queue.strip import QueueStrip
from desktop.settings import Settings
from desktop.shell.page import Navigator, SettingsBox
from desktop.shell.tasks import TaskRunner
from desktop.shell.window import MainWindow

HUB = "hub"
"""What the settings page is asked to show where the hall's hub is gone."""


class QueueDocking(QObject):
    """排队 around ``window``; begins to work with ``begin``."""

    def __init__(self, window: MainWindow, tasks: TaskRunner, settings: SettingsBox) -> None:
        super().__init__(window)
        self._window, self._tasks, self._settings = window, tasks, settings
        self._station: Any = None
        self._navigator: Navigator | None = None
        self._shown: tuple[str, ...] = ()
        self.serving = Serving(settings, self)
        self.bar = QueueBar(self.serving)
        self.strip: QueueStrip | None = None
        window.frame.dock(self.bar)
        window.frame.installEventFilter(self)
        self._keys = [self._key(key, partial(self._press, name)) for name, key in KEYS.items()]
        self._keys += [
            self._key(TRANSFER_KEY, partial(self._if_free, self.bar.transfer)),
            self._key(BACK_KEY, partial(self._if_free, self.bar.bring_back)),
            self._key(NUMBER_KEY, partial(self._if_free, self.bar.ask_number)),
        ]
        self._escape = self._key("Esc", self.serving.forget)
        self._connect()

    def begin(self, station: Any, board: QueueBoard | None, navigator: Navigator) -> None:
        """There is a queue to work with."""
        self._station, self._navigator = station, navigator
        self.serving.use(board)
        self._use_settings(self._settings.value)

    def end(self) -> None:
        """Let go of the strip, which is a window of its own."""
        if self.strip is not None:
            self.strip.hide()
            self.strip.deleteLater()
            self.strip = None

    @property
    def is_free(self) -> bool:
        """Whether the keys of the queue are heard: nothing covers the pages, and no sheet has the focus."""
        frame, focus = self._window.frame, self._window.focusWidget()
        if not frame.isEnabled() or not frame.shows_pages:
            return False
        places: tuple[QWidget, ...] = (frame.pages, frame.header, frame.rail, self.bar)
        return (
            focus is None or focus in (frame, self._window) or any(_within(place, focus) for place in places)
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.EnabledChange and self.strip is not None:
            # While the screen is locked, nobody reads here who is served, nor calls the next.
            self._show_strip(self._settings.value)
        return False

    def _key(self, key: str, slot: Any) -> QShortcut:
        shortcut = QShortcut(QKeySequence(key), self._window.frame)
        shortcut.setAutoRepeat(False)
        shortcut.activated.connect(slot)
        return shortcut

    def _press(self, name: str) -> None:
        if self.is_free:
            self.serving.press(name)

    def _if_free(self, slot: Any) -> None:
        if self.is_free and self.serving.window is not None:
            slot()

    def _connect(self) -> None:
        self.serving.changed.connect(self._on_changed)
        self.serving.case_asked.connect(self._on_case_asked)
        self.bar.settings_asked.connect(lambda: self._open("settings"))
        self.bar.move_asked.connect(lambda: self._open("settings", HUB))
        self.bar.case_clicked.connect(lambda case: self._open("cases", case))
        self.bar.strip_asked.connect(lambda: self._settings.change(strip=not self._settings.value.strip))
        self.bar.fold_asked.connect(lambda folded: self._settings.change(queue_folded=folded))
        self._settings.changed.connect(self._use_settings)
        self._on_changed()

    def _use_settings(self, settings: Settings) -> None:
        self.bar.show_folded(settings.queue_folded)
        if self._station is not None:
            self._show_strip(settings)

    def _show_strip(self, settings: Settings) -> None:
        wanted = settings.strip and self._window.frame.isEnabled()
        if self.strip is None and wanted:
            self.strip = QueueStrip(self.serving)
            self.strip.moved.connect(lambda place: self._settings.change(strip_place=place))
            self.strip.closed.connect(lambda: self._settings.change(strip=False))
            self.strip.window_asked.connect(self._on_window_asked)
            for name, key in KEYS.items():
                shortcut = QShortcut(QKeySequence(key), self.strip)
                shortcut.setAutoRepeat(False)
                shortcut.activated.connect(partial(self.serving.press, name))
        if self.strip is None or self.strip.isVisible() == wanted:
            return
        self.strip.come(settings.strip_place) if wanted else self.strip.hide()

    def _on_changed(self) -> None:
        # Esc belongs to the pages as long as nothing is asked here.
        self._escape.setEnabled(self.serving.is_asking)
        ticket = self.serving.ticket
        cases = ticket.cases if ticket is not None else ()
        if cases != self._shown:
            self._shown = cases
            self._ask_cases(cases)

    def _ask_cases(self, cases: tuple[str, ...]) -> None:
        if cases and self._station is not None:
            # Not needed before the first case of a visit, and the start waits for every import.
            from services.cases import case_numbers

            submit = self._station.submit
            self._tasks.run(submit, case_numbers, cases, on_done=self.bar.show_cases, receiver=self.bar)
        else:
            self.bar.show_cases(())

    def _on_case_asked(self, visit: Any) -> None:
        self._on_window_asked()
        self._open("intake", visit)

    def _on_window_asked(self) -> None:
        if self._window.isMinimized():
            self._window.showNormal()
        self._window.raise_()
        self._window.activateWindow()

    def _open(self, page: str, argument: Any = None) -> None:
        if self._navigator is not None:
            self._navigator.open(page, argument)


def _within(place: QWidget, widget: QWidget) -> bool:
    return place is widget or place.isAncestorOf(widget)
