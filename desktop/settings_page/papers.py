"""单据模板: a centre's own name line, emblem, seal place and wording, seen while they are typed."""

from copy import deepcopy
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop import words
from desktop.messages import sentence
from desktop.printing.output import to_image
from desktop.settings_page.paper_form import SharedForm, WordsForm, column
from desktop.shell.page import PageContext
from desktop.widgets import ActionButton, BusyBar, Card, Tone, empty, label
from domain.errors import AppError
from domain.printing.offering import sizes_of
from services.paper_files import preview_pages
from services.paper_templates import (
    change_paper_templates,
    preview_template,
    read_emblem,
    read_template_facts,
)

SHOWN_PX = 520
PAUSE_MS = 350
"""After the last key before the picture is drawn anew."""
FIELDS = {
    "title": "标题",
    "opening": "开头的话",
    "closing": "结尾的话",
    "footer": "页脚",
    "signatures": "签字栏",
    "headings": "各部分的标题",
    "name_line": "抬头",
    "margin_mm": "页边距",
    "seal": "盖章位置",
}


class PapersCard(Card):
    """单据模板: opens the templates."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__("单据模板", parent)
        self._context = context
        self.edit = ActionButton("编辑单据模板…", kind="secondary", icon_name="printer")
        self.edit.clicked.connect(self.open)
        self.body.addWidget(label("单据上的抬头、徽标、盖章位置和用语，边改边看样张。", "small", wrap=True))
        self.body.addWidget(self.edit, 0, Qt.AlignmentFlag.AlignLeft)

    def open(self) -> "TemplatesDialog":
        """Show the templates."""
        dialog = TemplatesDialog(self._context, self.window())
        dialog.open()
        return dialog


class TemplatesDialog(QDialog):
    """The templates with a sample of the chosen paper beside them. ``shown`` is sent with every new sample."""

    shown = Signal()

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._base: dict[str, Any] | None = None
        self._document: dict[str, Any] = {}
        self._shipped: dict[str, Any] = {}
        self._paper = "case_slip"
        self._may = False
        self._filling = False
        self._warned = False
        self._asked = 0
        self.setWindowTitle("单据模板")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(1240, 700)
        self.shared, self.words = SharedForm(), WordsForm()
        self.wrong = label("", "error", wrap=True)
        self.why_not = label("只有管理员或督办可以修改单据模板；请换有权限的人员登录。", "small", wrap=True)
        self.busy = BusyBar()
        self.pages = QVBoxLayout()
        self.save = ActionButton("保存并启用", kind="primary", icon_name="check")
        self.default = ActionButton("本单据恢复默认")
        self.all_default = ActionButton("全部恢复默认", kind="quiet")
        self.close_button = ActionButton("关闭", key="Esc")
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._lay_out()
        self._connect()
        self.load()

    def load(self) -> None:
        """Ask for the templates in force."""
        self._context.tasks.run(
            self._context.station.submit,
            read_template_facts,
            on_done=self._on_facts,
            on_error=self._on_refused,
            receiver=self,
        )

    def typed(self) -> dict[str, Any]:
        """The document as it stands here."""
        papers = {**self._document["papers"], self._paper: self.words.read()}
        return {**self._document, **self.shared.read(), "papers": papers}

    def is_changed(self) -> bool:
        """Whether something was typed that is not published."""
        return self._base is not None and self.typed() != self._base

    def show_paper(self, paper: str) -> None:
        """Bring another paper to the front; what was typed stays."""
        self._document = self.typed()
        self._paper = paper
        self._fill()

    def use_emblem(self, path: Path) -> None:
        """Take the picture at ``path``, decoded off the main thread."""
        tasks = self._context.tasks
        tasks.run(
            tasks.in_background,
            read_emblem,
            path,
            on_done=self._on_emblem,
            on_error=lambda error: self.shared.show_emblem_error(sentence(error)),
            receiver=self,
        )

    def _on_facts(self, facts: Any) -> None:
        self._shipped = facts.shipped.document()
        self._may = facts.may_change
        self._base = facts.templates.document()
        self._document = deepcopy(self._base)
        self.why_not.setVisible(not self._may)
        for widget in (self.shared, self.save, self.default, self.all_default):
            widget.setEnabled(self._may)
        self._fill()

    def _fill(self) -> None:
        self._filling = True
        self.shared.show_document(self._document)
        shipped = self._shipped["papers"][self._paper]
        self.words.show_words(self._paper, self._document["papers"][self._paper], shipped)
        self._filling = False
        self.draw()

    def draw(self) -> None:
        """Draw the sample of what stands here."""
        self._pause.stop()
        self.save.setEnabled(self._may and self.is_changed())
        self._asked += 1
        asked = self._asked
        self.busy.start()
        document = self.typed()
        self._context.tasks.run(
            self._context.station.submit,
            preview_template,
            self._paper,
            document,
            on_done=lambda made: self._on_made(asked, made),
            on_error=self._on_refused,
            receiver=self,
        )

    def _on_made(self, asked: int, made: dict[str, Any]) -> None:
        self._say("")
        size, tasks = sizes_of(self._paper)[0], self._context.tasks
        tasks.run(
            tasks.in_background,
            preview_pages,
            made,
            size,
            SHOWN_PX,
            on_done=lambda pages: self._on_pages(asked, pages),
            on_error=self._on_refused,
            receiver=self,
        )

    def _on_pages(self, asked: int, pages: list[Any]) -> None:
        if asked != self._asked:
            return
        self.busy.stop()
        empty(self.pages)
        for number, page in enumerate(pages, start=1):
            picture = QLabel()
            picture.setPixmap(QPixmap.fromImage(to_image(page)))
            picture.setAccessibleName(f"样张第 {number} 页")
            self.pages.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
        self.shown.emit()

    def _on_edited(self) -> None:
        if not self._filling:
            self._warned = False
            self._pause.start()

    def _on_save_clicked(self) -> None:
        self.save.setEnabled(False)
        self._context.tasks.run(
            self._context.station.submit,
            change_paper_templates,
            self.typed(),
            on_done=self._on_saved,
            on_error=self._on_save_refused,
            receiver=self,
        )

    def _on_saved(self, templates: Any) -> None:
        self._base = templates.document()
        self._document = deepcopy(self._base)
        self._fill()
        self._context.notices.say("单据模板已保存，之后打印的单据随即使用；以前打印的不变。", Tone.OK)

    def _on_default_clicked(self) -> None:
        self._document = self.typed()
        self._document["papers"][self._paper] = deepcopy(self._shipped["papers"][self._paper])
        self._fill()

    def _on_all_default_clicked(self) -> None:
        self._document = deepcopy(self._shipped)
        self._fill()

    def _on_emblem_asked(self) -> None:
        dialog = QFileDialog(self, "选择徽标", "", "图片 (*.png *.jpg *.jpeg)")
        dialog.fileSelected.connect(lambda name: self.use_emblem(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_emblem(self, emblem: str) -> None:
        self._document = {**self.typed(), "emblem": emblem}
        self.shared.show_emblem(emblem)
        self.draw()

    def _on_refused(self, error: AppError) -> None:
        self.busy.stop()
        self.save.setEnabled(self._may and self.is_changed())
        self._say(sentence(_in_words(error)))

    def _on_save_refused(self, error: AppError) -> None:
        self._on_refused(error)
        field = self.words.field_of(str(error.params.get("field", "")))
        if field is not None and error.params.get("paper") == self._paper:
            field.setFocus(Qt.FocusReason.OtherFocusReason)

    def reject(self) -> None:
        """Close; with something typed that is not published, only when asked twice."""
        if self._may and self.is_changed() and not self._warned:
            self._warned = True
            self._say("有没保存的修改。要保存请按“保存并启用”；再按一次“关闭”就放弃。")
            return
        super().reject()

    def _say(self, text: str) -> None:
        self.wrong.setText(text)
        self.wrong.setVisible(bool(text))

    def _connect(self) -> None:
        self.shared.changed.connect(self._on_edited)
        self.words.changed.connect(self._on_edited)
        self.words.paper_chosen.connect(self.show_paper)
        self.shared.emblem_asked.connect(self._on_emblem_asked)
        self.shared.emblem_dropped.connect(lambda: self._on_emblem(""))
        self._pause.timeout.connect(self.draw)
        self.save.clicked.connect(self._on_save_clicked)
        self.default.clicked.connect(self._on_default_clicked)
        self.all_default.clicked.connect(self._on_all_default_clicked)
        self.close_button.clicked.connect(self.reject)

    def _lay_out(self) -> None:
        body = QHBoxLayout()
        body.addWidget(_scrolled(column(self.shared, self.words)), 1)
        body.addWidget(_scrolled(self.pages), 1)
        foot = QHBoxLayout()
        for button in (self.default, self.all_default):
            foot.addWidget(button)
        foot.addStretch(1)
        for button in (self.close_button, self.save):
            foot.addWidget(button)
        outer = QVBoxLayout(self)
        for widget in (self.busy, self.why_not, self.wrong):
            outer.addWidget(widget)
        outer.addLayout(body, 1)
        outer.addLayout(foot)
        self.wrong.hide()
        self.why_not.hide()


def _in_words(error: AppError) -> AppError:
    """``error`` with field and paper as people call them."""
    named = dict(error.params)
    if "field" in named and "paper" in named:
        named["field"] = words.word(FIELDS, str(named["field"]))
        named["paper"] = words.word(words.PAPERS, str(named["paper"])) or "全部"
    return AppError(error.code, **named)


def _scrolled(layout: QVBoxLayout) -> QScrollArea:
    inner = QWidget()
    inner.setProperty("role", "scrolled")
    inner.setLayout(layout)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setMinimumWidth(inner.minimumSizeHint().width() + area.verticalScrollBar().sizeHint().width())
    area.setWidget(inner)
    return area
