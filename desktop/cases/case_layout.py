"""The layout of the case page and how a case's facts are put into it."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop import words
from desktop.cases.clock_panel import ClockPanel, head_clock, owner_words
from desktop.cases.columns import state_badge
from desktop.cases.measures import MeasuresCard
from desktop.cases.shares import SharesCard
from desktop.cases.steps import Steps
from desktop.cases.timeline import Timeline
from desktop.widgets import ActionButton, Badge, Card, NoticeBar, Scrolled, Tone, empty, held, label
from desktop.window_words import short_window
from domain.printing.offering import offered_papers

LONG = 30
"""Characters of a fact from which on it takes a line of its own."""


class CaseLayout(QWidget):
    """What stands where. ``file_saved`` carries (sha256, name), ``paper_asked`` the paper to preview."""

    related_opened = Signal(str)
    file_saved = Signal(str, str)
    paper_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.back = ActionButton("返回列表", kind="quiet", key="Esc", icon_name="arrow-left")
        self.number = _selectable(label("", "figure"))
        self.state = Badge()
        self.clock = Badge()
        self.owner = Badge()
        self.sensitive = Badge("敏感", Tone.DANGER)
        self.in_pool = Badge("涉企问题池", Tone.INFO)
        self.applicant = _selectable(label("", "title", wrap=True))
        self.bar = NoticeBar()
        self.matter = _selectable(label("", wrap=True))
        self.answer = _selectable(label("", wrap=True))
        self.facts = QGridLayout()
        self.at_end = QVBoxLayout()
        self.timeline = Timeline()
        self.files = QVBoxLayout()
        self.papers = QVBoxLayout()
        self.related = QVBoxLayout()
        self.measures = MeasuresCard()
        self.steps = Steps()
        self.time = ClockPanel()
        self.shares = SharesCard()
        self._lay_out()

    def show_head(self, view: Any) -> None:
        """Number, enterprise, state, whose turn it is, clock."""
        case = view.case
        self.number.setText(case.number)
        self.applicant.setText(case.applicant.name)
        self.clock.show_state(*head_clock(view))
        self.owner.show_state(f"现在由 {owner_words(view)} 负责", Tone.INFO if case.is_open else Tone.QUIET)
        word = words.word(words.STATES, case.state.value)
        self.state.show_state(word, _tone(case))
        self.sensitive.setVisible(case.sensitive)
        self.in_pool.setVisible(case.in_pool)
        self.matter.setText(case.text or "（没有内容）")
        text = case.answer or case.reason
        self.answer.setText(f"{'答复' if case.answer else '理由'}：{text}" if text else "")
        self.answer.setVisible(bool(text))

    def show_facts(self, view: Any) -> None:
        """The grid of facts, two a line, long ones on a line of their own."""
        empty(self.facts)
        row, column, top = 0, 0, Qt.AlignmentFlag.AlignTop
        for name, value in fact_lines(view):
            is_long = len(value) > LONG
            if column and is_long:
                row, column = row + 1, 0
            self.facts.addWidget(label(name, "label"), row, column, top)
            text = _selectable(label(value, wrap=True))
            self.facts.addWidget(text, row, column + 1, 1, 3 if is_long else 1, top)
            row, column = (row + 1, 0) if column or is_long else (row, 2)

    def show_files(self, files: Any) -> None:
        """Attached files; each can be saved."""
        empty(self.files)
        if not files:
            self.files.addWidget(label("没有附件。", "muted"))
        for file in files:
            text = f"{file.name}（{words.size_words(file.size)}）"
            button = _link(text, "paperclip")
            button.clicked.connect(lambda _=False, file=file: self.file_saved.emit(file.sha256, file.name))
            self.files.addWidget(button)

    def show_papers(self, view: Any) -> None:
        """Papers with how often each was printed, and the cases it belongs with."""
        empty(self.papers)
        case = view.case
        for offered in offered_papers(case, view.clock.alert):
            paper, count = offered.paper, case.prints.get(offered.paper, 0)
            if offered.why_not and not count:
                continue
            button = _link(words.word(words.PAPERS, paper), "printer")
            button.setEnabled(not offered.why_not)
            button.clicked.connect(lambda _=False, paper=paper: self.paper_asked.emit(paper))
            printed = f"已打印 {count} 份" if count else "没有打印过"
            button.setAccessibleDescription(printed)
            self.papers.addWidget(_side_by_side(button, label(printed, "muted")))
        self._show_related(view)

    def _show_related(self, view: Any) -> None:
        empty(self.related)
        for row in view.related:
            word = state_badge(row, view.facts.now_ms, view.facts.zone)[1]
            how = "并入" if row.id == view.case.merged_into else "关联"
            button = _link(f"{how} {row.number} {word}", "link")
            button.setToolTip(f"{row.applicant}\n{row.excerpt}")
            button.clicked.connect(lambda _=False, row=row: self.related_opened.emit(row.id))
            self.related.addWidget(button)

    def _lay_out(self) -> None:
        left, right = QVBoxLayout(), QVBoxLayout()
        left.addWidget(_card("诉求", self._matter()))
        left.addWidget(self.shares)
        left.addWidget(_card("情况", self.facts))
        history = Card("经过")
        history.body.addWidget(self.timeline)
        left.addWidget(history)
        left.addStretch(1)
        right.addWidget(self.measures)
        right.addWidget(self.steps)
        right.addWidget(self.time)
        for name, layout in (("单据", self.papers), ("附件", self.files)):
            right.addWidget(_card(name, layout))
        right.addLayout(self.related)
        right.addLayout(self.at_end)
        right.addStretch(1)
        self.facts.setHorizontalSpacing(10)
        self.facts.setVerticalSpacing(4)
        self.facts.setColumnStretch(1, 1)
        self.facts.setColumnStretch(3, 1)
        body = QHBoxLayout()
        body.setSpacing(8)
        body.addWidget(Scrolled(held(left)), 7)
        body.addWidget(Scrolled(held(right)), 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(6)
        column.addLayout(self._head())
        column.addWidget(self.bar)
        column.addLayout(body, 1)

    def _head(self) -> QVBoxLayout:
        first, second = QHBoxLayout(), QHBoxLayout()
        first.setSpacing(14)
        first.addWidget(self.back)
        first.addWidget(self.number)
        first.addWidget(self.applicant, 1)
        for badge in (self.state, self.owner, self.clock, self.in_pool, self.sensitive):
            second.addWidget(badge)
        second.addStretch(1)
        head = QVBoxLayout()
        head.setSpacing(4)
        head.addLayout(first)
        head.addLayout(second)
        return head

    def _matter(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.addWidget(self.matter)
        column.addWidget(self.answer)
        return column


def fact_lines(view: Any) -> list[tuple[str, str]]:
    """(name, value) of what is known of a case; empty ones are left out."""
    case, facts = view.case, view.facts
    contact = case.contact
    capacity = words.word(words.CAPACITIES, contact.capacity.value)
    seen = "，已核对授权" if contact.authorisation_seen else ""
    known = contact.name or contact.phone
    item = facts.book.items.get(case.item or "")
    limit = words.word(words.LIMITS, case.limit.limit.value)
    days = f"（{case.limit.days} 个工作日）" if case.limit.days is not None else ""
    lines = [
        ("类型", words.word(words.KINDS, case.kind.value)),
        ("来源", words.word(words.CHANNELS, case.channel.value)),
        ("范围", words.word(words.SCOPES, case.scope.value)),
        ("时限", f"{limit}{days}"),
        ("申请人", words.word(words.APPLICANTS, case.applicant.kind.value)),
        ("信用代码", case.applicant.uscc or ""),
        ("经办人", f"{contact.name} {contact.phone}（{capacity}{seen}）".strip() if known else ""),
        (
            "受理",
            f"{words.moment(case.accepted_at, facts.zone)} {words.person(case.actor, facts.staff_names)}",
        ),
        ("窗口", short_window(case.window or "")),
        ("事项", item.name if item else (case.item or "")),
        ("一类事", case.package or ""),
        ("勾选事项", words.joined(case.package_items)),
        ("已收材料", words.joined(case.material)),
        ("缺少材料", words.joined(case.missing)),
        ("同步", {True: "已同步", False: "本机暂存"}.get(view.at_centre, "")),
    ]
    return [(name, value) for name, value in lines if value]


def _tone(case: Any) -> Tone:
    if case.is_open:
        return Tone.INFO
    return Tone.OK if case.state.value == "resolved" else Tone.QUIET


def _selectable(widget: Any) -> Any:
    widget.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return widget


def _link(text: str, icon_name: str) -> QPushButton:
    button = ActionButton(text, kind="quiet", icon_name=icon_name)
    button.setStyleSheet("text-align: left")
    return button


def _side_by_side(button: QPushButton, said: QWidget) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 6, 0)
    row.addWidget(button, 1)
    row.addWidget(said)
    return holder


def _card(name: str, layout: Any) -> Card:
    card = Card(name)
    card.body.addLayout(layout)
    return card
