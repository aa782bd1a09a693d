"""The layout of 问题清单: the three lists at the left, the problems that many cases share at the right."""

from typing import Any

from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from desktop import words
from desktop.queue.live.model import Column, LiveTable
from desktop.supervision.columns import pending_columns
from desktop.theme.theme import Theme
from desktop.widgets import (
    ActionButton,
    AreaField,
    Card,
    Choice,
    ChoiceField,
    ConfirmButton,
    ElidedLabel,
    EmptyState,
    LineField,
    NoticeBar,
    Segments,
    Tone,
    label,
)
from domain.supervision.problems import MAX_TITLE

ALL = ""
ANY_AGE = 0
SIDE_WIDTH = 470
STATES = (("open", "在办"), ("overdue", "已超期"), ("closed", "已结"))
AGES = ((ANY_AGE, "不限时间"), (7, "7 天以上"), (30, "30 天以上"))
LOOSE = (("", "全部"), ("loose", "没归入的"))
COMMON_COLUMNS = (
    Column("共性问题", 10, lambda one, now: one.title),
    Column("件数", 4, lambda one, now: f"{one.answered}/{one.members}", is_right=True),
    Column("状态", 5, lambda one, now: common_state(one)[1], badge=lambda one, now: common_state(one)),
)
MEMBER_COLUMNS = (
    Column("编号", 10, lambda one, now: one.number, is_fixed=True),
    Column("企业", 8, lambda one, now: one.applicant),
)


def common_state(row: Any) -> tuple[str, str]:
    """Whether some member still waits for the answer."""
    return (Tone.OK, "已答复") if row.state == "answered" else (Tone.WARN, "待答复")


class ProblemsView(QWidget):
    """What stands where; several cases are chosen with Shift or Ctrl."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.facts: Any = None
        self.scope = Segments([(ALL, "全部"), *words.SCOPES.items()], name="范围")
        self.summary = ElidedLabel("", "muted")
        self.state = ChoiceField("", [Choice(*one) for one in STATES], side=1)
        self.age = ChoiceField("", [Choice(*one) for one in AGES], side=1)
        self.board = ChoiceField("", [Choice(ALL, "全部板块")], side=1)
        self.loose = ChoiceField("", [Choice(*one) for one in LOOSE], side=1)
        self.search = QLineEdit()
        self.table = _several(
            LiveTable("问题清单", pending_columns(lambda: self.facts), lambda one: one.id, theme)
        )
        self.nothing = EmptyState(
            "check-circle", "这张清单是空的", "列入问题池的办件会到这里；也可以放宽筛选条件。"
        )
        self.stack = QStackedWidget()
        self.chosen = label("", "muted")
        self.open_case = ActionButton("打开办件")
        self.common = LiveTable("共性问题", COMMON_COLUMNS, lambda one: one.ref, theme)
        self.title = LineField("把选中的立为共性问题", placeholder="一句话写明问题", max_length=MAX_TITLE)
        self.begin = ActionButton("立为")
        self.join = ActionButton("把选中的归入")
        self.similar = ActionButton("找相似的")
        self.members = _several(LiveTable("归入的办件", MEMBER_COLUMNS, lambda one: one.id, theme))
        self.reason = LineField("移出理由", max_length=200)
        self.leave = ConfirmButton("移出…", "再按一次移出选中的")
        self.answered = label("", "muted", wrap=True)
        self.answer = AreaField("统一答复（一次答复归入的全部办件）", lines=2)
        self.send = ActionButton("统一答复", kind="primary")
        self.bar = NoticeBar()
        self._lay_out()

    def _lay_out(self) -> None:
        self.search.setPlaceholderText("诉求里的词")
        self.search.setAccessibleName("筛选问题清单")
        self.search.setMaxLength(100)
        self.search.setMaximumWidth(160)
        for field, name in (
            (self.state, "状态"),
            (self.age, "受理时间"),
            (self.board, "板块"),
            (self.loose, "归入"),
        ):
            field.editor.setAccessibleName(name)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.scope)
        head.addWidget(self.summary, 1)
        for part in (self.state, self.age, self.board, self.loose, self.search):
            head.addWidget(part)
        for front in (self.table, self.nothing):
            self.stack.addWidget(front)
        foot = QHBoxLayout()
        foot.addWidget(self.chosen, 1)
        foot.addWidget(self.open_case)
        left = QVBoxLayout()
        left.setSpacing(6)
        left.addWidget(self.stack, 1)
        left.addLayout(foot)
        body = QHBoxLayout()
        body.setSpacing(12)
        body.addLayout(left, 1)
        body.addWidget(self._side())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(self.bar)
        column.addLayout(body, 1)
        self.setFocusProxy(self.table)

    def _side(self) -> QWidget:
        side = Card("共性问题")
        side.setFixedWidth(SIDE_WIDTH)
        side.head.addWidget(self.similar)
        side.head.addWidget(self.join)
        side.body.addWidget(self.common, 3)
        side.body.addLayout(_beside(self.title, self.begin))
        side.body.addWidget(self.members, 2)
        side.body.addLayout(_beside(self.reason, self.leave))
        side.body.addWidget(self.answered)
        self.answer.editor.setFixedHeight(self.answer.editor.minimumHeight())
        side.body.addWidget(self.answer)
        side.body.addWidget(self.send)
        return side


def _several(table: LiveTable) -> LiveTable:
    table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    return table


def _beside(field: QWidget, button: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(6)
    row.addWidget(field, 1)
    holder = QVBoxLayout()
    holder.addStretch(1)
    holder.addWidget(button)
    row.addLayout(holder)
    return row
