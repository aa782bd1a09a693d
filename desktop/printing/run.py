"""Printing a paper of a case: recorded first, drawn elsewhere, then confirmed. One click is one copy."""

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from desktop import words
from desktop.messages import sentence
from desktop.printing.output import Outcome, put_out
from desktop.shell.page import PageContext
from desktop.widgets import Tone
from domain.errors import AppError
from domain.printing.offering import PAGES, sizes_of
from services.printing import mark_printed, printed_papers, record_print, waiting_prints

SLIP = "case_slip"
NOTICE = "one_time_notice"


class Printing(QObject):
    """``finished`` carries the ``Outcome`` of each print. What became of it is said as a notice.

    Without ``tells`` only what went wrong is: the page shows the rest itself.
    """

    finished = Signal(object)

    def __init__(self, context: PageContext, parent: QObject | None = None, *, tells: bool = True) -> None:
        super().__init__(parent)
        self._context = context
        self._tells = tells
        self._under_way: set[tuple[str, str]] = set()

    def size_for(self, paper: str) -> str:
        """The size that the settings give a paper: strips are for slips, all else needs a sheet."""
        chosen, sizes = self._context.settings.value.slip_paper, sizes_of(paper)
        if chosen in sizes and (paper == SLIP or chosen in PAGES):
            return chosen
        return "a5" if "a5" in sizes else sizes[0]

    def is_busy(self, key: str, paper: str) -> bool:
        """Whether this paper of this case is being printed."""
        return (key, paper) in self._under_way

    def print_paper(
        self, key: str, paper: str, size: str | None = None, *, request: str | None = None
    ) -> None:
        """Print ``paper`` of the case ``key``; while it is on its way, asking again changes nothing."""
        if self.is_busy(key, paper):
            return
        self._under_way.add((key, paper))
        self._context.tasks.run(
            self._context.station.submit,
            record_print,
            key,
            paper,
            size or self.size_for(paper),
            request=request,
            on_done=lambda job: self._on_recorded(key, job),
            on_error=lambda error: self._on_failed(key, paper, error),
            receiver=self,
        )

    def offer_waiting(self) -> None:
        """Say that papers were recorded but never came out, as after a power cut; printed only when somebody asks."""
        self._context.tasks.run(self._context.station.submit, waiting_prints, on_done=self._on_waiting)

    def _on_waiting(self, effects: Any) -> None:
        if effects:
            self._context.notices.say(
                f"有 {len(effects)} 份单据上次没有打印出来。",
                Tone.WARN,
                action="现在打印",
                act=lambda: self._print_waiting(effects),
            )

    def _print_waiting(self, effects: Any) -> None:
        for effect in effects:
            key = effect.detail["case"]
            self._context.tasks.run(
                self._context.station.submit,
                printed_papers,
                key,
                on_done=partial(self._print_again, key, effect.event),
                receiver=self,
            )

    def _print_again(self, key: str, wanted: str, jobs: Any) -> None:
        for job in jobs:
            if job.id == wanted:
                self._on_recorded(key, job)

    def _on_recorded(self, key: str, job: Any) -> None:
        context = self._context
        printer = context.settings.value.printers.get(job.size, "")
        context.tasks.run(
            context.tasks.in_background,
            put_out,
            context.gateway.home,
            job,
            printer,
            on_done=lambda outcome: self._on_out(key, outcome),
            on_error=lambda error: self._on_not_out(key, job, error),
            receiver=self,
        )

    def _on_out(self, key: str, outcome: Outcome) -> None:
        self._under_way.discard((key, outcome.job.paper))
        code = outcome.error.code if outcome.error else None
        self._context.tasks.run(self._context.station.submit, mark_printed, outcome.job.id, code)
        self._say(outcome)
        self.finished.emit(outcome)

    def _on_not_out(self, key: str, job: Any, error: Any) -> None:
        self._on_out(key, Outcome(job, error=error))

    def _on_failed(self, key: str, paper: str, error: Any) -> None:
        self._under_way.discard((key, paper))
        self._context.notices.say(sentence(error), Tone.DANGER)
        self.finished.emit(Outcome(None, error=error))

    def _say(self, outcome: Outcome) -> None:
        text, tone = outcome_words(outcome)
        if outcome.undrawable:
            self._context.notices.say(sentence(AppError("printing.rare_characters")), Tone.WARN)
        if not self._tells and outcome.error is None:
            return
        if outcome.file is not None:
            file = outcome.file
            self._context.notices.say(text, tone, action="打开", act=lambda: open_file(file))
        else:
            self._context.notices.say(text, tone)


def outcome_words(outcome: Outcome) -> tuple[str, Tone]:
    """What became of a print, in a sentence."""
    job = outcome.job
    what = f"{words.word(words.PAPERS, job.paper)}（第 {job.copy} 份）" if job else "单据"
    if outcome.error is not None:
        return f"{what}没有打印出来。{sentence(outcome.error)}", Tone.WARN
    if outcome.file is not None:
        return f"{what}已存为 PDF：{outcome.file}", Tone.INFO
    return f"{what}已送到打印机“{outcome.printer}”", Tone.OK


def open_file(file: Path) -> None:
    """Show a file in the program that this system has for it."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(file)))
