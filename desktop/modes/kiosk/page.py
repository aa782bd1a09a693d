"""取号机: from a touch to a number. Whatever is refused, a sentence says so and the machine goes back to its start."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from desktop.gateway import StationFacts
from desktop.messages import sentence
from desktop.modes.kiosk.choices import classes_to_choose
from desktop.modes.kiosk.choosing import Choosing
from desktop.modes.kiosk.codes import CodeDesk
from desktop.modes.kiosk.leaving import Leaving
from desktop.modes.kiosk.leaving_view import HOLD_MS
from desktop.modes.kiosk.pin_gate import PinGate, steady_ms
from desktop.modes.kiosk.view import KioskView
from desktop.modes.mode_page import ModeContext
from desktop.printing.tickets import TicketOutcome, TicketPrinter
from desktop.queue.board import new_command
from desktop.queue.paper import ticket_paper
from desktop.widgets import Tone
from domain.errors import AppError
from domain.queue.desk import GroupLine, HallView, IssuedTicket
from domain.queue.model import Visitor

GIVEN_S = 8
IDLE_S = 30
_TOUCHED = (QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin, QEvent.Type.KeyPress)
_PAPER_OUT = ("printing.paper_out", "printing.cover_open")

Printer = Callable[[ModeContext, QObject], Any]


def ticket_printer(context: ModeContext, parent: QObject) -> TicketPrinter:
    """The printer of the settings; what goes wrong stands on the machine's own screen."""
    return TicketPrinter(context.settings, context.tasks, None, context.gateway.home, parent)


class KioskPage(KioskView):
    """The ticket machine. One touch of a group is one number: its command's key lasts until the start shows again."""

    def __init__(
        self,
        context: ModeContext,
        gate: PinGate | None = None,
        *,
        make_printer: Printer = ticket_printer,
        hold_ms: int = HOLD_MS,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, hold_ms, parent)
        self.leaving = Leaving(self, context, gate or PinGate(steady_ms))
        self.codes = CodeDesk(self, context)
        self.printer = make_printer(context, self)
        self.choosing = Choosing(self)
        self._command = new_command()
        self._issuing = False
        self._seconds = 0
        self._number = ""
        self._ready = False
        self._connect()
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)
        self._ask_facts()
        self.begin()

    @property
    def may_leave(self) -> bool:  # type: ignore[override]
        """Only before the machine has begun."""
        return not self._ready

    def on_view(self, view: HallView) -> None:
        if self.front is self.no_way_out:
            self._ask_facts()
        self.start.show_hall(view)
        self.start.appointment.setVisible(bool(view.visiting))
        self.start.priority.setVisible(bool(classes_to_choose(view)))

    def on_tick(self) -> None:
        super().on_tick()
        self.leaving.on_tick()
        if self.front in (self.opening, self.no_way_out) or (
            self.front is self.start and not self.choosing.is_begun
        ):
            return
        self._seconds -= 1
        self.given.count_down(max(0, self._seconds))
        if self._seconds <= 0 and not self._issuing:
            self.reset()

    def reset(self) -> None:
        """Back to the start; nothing is left of the visitor before."""
        self._command = new_command()
        self._number = ""
        self.choosing.clear()
        self.given.forget()
        self.code.tell("")
        self.codes.stop()
        self.show_screen(self.start if self._ready else self.no_way_out)
        self.setFocus()

    def tell(self, headline: str, text: str, tone: Tone | None = Tone.WARN) -> None:
        """A sentence for the visitor; it goes by itself."""
        self.message.tell(headline, text, tone)
        self.show_for(self.message, GIVEN_S)

    def take_visitor(self, visitor: Visitor, *, verified: bool) -> None:
        """An enterprise showed its code."""
        self.choosing.take(visitor=visitor, verified=verified)

    def show_start(self) -> None:
        """The groups, with what was chosen so far."""
        self.show_for(self.start)

    def ask_code(self) -> None:
        """用企业码取号."""
        self.codes.ask()
        self.show_for(self.code)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._ready and self.front is not self.sign_in:
            self.codes.keys.take(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.codes.end()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        touched = (
            event.type() in _TOUCHED and isinstance(watched, QWidget) and watched.window() is self.window()
        )
        if touched and self.front not in (self.given, self.message):
            self._seconds = max(self._seconds, IDLE_S)
        return False

    def _connect(self) -> None:
        self.corner.held.connect(self._on_corner_held)
        self.start.picked.connect(self._on_picked)
        self.start.code_asked.connect(self.ask_code)
        self.code.back_asked.connect(self.show_start)
        for asked in (self.pin.back_asked, self.sign_in.back_asked):
            asked.connect(self.reset)
        self.given.done.connect(self.reset)
        self.message.done.connect(self.reset)
        self.printer.finished.connect(self._on_printed)
        self._context.settings.changed.connect(self._on_settings_changed)

    def _ask_facts(self) -> None:
        self._context.tasks.run(self._context.gateway.facts, self._context.station, on_done=self._on_facts)

    def _on_facts(self, facts: StationFacts) -> None:
        self.leaving.take_facts(facts)
        self._ready = self.leaving.is_possible
        self.reset()

    def _on_settings_changed(self, _: Any = None) -> None:
        before, self._ready = self._ready, self.leaving.is_possible
        if before != self._ready:
            self.reset()

    def _on_corner_held(self) -> None:
        if self._ready:
            self.leaving.ask()
            self._seconds = IDLE_S

    def show_for(self, screen: QWidget, seconds: int = IDLE_S) -> None:
        """Show a screen that goes by itself."""
        if screen is not self.code:
            self.codes.stop()
        self._seconds = seconds
        self.show_screen(screen)
        self.setFocus()

    def _on_picked(self, group: GroupLine) -> None:
        if self._issuing:
            return
        self._issuing = True
        self.start.headline.setText("正在取号，请稍候……")
        self._context.queue.act(
            "issue",
            self.choosing.choices.order(group.code),
            command=self._command,
            on_done=self._on_issued,
            on_error=self._on_refused,
        )

    def _on_issued(self, issued: IssuedTicket) -> None:
        self._issuing = False
        view = self.view
        assert view is not None
        self._number = issued.ticket.number
        self.given.show_issued(issued, view.ticket_note)
        self.show_for(self.given, GIVEN_S)
        self.given.count_down(GIVEN_S)
        self.printer.print(ticket_paper(issued, view))

    def _on_refused(self, error: AppError) -> None:
        self._issuing = False
        self.tell("没有取到号", sentence(error))

    def _on_printed(self, outcome: TicketOutcome) -> None:
        text, tone = paper_words(outcome)
        if outcome.ticket.number == self._number:
            self.given.say_paper(text, tone)
        self.start.staff_note.setText(f"小票打印：{sentence(outcome.error)}" if outcome.error else "")


def paper_words(outcome: TicketOutcome) -> tuple[str, Tone]:
    """What became of a ticket's paper, for the visitor."""
    if outcome.error is not None:
        why = "打印机没纸" if outcome.error.code in _PAPER_OUT else "小票没有打印出来"
        return f"{why}，号码有效，请记住号码或拍照", Tone.WARN
    if outcome.file is not None:
        return "这里不打印小票，请记住号码或拍照", Tone.WARN
    return "请取走小票", Tone.OK
