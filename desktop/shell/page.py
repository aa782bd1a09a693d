"""What a page is to the frame, and what the frame gives to a page."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.gateway import Gateway
from desktop.settings import Settings, load_settings, save_settings
from desktop.shell.notices import Notices
from desktop.shell.tasks import TaskRunner
from desktop.theme.theme import Theme


class Station(Protocol):
    """The part of ``services.station.Station`` that pages see; the store runs on its own thread behind it."""

    def submit(self, service: Callable[..., Any], *args: Any, **kwargs: Any) -> "Future[Any]":
        """Run ``service(uow, clock, actor, *args)`` on the store's thread."""
        ...


class Navigator(QObject):
    """Asks the frame for what a page cannot do itself: ``navigator.open("cases", case_id)``.

    ``restore_asked`` (path of a backup) and ``wipe_asked`` close the station and every page first.
    """

    requested = Signal(str, object)
    restore_asked = Signal(object)
    wipe_asked = Signal()

    def open(self, page_id: str, argument: Any = None) -> None:
        """Show the page and give it ``argument`` (its ``open_item``)."""
        self.requested.emit(page_id, argument)


class SettingsBox(QObject):
    """The settings in use; ``changed`` after each change, which is also written to the home."""

    changed = Signal(object)

    def __init__(self, home: Path, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._home = home
        self.value = settings

    def reload(self) -> None:
        """Take over what another process of this machine has changed."""
        value = load_settings(self._home)
        if value != self.value:
            self.value = value
            self.changed.emit(value)

    def change(self, **values: Any) -> None:
        """Change some settings and keep them."""
        self.value = self.value.changed(**values)
        save_settings(self._home, self.value)
        self.changed.emit(self.value)


@dataclass(frozen=True, slots=True)
class PageContext:
    """All that a page gets: the way to the store, to the person, to other pages, and the looks."""

    station: Any
    tasks: TaskRunner
    notices: Notices
    navigator: Navigator
    theme: Theme
    settings: SettingsBox
    gateway: Gateway
    queue: Any = None
    """``desktop.queue.board.QueueBoard``, the hall's queue."""
    sync: Any = None
    """``desktop.sync.runner.SyncRunner``, which keeps the desk in step with the node above."""


@dataclass(frozen=True, slots=True)
class Command:
    """One entry of Ctrl+K. ``words`` are further words to find it by, such as pinyin initials."""

    title: str
    run: Callable[[], None]
    icon: str = "arrow-right"
    detail: str = ""
    key: str = ""
    words: str = ""


class Page(QWidget):
    """Base of all pages. The frame makes a page when it is first shown and keeps it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")

    def on_shown(self) -> None:
        """The page has come to the front: put the focus where work begins."""

    def on_changes(self, changes: Any) -> None:
        """Something was committed (``services`` ``Changes``); refresh if it concerns this page."""

    def open_item(self, argument: Any) -> None:
        """Somebody asked for this page with ``argument`` (``Navigator.open``)."""

    def commands(self) -> list[Command]:
        """What this page adds to Ctrl+K."""
        return []

    def on_scan(self, scan: Any) -> bool:
        """Something was scanned while this page is in front (``services.scans.Scan``); True if the page took it."""
        return False

    def scan_targets(self) -> list[QWidget]:
        """Where a picture that is dropped is read for codes."""
        return [self]


@dataclass(frozen=True, slots=True)
class PageSpec:
    """An entry of the rail. ``roles`` empty = for everyone; ``words`` are pinyin and initials for Ctrl+K.

    One that is not ``in_rail`` is opened from elsewhere: a button of the header, Ctrl+K.
    """

    id: str
    title: str
    icon: str
    factory: Callable[[PageContext], Page]
    roles: frozenset[str] = field(default_factory=frozenset)
    words: str = ""
    in_rail: bool = True

    def is_for(self, role: str) -> bool:
        """Whether somebody with ``role`` sees this page."""
        return not self.roles or role in self.roles
