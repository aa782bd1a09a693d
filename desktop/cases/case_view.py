"""办件页: head, facts, boards, timeline, files, papers, and what may be done now."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from desktop import words
from desktop.cases.case_files import CaseFiles
from desktop.cases.case_layout import CaseLayout
from desktop.cases.old_case import OldCase
from desktop.cases.step_form import Step
from desktop.erasing import EraseCard
from desktop.messages import sentence
from desktop.printing.preview import PreviewDialog
from desktop.printing.run import Printing
from desktop.shell.page import PageContext
from desktop.widgets import Tone
from domain.printing.papers import Dossier
from services.case_view import view_case
from services.step_drafts import drop_step_draft, keep_step_draft, step_drafts
from services.supervision.measures import answer_supervision


class CaseView(CaseLayout):
    """``back_asked`` to return to the list; ``opened`` carries the id of a related case."""

    back_asked = Signal()
    opened = Signal(str)

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._view: Any = None
        self._wanted = ""
        self.key = ""
        self.printing = Printing(context, self)
        self._files = CaseFiles(context, lambda: self.key, self)
        self.erase = EraseCard(context)
        self.at_end.addWidget(self.erase)
        self._connect()

    def show_case(self, key: str) -> None:
        """Show the case called ``key``."""
        if key != self.key:
            self.steps.forget_case()
            self._view = None
        self.key = key
        self.refresh()

    def begin_step(self, key: str, code: str) -> None:
        """Show the case and, as soon as it is there, ask for what the step ``code`` needs."""
        self._wanted = code
        self.show_case(key)

    def refresh(self) -> None:
        """Read the case again; a form that is open stays."""
        if self.key:
            self._context.tasks.run(self._context.station.submit, view_case, self.key, on_done=self._on_view)

    def concerns(self, changes: Any) -> bool:
        """Whether ``changes`` touch what is shown."""
        return bool(self.key) and (
            changes.elsewhere
            or self.key in changes.streams
            or (self._view is not None and self._view.case.id in changes.streams)
        )

    def preview(self, paper: str) -> PreviewDialog:
        """Show what would come out, to be printed from there."""
        dialog = PreviewDialog(self._context, self.key, paper, self.printing.size_for(paper), self)
        dialog.print_asked.connect(lambda what, size: self.printing.print_paper(self.key, what, size))
        dialog.open()
        return dialog

    def attach(self, path: Path) -> None:
        """Attach the file at ``path``."""
        self._files.attach(path)

    def save(self, sha256: str, target: Path, *, then_open: bool = False) -> None:
        """Write an attached file to ``target``."""
        self._files.save(sha256, target, then_open=then_open)

    def save_dossier(self, target: Path) -> None:
        """Put the whole case with its files into one PDF at ``target``."""
        self._files.save_dossier(target)

    def _connect(self) -> None:
        self.back.clicked.connect(self.back_asked)
        self.erase.erased.connect(self.refresh)
        self.related_opened.connect(self.opened)
        self.steps.taken.connect(self._on_step)
        self.steps.files_asked.connect(self._files.ask_for_files)
        self.steps.typed.connect(self._on_typed)
        self.steps.dropped.connect(self._on_dropped)
        self.steps.panel_shown.connect(self._on_panel_shown)
        self.measures.answered.connect(self._on_measure_answered)
        self.file_saved.connect(self._files.ask_where)
        self._files.working.connect(self._on_working)
        self.old = OldCase(self._context, self.bar.say, self.refresh, self)
        self._files.refused.connect(lambda error: self.bar.say(sentence(error), Tone.DANGER))
        self.paper_asked.connect(self._on_paper_asked)

    def _on_view(self, view: Any) -> None:
        if self._view is None or self._view.facts.actor != view.facts.actor:
            # What somebody else was typing is theirs.
            self.steps.forget_case()
            self._context.tasks.run(
                self._context.station.submit, step_drafts, view.case.id, on_done=self.steps.set_drafts
            )
        self._view = view
        case, facts = view.case, view.facts
        self.show_head(view)
        self.time.show_clock(view)
        self.shares.show_shares(view)
        self.measures.show_measures(view)
        self.show_facts(view)
        unfit = {event: words.word(words.CONFLICTS, code) for event, code in case.unfit}
        self.timeline.show_steps(case.timeline, facts, unfit)
        self.show_files(case.files)
        self.show_papers(view)
        self.steps.show_view(view)
        self.erase.offer(facts.actor, "本件", case="" if case.erased else case.id)
        self._show_bar(case)
        self._open_wanted(view)

    def _open_wanted(self, view: Any) -> None:
        wanted, self._wanted = self._wanted, ""
        if wanted and self.steps.button(wanted).isEnabled():
            self.steps.open_form(wanted)

    def _show_bar(self, case: Any) -> None:
        if case.newer:
            self.bar.say("本件含有更新版本的程序记录的步骤，请先更新程序再办理。", Tone.WARN)
        elif case.unfit:
            self.bar.say(f"本件有 {len(case.unfit)} 处记录互相冲突，请核对下面标出的步骤。", Tone.WARN)
        elif case.erased:
            self.old.look(case.id)
        else:
            self.bar.hide()

    def _on_step(self, step: Step) -> None:
        self._context.tasks.run(
            lambda: self._context.station.submit(
                step.service, self.key, *step.arguments, **(step.named or {})
            ),
            on_done=lambda _: self._on_step_done(step),
            on_error=self._on_step_refused,
            receiver=self,
        )

    def _on_step_done(self, step: Step) -> None:
        self.steps.step_done()
        self.refresh()
        if step.paper:
            self.printing.print_paper(self.key, step.paper)

    def _on_step_refused(self, error: Any) -> None:
        if not self.steps.show_error(error):
            self._context.notices.say(sentence(error), Tone.DANGER)
            self.refresh()

    def _on_measure_answered(self, text: str) -> None:
        def on_done(_: Any) -> None:
            self.measures.forget()
            self.refresh()

        self._context.tasks.run(
            self._context.station.submit,
            answer_supervision,
            self.key,
            text,
            on_done=on_done,
            on_error=self.measures.refuse,
            receiver=self,
        )

    def _on_typed(self, code: str, fields: Any) -> None:
        self._context.tasks.run(
            self._context.station.submit, keep_step_draft, self._view.case.id, code, fields
        )

    def _on_dropped(self, code: str) -> None:
        self._context.tasks.run(self._context.station.submit, drop_step_draft, self._view.case.id, code)

    def _on_panel_shown(self, shown: bool) -> None:
        # Esc belongs to what was opened last.
        self.back.setShortcut(QKeySequence() if shown else QKeySequence("Esc"))

    def _on_paper_asked(self, paper: str) -> None:
        if paper == Dossier.PAPER:
            self._files.ask_where_dossier(self._view.case.number)
        else:
            self.preview(paper)

    def _on_working(self, text: str) -> None:
        if text:
            self.bar.say(text, Tone.INFO)
        else:
            self.bar.hide()

    def focus_first(self) -> None:
        """Where work begins."""
        self.back.setFocus(Qt.FocusReason.OtherFocusReason)
