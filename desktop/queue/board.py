"""What this machine knows of the hall's queue, and the one way its pages, bar and screens act on it.

The board asks a ``QueueDesk`` on a thread of its own: a hub that is slow to answer holds up no page, and no page holds
up the next call. Commands of one board run in the order of their keys.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from uuid import uuid4

from PySide6.QtCore import QObject, QTimer, Signal
from shiboken6 import isValid

from desktop.queue.following import Following
from desktop.queue.hall_line import HallLine, LineState
from desktop.shell.tasks import TaskRunner
from domain.errors import AppError
from domain.queue.desk import HallView, QueueDesk, TicketOrder

REFRESH_MS = 15_000
"""Waits grow and hours end without anybody doing something."""

Done = Callable[[Any], None]


class QueueBoard(QObject):
    """大厅看板. ``changed`` carries the ``HallView`` that was read anew; ``busy_changed`` whether a command runs.

    ``unread`` when the hall could not be read; ``line_changed`` carries the ``LineState`` of who decides.
    """

    changed = Signal(object)
    unread = Signal()
    busy_changed = Signal(bool)
    line_changed = Signal(object)
    _made = Signal(object)

    def __init__(
        self, desk: Callable[[], QueueDesk | HallLine], tasks: TaskRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.view: HallView | None = None
        self.line_state = LineState.OWN
        self._following: Following | None = None
        self._made.connect(self._follow)
        self._make_desk = desk
        self._desk: QueueDesk | HallLine | None = None
        self._tasks = tasks
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="queue")
        self._reading = self._stale = self._stopped = self._behind = False
        self._under_way = 0
        self._timer = QTimer(self, interval=REFRESH_MS)
        self._timer.timeout.connect(self.refresh)

    def start(self) -> None:
        """Begin to follow the hall."""
        self._timer.start()
        self.refresh()

    def stop(self) -> None:
        """Ask nothing any more; what was asked ends."""
        self._stopped = True
        self._timer.stop()
        if self._following is not None:
            self._following.stop()
        if isinstance(self._desk, HallLine):
            self._desk.close()
        self._thread.shutdown(wait=True, cancel_futures=True)

    def on_changes(self, changes: Any) -> None:
        """Something was committed here or by another process."""
        if changes.elsewhere or changes.areas & {"queue", "reference"}:
            self.refresh()

    def refresh(self) -> None:
        """Read the hall anew; while it is being read, once more afterwards."""
        if self._reading or self._stopped:
            self._stale = True
            return
        self._reading, self._stale = True, False
        self._tasks.run(self._submit, "view", on_done=self._on_view, on_error=self._on_view_failed)

    @property
    def is_busy(self) -> bool:
        """Whether a command is under way."""
        return self._under_way > 0

    @property
    def is_behind(self) -> bool:
        """Whether a command is under way, or the hall was not read since the last one."""
        return self._behind

    def next(self, window: str, groups: Sequence[str] = (), *, on_done: Done, on_error: Done) -> None:
        """叫下一个 to ``window``; the ``Ticket``, or None where nobody waits."""
        self.act("next", window, tuple(groups), command=new_command(), on_done=on_done, on_error=on_error)

    def issue(self, order: TicketOrder, *, on_done: Done, on_error: Done) -> None:
        """取号; an ``IssuedTicket``."""
        self.act("issue", order, command=new_command(), on_done=on_done, on_error=on_error)

    def act(
        self,
        name: str,
        *args: Any,
        on_done: Done,
        on_error: Done,
        receiver: QObject | None = None,
        **kwargs: Any,
    ) -> None:
        """Run the method ``name`` of the ``QueueDesk`` and deliver its answer; the hall is read anew after it.

        Slots of a ``receiver`` that is gone meanwhile are not called; it is found for a bound method.
        """
        if self._stopped:
            return
        self._behind = True
        self._count(1)
        owner = receiver or getattr(on_done, "__self__", None)

        def settle(slot: Done, answer: Any) -> None:
            self._count(-1)
            self.refresh()
            if not isinstance(owner, QObject) or isValid(owner):
                slot(answer)

        self._tasks.run(
            self._submit,
            name,
            *args,
            on_done=lambda answer: settle(on_done, answer),
            on_error=lambda error: settle(on_error, error),
            receiver=self,
            **kwargs,
        )

    def ask(self, name: str, *args: Any, on_done: Done) -> None:
        """Read by the method ``name`` (``line``, ``tickets``); a failure is told like every other."""
        if not self._stopped:
            self._tasks.run(self._submit, name, *args, on_done=on_done)

    def _submit(self, name: str, *args: Any, **kwargs: Any) -> "Future[Any]":
        return self._thread.submit(self._ask, name, args, kwargs)

    def _ask(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if self._desk is None:
            self._desk = self._make_desk()
            self._made.emit(self._desk)
        return getattr(self._desk, name)(*args, **kwargs)

    def _follow(self, desk: QueueDesk | HallLine) -> None:
        if isinstance(desk, HallLine) and not self._stopped:
            self._following = Following(desk, self)
            self._following.news.connect(self.refresh)
            self._following.failed.connect(self._tasks.crashed)
            self._following.start()

    def _look_at_line(self) -> None:
        state = self._desk.state if isinstance(self._desk, HallLine) else LineState.OWN
        if state is not self.line_state:
            self.line_state = state
            self.line_changed.emit(state)

    def _count(self, step: int) -> None:
        before, self._under_way = self.is_busy, self._under_way + step
        if before != self.is_busy:
            self.busy_changed.emit(self.is_busy)

    def _on_view(self, view: HallView) -> None:
        self._reading = False
        self._behind = self.is_busy or self._stale
        self.view = view
        self._look_at_line()
        self.changed.emit(view)
        if self._stale:
            self.refresh()

    def _on_view_failed(self, error: AppError) -> None:
        # The next change or the timer asks again; the commands say what is wrong.
        self._reading = self._behind = False
        self._look_at_line()
        self.unread.emit()


def new_command() -> str:
    """A key for one press: asked twice, it has one effect."""
    return uuid4().hex
