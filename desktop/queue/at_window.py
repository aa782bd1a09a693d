"""What this window knows of the queue, and the one way a decision of it goes out and is answered in a line."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.messages import sentence
from desktop.queue import wording
from desktop.queue.board import QueueBoard
from desktop.queue.hall_line import LineState
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


class AtWindow(QObject):
    """本窗口. ``changed`` when something else is to be shown. ``ticks`` gives milliseconds that only grow.

    While a command runs, and until the hall was read after it, no other is sent out: it would be about an older hall.
    """

    changed = Signal()

    def __init__(self, settings: SettingsBox, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._board: QueueBoard | None = None
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
        self._board = board
        if board is not None:
            board.changed.connect(self._on_view)
            board.unread.connect(self.changed)
            board.busy_changed.connect(lambda _: self.changed.emit())
            board.line_changed.connect(lambda _: self.changed.emit())
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
    def line(self) -> LineState:
        """Who decides over the hall's queue now."""
        return self._board.line_state if self._board is not None else LineState.OWN

    @property
    def is_busy(self) -> bool:
        """Whether presses are not heard now."""
        return self._board is not None and self._board.is_behind

    @property
    def now_ms(self) -> int:
        """The hall's time by now."""
        return self.view.now_ms + self.ticks() - self._view_at if self.view is not None else 0

    def first_ask(self, key: str, action: str, run: Callable[[], None]) -> None:
        """Do ``run`` at once where nobody is at the window, else when it is asked for a second time."""
        ticket = self.ticket
        if ticket is None or (self._asked is not None and self._asked.key == key):
            self.forget()
            run()
            return
        again = "再按 F4 " if key == "next" else "再来一次"
        missed = "；没来按 F6 过号" if ticket.state is TicketState.CALLED else ""
        self._asked = Asked(key, run, ticket.id)
        self.tell(f"{ticket.number} 还没办结 · {again}办结并{action}{missed}", Tone.WARN, f"办结并{action}")
        self._quiet.start(ASK_MS)

    def confirm(self) -> None:
        """The second press of what was asked about."""
        asked = self._asked
        if asked is not None and not self.is_busy:
            self.forget()
            asked.run()

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

    def do(self, name: str, *args: Any) -> None:
        """A decision of the queue that ends nothing at this window; what is refused is told in the line."""
        self._act(name, *args)

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
        self.forget()
        self._board.act(
            name, *args, on_done=done or self._on_done, on_error=self._on_refused, receiver=self, **kwargs
        )

    def _on_done(self, _: Any) -> None:
        self.changed.emit()

    def _on_refused(self, error: Any) -> None:
        self.tell(sentence(error), Tone.WARN)

    def _on_view(self, _: HallView) -> None:
        self._view_at = self.ticks()
        if self._asked is not None and (self.ticket is None or self.ticket.id != self._asked.ticket):
            self.forget()
        self.changed.emit()
