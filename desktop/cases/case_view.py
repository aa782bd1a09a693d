"""办件页: head, facts, boards, timeline, files, papers, and what may be done now."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop import words
from desktop.cases.case_layout import CaseLayout
from desktop.cases.columns import Standing, standing_of
from desktop.cases.steps import Step
from desktop.messages import sentence
from desktop.printing.preview import PreviewDialog
from desktop.printing.run import Printing, open_file
from desktop.shell.page import PageContext
from desktop.widgets import Tone
from domain.printing.papers import Dossier
from services.case_view import view_case
from services.dossier import save_dossier
from services.files import attach_path, save_file


class CaseView(CaseLayout):
    """``back_asked`` to return to the list; ``opened`` carries the id of a related case."""

    back_asked = Signal()
    opened = Signal(str)

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._view: Any = None
        self.key = ""
        self.printing = Printing(context, self)
        self._connect()

    def show_case(self, key: str) -> None:
        """Show the case called ``key``."""
        if key != self.key:
            self.steps.close_form()
        self.key = key
        self.refresh()

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
        self._context.tasks.run(
            self._context.station.submit_upkeep,
            attach_path,
            self.key,
            path,
            on_error=self._on_refused,
            receiver=self,
        )

    def save(self, sha256: str, target: Path, *, then_open: bool = False) -> None:
        """Write an attached file to ``target``."""
        self._context.tasks.run(
            self._context.station.submit_upkeep,
            save_file,
            sha256,
            target,
            on_done=lambda file: open_file(file) if then_open else self._on_saved(file),
            on_error=self._on_refused,
            receiver=self,
        )

    def _connect(self) -> None:
        self.back.clicked.connect(self.back_asked)
        self.related_opened.connect(self.opened)
        self.steps.taken.connect(self._on_step)
        self.steps.files_asked.connect(self._on_files_asked)
        self.file_saved.connect(self._on_save_asked)
        self.paper_asked.connect(self._on_paper_asked)

    def _on_view(self, view: Any) -> None:
        self._view = view
        case, facts = view.case, view.facts
        self.show_head(view, *_clock(case, facts))
        self.show_facts(view)
        unfit = {event: words.word(words.CONFLICTS, code) for event, code in case.unfit}
        self.timeline.show_steps(case.timeline, facts, unfit)
        self.show_files(case.files)
        self.show_papers(view)
        self.steps.show_view(view)
        self._show_bar(case)

    def _show_bar(self, case: Any) -> None:
        if case.newer:
            self.bar.say("本件含有更新版本的程序记录的步骤，请先更新程序再办理。", Tone.WARN)
        elif case.unfit:
            self.bar.say(f"本件有 {len(case.unfit)} 处记录互相冲突，请核对下面标出的步骤。", Tone.WARN)
        elif case.erased:
            self.bar.say("本件的个人信息已依法删除。", Tone.INFO)
        else:
            self.bar.hide()

    def _on_step(self, step: Step) -> None:
        self._context.tasks.run(
            lambda: self._context.station.submit(
                step.service, self.key, *step.arguments, **(step.named or {})
            ),
            on_done=self._on_step_done,
            on_error=self.steps.show_error,
            receiver=self,
        )

    def _on_step_done(self, _: Any) -> None:
        self.steps.close_form()
        self.refresh()

    def _on_files_asked(self) -> None:
        dialog = QFileDialog(self, "添加附件")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(self._on_files_selected)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_files_selected(self, names: list[str]) -> None:
        for name in names:
            self.attach(Path(name))

    def _on_save_asked(self, sha256: str, name: str) -> None:
        dialog = QFileDialog(self, "另存附件", name)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.fileSelected.connect(lambda target: self.save(sha256, Path(target)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_paper_asked(self, paper: str) -> None:
        """A dossier is no paper for a printer of the desk: it becomes a file."""
        if paper != Dossier.PAPER:
            self.preview(paper)
            return
        dialog = QFileDialog(self, "存归档卷宗", f"归档卷宗 {self._view.case.number}.pdf")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.fileSelected.connect(lambda target: self.save_dossier(Path(target)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save_dossier(self, target: Path) -> None:
        """Put the whole case with its files into one PDF at ``target``."""
        self.bar.say("正在生成归档卷宗……", Tone.INFO)
        tasks = self._context.tasks
        tasks.run(
            tasks.in_background,
            save_dossier,
            self._context.station,
            self.key,
            target,
            on_done=self._on_dossier,
            on_error=self._on_refused,
            receiver=self,
        )

    def _on_dossier(self, saved: Any) -> None:
        self.bar.hide()
        text = f"归档卷宗（第 {saved.copy} 份）已存到 {saved.file}"
        self._context.notices.say(text, Tone.OK, action="打开", act=lambda: open_file(saved.file))

    def _on_saved(self, file: Path) -> None:
        text = f"附件已存到 {file}"
        self._context.notices.say(text, Tone.OK, action="打开", act=lambda: open_file(file))

    def _on_refused(self, error: Any) -> None:
        self.bar.say(sentence(error), Tone.DANGER)

    def focus_first(self) -> None:
        """Where work begins."""
        self.back.setFocus(Qt.FocusReason.OtherFocusReason)


def _clock(case: Any, facts: Any) -> tuple[str, Tone]:
    """The promise against now, in words."""
    if case.due is None:
        return "没有期限", Tone.QUIET
    due = words.due_words(case.due.at, facts.zone) + ("（暂定）" if case.due.provisional else "")
    if not case.is_open:
        late = case.closed_at is not None and case.closed_at > case.due.at
        took = words.span((case.closed_at or facts.now_ms) - case.accepted_at)
        return f"用时 {took} · {'超过' if late else '在'}期限 {due}{'' if late else ' 内'}", Tone.QUIET
    standing = standing_of(case.due.at, facts.now_ms, facts.zone)
    if standing is Standing.OVERDUE:
        return f"期限 {due} · 已超 {words.span(facts.now_ms - case.due.at)}", Tone.DANGER
    tone = Tone.WARN if standing is Standing.TODAY else Tone.INFO
    return f"期限 {due} · 还有 {words.span(case.due.at - facts.now_ms)}", tone
