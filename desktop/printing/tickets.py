"""取号小票: printed off the main thread. Whatever the printer does, the number stands and the queue goes on.

Where a ticket goes is in the settings: the thermal printer at ``ticket_device``, else the system's printer of
``ticket_paper``, else it is kept as PDF like every other paper.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop.messages import sentence
from desktop.printing.escpos import escpos_bytes
from desktop.printing.output import put_out
from desktop.printing.run import open_file
from desktop.printing.thermal import print_thermal
from desktop.settings import Settings
from desktop.shell.notices import Notices
from desktop.shell.page import SettingsBox
from desktop.shell.tasks import TaskRunner
from desktop.widgets import Tone
from domain.errors import AppError
from domain.printing.papers import Ticket
from services.paper_files import keep_paper
from services.ticket_paper import raster_ticket, ticket_job

_ONE_AT_A_TIME = Lock()
"""Ticket machine and window may share a printer in one process, and it takes one caller only."""


@dataclass(frozen=True, slots=True)
class TicketOutcome:
    """What became of a ticket's paper: ``taken_by`` names who took it, ``file`` where it was kept instead.

    ``paper_low`` when the roll is nearly used up; ``error`` why it did not come out.
    """

    ticket: Ticket
    taken_by: str = ""
    file: Path | None = None
    paper_low: bool = False
    error: AppError | None = None


class TicketPrinter(QObject):
    """Prints tickets one after the other; a printer that fails keeps only tickets waiting, and each for 20 s at most.

    For each ticket ``finished`` carries its ``TicketOutcome``, and before it ``printed`` the same (printed, or kept
    where there is no printer) or ``failed`` the ``AppError``. With ``notices`` what went wrong is said there, too.
    """

    printed = Signal(object)
    failed = Signal(object)
    finished = Signal(object)

    def __init__(
        self,
        settings: SettingsBox,
        tasks: TaskRunner,
        notices: Notices | None,
        home: Path,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings, self._tasks, self._notices, self._home = settings, tasks, notices, home
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="tickets")
        self._under_way: set[tuple[str, str, int]] = set()
        self._low_said = False

    def print(self, ticket: Ticket | Mapping[str, Any]) -> None:
        """Print a ticket (or its document); while it is on its way, asking again changes nothing.

        Raises ``printing.snapshot_unknown`` or ``printing.snapshot_damaged`` for a document that is no ticket.
        """
        paper = ticket if isinstance(ticket, Ticket) else Ticket.from_document(ticket)
        if _key(paper) in self._under_way:
            return
        self._under_way.add(_key(paper))
        settings = self._settings.value
        # The system's printers are Qt's, which prints all papers on one thread.
        submit = self._thread.submit if settings.ticket_device else self._tasks.in_background
        self._tasks.run(
            submit,
            put_out_ticket,
            self._home,
            paper,
            settings,
            on_done=self._on_out,
            on_error=lambda error: self._on_out(TicketOutcome(paper, error=error)),
            receiver=self,
        )

    def print_again(self, ticket: Ticket | Mapping[str, Any]) -> Ticket:
        """Print the next copy of a ticket that came out; that copy, for the caller to keep."""
        paper = ticket if isinstance(ticket, Ticket) else Ticket.from_document(ticket)
        self.print(paper.again())
        return paper.again()

    def _on_out(self, outcome: TicketOutcome) -> None:
        self._under_way.discard(_key(outcome.ticket))
        if self._notices is not None:
            self._say(self._notices, outcome)
        if outcome.error is None:
            self.printed.emit(outcome)
        else:
            self.failed.emit(outcome.error)
        self.finished.emit(outcome)

    def _say(self, notices: Notices, outcome: TicketOutcome) -> None:
        again: Callable[[], None] = lambda: self.print(outcome.ticket)  # noqa: E731
        if outcome.error is not None:
            notices.say(outcome_words(outcome), Tone.WARN, action="再打一次", act=again)
        elif outcome.file is not None:
            file = outcome.file
            notices.say(outcome_words(outcome), Tone.INFO, action="打开", act=lambda: open_file(file))
        if outcome.paper_low and not self._low_said:
            notices.say(f"小票机“{outcome.taken_by}”的纸快用完了，请准备纸卷。", Tone.WARN)
        if outcome.error is None:
            self._low_said = outcome.paper_low


def put_out_ticket(home: Path, ticket: Ticket, settings: Settings) -> TicketOutcome:
    """Print ``ticket`` where the settings say; kept as PDF without a printer, or when it fails. Blocks.

    ``printing.not_kept`` when even that cannot be done.
    """
    document, size = ticket.to_document(), settings.ticket_paper
    job = ticket_job(document, size)
    if not settings.ticket_device:
        out = put_out(home, job, settings.printers.get(size, ""))
        return TicketOutcome(ticket, out.printer if out.file is None else "", out.file, error=out.error)
    try:
        data = escpos_bytes(raster_ticket(document, size))
        with _ONE_AT_A_TIME:
            state = print_thermal(settings.ticket_device, data)
    except AppError as error:
        return TicketOutcome(ticket, file=keep_paper(home, job).file, error=error)
    return TicketOutcome(ticket, settings.ticket_device, paper_low=state.paper_low)


def outcome_words(outcome: TicketOutcome) -> str:
    """What became of a ticket's paper, in a sentence."""
    number = outcome.ticket.number
    if outcome.error is not None:
        return f"{number} 号的小票没有打印出来，号码有效。{sentence(outcome.error)}"
    if outcome.file is not None:
        return f"没有设小票打印机，{number} 号的小票已存为 PDF：{outcome.file}"
    low = "纸快用完了，请准备纸卷。" if outcome.paper_low else ""
    return f"{number} 号的小票已送到“{outcome.taken_by}”。{low}"


def _key(ticket: Ticket) -> tuple[str, str, int]:
    return ticket.number, ticket.issued_at, ticket.copy
