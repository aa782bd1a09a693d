"""What this window does in the queue: every press of a key or button of bar and strip ends here.

One press is one effect: further presses are not heard while a command runs, nor is the second half of a double click.
What would end a visit that is still open asks first, in a line and not in a dialog.
"""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from desktop.queue import wording
from desktop.queue.at_window import AtWindow
from desktop.queue.board import new_command
from desktop.queue.visit import Visit
from desktop.shell.page import SettingsBox
from desktop.widgets import Tone
from domain.queue.desk import TicketLine
from domain.queue.model import TicketState


class Serving(AtWindow):
    """``case_asked`` carries the ``Visit`` to begin a case for."""

    case_asked = Signal(object)

    def __init__(self, settings: SettingsBox, parent: QObject | None = None) -> None:
        super().__init__(settings, parent)
        self._pressed: tuple[str, int] = ("", 0)

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
        self.first_ask(
            "next",
            "叫下一个",
            lambda: self._act("next", self.place, command=new_command(), done=self._on_next),
        )

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

    def _on_next(self, ticket: object) -> None:
        if ticket is None:
            self.tell(wording.NOBODY_WAITS)
