"""A hall with its screens: the real store and board, and a printer that answers as it is told."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.gateway import StaffEntry, StationFacts
from desktop.modes.mode_page import ModeContext
from desktop.printing.tickets import TicketOutcome
from desktop.queue.board import QueueBoard
from desktop.settings import Settings
from desktop.shell.page import SettingsBox
from desktop.shell.tasks import TaskRunner
from desktop.theme.theme import Theme
from domain.errors import AppError
from domain.printing.papers import Ticket
from domain.queue.desk import HallView, TicketOrder
from domain.staff import Actor, Role
from services.queue.local_desk import LocalQueueDesk
from services.queue.tickets import call_next, issue_ticket
from services.station import Station

SUPERVISOR = Actor("supervisor", Role.SUPERVISOR)


class PaperPrinter(QObject):
    """Takes tickets; ``answer`` says what became of the last one."""

    finished = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.papers: list[Ticket] = []

    def print(self, ticket: Ticket) -> None:
        self.papers.append(ticket)

    def answer(self, error: AppError | None = None) -> None:
        taken_by = "" if error else "小票机"
        self.finished.emit(TicketOutcome(self.papers[-1], taken_by, error=error))


@dataclass
class StaffGateway:
    """Knows the staff that it is told of."""

    home: Any
    staff: tuple[StaffEntry, ...] = ()

    def facts(self, station: Any) -> "Future[StationFacts]":
        future: Future[StationFacts] = Future()
        future.set_result(StationFacts("演示中心", "YS", demo=False, staff=self.staff))
        return future


class Mouth:
    """An announcer that notes what it is to say."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []
        self.stopped = False

    def announce(self, call: Any) -> None:
        self.said.append((call.number, call.window))

    def stop(self) -> None:
        self.stopped = True


class _Relay(QObject):
    changes = Signal(object)


@dataclass
class Hall:
    """The hall and what was asked of it."""

    station: Station
    tasks: TaskRunner
    theme: Theme
    settings: SettingsBox
    board: QueueBoard
    qtbot: QtBot
    gateway: StaffGateway
    left: list[bool] = field(default_factory=list)
    crashes: list[BaseException] = field(default_factory=list)
    pages: list[QWidget] = field(default_factory=list)

    def context(self, **changed: Any) -> ModeContext:
        given: dict[str, Any] = {"leave": lambda: self.left.append(True), **changed}
        return ModeContext(
            self.station,
            self.tasks,
            self.settings,
            self.theme,
            self.gateway,  # type: ignore[arg-type]
            self.board,
            lambda: datetime.fromtimestamp(self.station.clock.now_ms() / 1000, UTC),
            **given,
        )

    def show(self, page: QWidget, width: int = 1366, height: int = 768) -> Any:
        self.qtbot.addWidget(page)
        self.pages.append(page)
        page.resize(width, height)
        with self.qtbot.waitExposed(page):
            page.show()
        self.settle()
        return page

    def settle(self) -> None:
        """Until nothing is under way."""
        self.until(lambda: self.tasks.is_idle)

    def until(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition)
        assert self.crashes == []

    def do(self, service: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Somebody else does something in the hall; the screens have seen it afterwards."""
        done = self.station.call(service, *args, as_actor=SUPERVISOR, **kwargs)
        self.look()
        return done

    def look(self) -> HallView:
        """The hall as it is now, seen by every screen."""
        self.settle()
        self.board.refresh()
        self.settle()
        assert self.board.view is not None
        return self.board.view

    def take(self, group: str = "A", **order: Any) -> Any:
        return self.do(issue_ticket, TicketOrder(group=group, **order))

    def call(self, window: str = "1") -> Any:
        return self.do(call_next, window)


@contextmanager
def hall_of(station: Station, tasks: TaskRunner, theme: Theme, qtbot: QtBot) -> Iterator[Hall]:
    """The hall of ``station``, followed by a board."""
    settings = SettingsBox(station.home, Settings())
    board = QueueBoard(lambda: LocalQueueDesk(station), tasks)
    relay = _Relay()
    relay.changes.connect(board.on_changes)
    stop = station.add_listener(relay.changes.emit)
    hall = Hall(station, tasks, theme, settings, board, qtbot, StaffGateway(station.home))
    tasks.crashed.connect(hall.crashes.append)
    board.refresh()
    hall.settle()
    yield hall
    hall.settle()
    stop()
    board.stop()
    assert hall.crashes == []
