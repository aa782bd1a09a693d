"""What this window does in the queue: every press of a key or button of bar and strip ends here.

One press is one effect: while a command runs, and until the hall was read after it, further presses are not heard, nor
is the second half of a double click. What would end a visit that is still open asks first, in a line and not in a
dialog.
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from desktop.messages import sentence
from desktop.queue import wording
from desktop.queue.board import QueueBoard, new_command
from desktop.queue.visit import Visit
from desktop.shell.page import SettingsBox
from desktop.widgets import Tone
from domain.queue.desk import HallView, TicketLine, WindowLine
from domain.queue.model import TicketState

ASK_MS = 8_000
TOLD_MS = 8_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What is done at the second press; ``ticket`` is the visit that would be ended by it."""

    key: str
    run: Callable[[], None]
    ticket: str


@dataclass(frozen=True, slots=True)
class Message:
    """A line in the bar; ``action`` names what a second press does."""

    text: str
    tone: Tone = Tone.INFO
    action: str = ""


class Serving(QObject):
    """本窗口. ``changed`` when something else is to be shown; ``case_asked`` carries the ``Visit`` to begin a case for.

    ``ticks`` gives milliseconds that only grow.
    """

    changed = Signal()
    case_asked = Signal(object)

    def __init__(self, settings: SettingsBox, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._board: QueueBoard | None = None
        self._waits = False
        self._pressed: tuple[str, int] = ("", 0)
        self._asked: Asked | None = None
        self._view_at = 0
        self.ticks: Callable[[], int] = lambda: int(monotonic() * 1000)
        self.message: Message | None = None
        self._quiet = QTimer(self, singleShot=True)
        self._quiet.timeout.connect(self.forget)
        settings.changed.connect(lambda _: self.changed.emit())

    def use(self, board: QueueBoard | None) -> None:
        """Work with the queue of this board from now on."""
        if board is self._board:
            return
        self._board, self._waits = board, False
        if board is not None:
            board.changed.connect(self._on_view)
            board.unread.connect(self._on_settled)
            board.busy_changed.connect(lambda _: self.changed.emit())
            self._view_at = self.ticks()
        self.forget()

    @property
    def place(self) -> str:
        """The number of this window; empty while none is set."""
        return self._settings.value.window.strip()

    @property
    def view(self) -> HallView | None:
        """The hall as it was read last."""
        return self._board.view if self._board is not None else None

    @property
    def window(self) -> WindowLine | None:
        """This window; None while the hall is not read, or does not know it."""
        return self.view.window(self.place) if self.view is not None and self.place else None

    @property
    def ticket(self) -> TicketLine | None:
        """Whom this window called or serves."""
        return self.window.ticket if self.window is not None else None

    @property
    def is_paused(self) -> bool:
        """Whether this window takes nobody for a while."""
        line = self.window
        return line is not None and line.since is not None and not line.open

    @property
    def is_busy(self) -> bool:
        """Whether presses are not heard now."""
        return self._waits or (self._board is not None and self._board.is_busy)

    @property
    def now_ms(self) -> int:
        """The hall's time by now."""
        return self.view.now_ms + self.ticks() - self._view_at if self.view is not None else 0

    def press(self, name: str) -> None:
        """A key or button: the method called ``name``, once for a double click."""
        trigger, at = self._pressed
        now = self.ticks()
        if trigger == name and now - at < QApplication.doubleClickInterval():
            return
        if self.window is None or self.is_busy:
            return
        self._pressed = (name, now)
        if self._asked is not None and self._asked.key != name:
            self.forget()
        getattr(self, name)()

    def step(self) -> None:
        """The big button: what comes next for this window."""
        ticket = self.ticket
        if ticket is None:
            self.go_on() if self.is_paused else self.next()
        elif ticket.state is TicketState.CALLED:
            self.arrive()
        else:
            self.finish()

    def next(self) -> None:
        """叫下一个. A visit that is still open is ended by the second press."""
        self.first_ask("next", "叫下一个", lambda: self._act("next", self.place, done=self._on_next))

    def arrive(self) -> None:
        """到了，开始办理."""
        self._act_on("serve")

    def recall(self) -> None:
        """重呼."""
        self._act_on("recall", command=new_command())

    def miss(self) -> None:
        """过号."""
        self._act_on("miss")

    def hold(self) -> None:
        """暂挂."""
        self._act_on("hold")

    def finish(self) -> None:
        """办结."""
        self._act_on("finish")

    def mark_time(self) -> None:
        """用时不准, or right after all."""
        if self.ticket is not None:
            self._act_on("mark_time", not self.ticket.time_wrong)

    def begin_case(self) -> None:
        """受理: who was called has come, and has something to hand in."""
        ticket = self.ticket
        if ticket is None:
            self.tell(wording.NOBODY, Tone.WARN)
            return
        if ticket.state is TicketState.CALLED:
            self.arrive()
        self.case_asked.emit(Visit.of(ticket))

    def transfer(self, group: str = "", window: str = "") -> None:
        """转队列或转窗口."""
        self._act_on("transfer", group, window)

    def resume(self, ticket: TicketLine) -> None:
        """恢复 who was held: goes on at this window."""
        again = f"恢复 {ticket.number}"
        self.first_ask(again, again, lambda: self._act("resume", ticket.id, self.place))

    def rejoin(self, ticket: TicketLine) -> None:
        """恢复 who missed the call: in the line again."""
        self._act("resume", ticket.id, done=lambda _: self.tell(f"{ticket.number} 已恢复排队。", Tone.OK))

    def call(self, key: str, number: str = "") -> None:
        """叫指定号, out of turn; ``key`` is what was typed, or the ticket's id."""
        again = f"叫 {number or key.upper()}"
        self.first_ask(again, again, lambda: self._act("call", key, self.place, command=new_command()))

    def pause(self, reason: str) -> None:
        """暂停服务."""
        self._act("pause_window", self.place, reason)

    def go_on(self) -> None:
        """恢复服务."""
        self._act("open_window", self.place)

    def confirm(self) -> None:
        """The second press of what was asked about."""
        asked = self._asked
        if asked is not None and not self.is_busy:
            self.forget()
            asked.run()

    def first_ask(self, key: str, action: str, run: Callable[[], None]) -> None:
        """Do ``run`` at once where nobody is at the window, else when it is asked for a second time."""
        ticket = self.ticket
        if ticket is None or (self._asked is not None and self._asked.key == key):
            self.forget()
            run()
            return
        again = "再按 F4 " if key == "next" else "再选一次"
        missed = "；没来按 F6 过号" if ticket.state is TicketState.CALLED else ""
        self._asked = Asked(key, run, ticket.id)
        self.tell(f"{ticket.number} 还没办结 · {again}办结并{action}{missed}", Tone.WARN, f"办结并{action}")
        self._quiet.start(ASK_MS)

    @property
    def is_asking(self) -> bool:
        """Whether a second press is waited for."""
        return self._asked is not None

    def tell(self, text: str, tone: Tone = Tone.INFO, action: str = "") -> None:
        """Show a line for a while."""
        self.message = Message(text, tone, action)
        self._quiet.start(TOLD_MS)
        self.changed.emit()

    def forget(self) -> None:
        """Take the line away, and with it what was asked."""
        self._asked = self.message = None
        self._quiet.stop()
        self.changed.emit()

    def ask(self, name: str, *args: Any, on_done: Callable[[Any], None]) -> None:
        """Read from the queue."""
        if self._board is not None:
            self._board.ask(name, *args, on_done=on_done)

    def _act_on(self, name: str, *args: Any, **kwargs: Any) -> None:
        ticket = self.ticket
        if ticket is None:
            self.tell(wording.NOBODY, Tone.WARN)
        else:
            self._act(name, ticket.id, *args, **kwargs)

    def _act(self, name: str, *args: Any, done: Callable[[Any], None] | None = None, **kwargs: Any) -> None:
        if self._board is None or self.is_busy:
            return
        if name == "next":
            kwargs["command"] = new_command()
        self.forget()
        self._waits = True
        self._board.act(
            name, *args, on_done=done or self._on_done, on_error=self._on_refused, receiver=self, **kwargs
        )

    def _on_next(self, ticket: Any) -> None:
        if ticket is None:
            self.tell(wording.NOBODY_WAITS)

    def _on_done(self, _: Any) -> None:
        self.changed.emit()

    def _on_refused(self, error: Any) -> None:
        self.tell(sentence(error), Tone.WARN)

    def _on_view(self, _: HallView) -> None:
        self._view_at = self.ticks()
        if self._board is not None and not self._board.is_behind:
            self._waits = False
        if self._asked is not None and (self.ticket is None or self.ticket.id != self._asked.ticket):
            self.forget()
        self.changed.emit()

    def _on_settled(self) -> None:
        self._waits = False
        self.changed.emit()
