"""From the hall's calls to the announcer: each call once, none that is late, none of another display's groups."""

import logging
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject

from desktop.modes.calls import NewCalls
from desktop.queue.board import QueueBoard
from domain.queue.announcing import Call
from domain.queue.desk import HallView

MakeAnnouncer = Callable[[ZoneInfo, QObject], Any]

_log = logging.getLogger(__name__)


class Announcing(QObject):
    """Speaks for one place. ``make`` makes the ``Announcer`` (``announcer_for``), when the hall is first seen."""

    def __init__(
        self,
        board: QueueBoard,
        make: MakeAnnouncer,
        groups: tuple[str, ...] = (),
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.board = board
        self._make = make
        self._calls = NewCalls(groups)
        self._announcer: Any = None
        board.changed.connect(self._on_view)
        if board.view is not None:
            self._on_view(board.view)

    def stop(self) -> None:
        """Say nothing more."""
        self.board.changed.disconnect(self._on_view)
        if self._announcer is not None:
            self._announcer.stop()

    def _on_view(self, view: HallView) -> None:
        for call in self._calls.take(view):
            if self._announcer is None:
                self._announcer = self._make(ZoneInfo(view.zone), self)
            window = view.window(call.window)
            named = window.name if window is not None and window.name else call.window
            self._announcer.announce(Call(call.key, call.number, named, call.at))


def announcer_for(
    place: str, settings: Callable[[], Any], clock: Any, tell: Callable[[str], None] | None = None
) -> MakeAnnouncer:
    """How the announcer of ``place`` (``display`` or ``window``) is made; ``tell`` says what went wrong."""

    def make(zone: ZoneInfo, parent: QObject) -> Any:
        # Sound is no part of the start.
        from desktop.voice.announcer import Announcer

        announcer = Announcer(settings, clock, zone, place, parent=parent)
        announcer.failed.connect(tell or _write_down)
        return announcer

    return make


def _write_down(text: str) -> None:
    _log.error("a call was not spoken: %s", text)
