"""The layout of the queue page: the lists at the left, taking a number and the day's figures at the right."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from desktop.queue import lists
from desktop.queue.live.model import LiveTable
from desktop.queue.taking import TakeNumber
from desktop.shell.page import Page, PageContext
from desktop.widgets import (
    ActionButton,
    Card,
    Choice,
    ChoiceField,
    ConfirmButton,
    EmptyState,
    NoticeBar,
    Segments,
    label,
)
from domain.queue.desk import HallView

SIDE_WIDTH = 340
ALL = ""


class QueueView(Page):
    """排队: what stands where. The work is done in ``QueuePage``."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view: HallView | None = None
        self.which = Segments(lists.LISTS, name="列表")
        self.group = ChoiceField("队列", [Choice(ALL, "全部队列")], side=40)
        self.search = QLineEdit()
        self.search.setAccessibleName("查找号码或企业")
        self.search.setPlaceholderText("号码、企业或代码（Ctrl+F）")
        self.search.setClearButtonEnabled(True)
        self.search.setMaxLength(60)
        self.bar = NoticeBar()
        self.tables = {name: self._table(name, context) for name, _ in lists.LISTS}
        self.nothing = {
            name: EmptyState("users-three", one.headline, one.advice) for name, one in lists.EMPTY.items()
        }
        self.stack = QStackedWidget()
        self.count = label("", "muted")
        self.go = ActionButton("叫这一位", kind="primary")
        self.rejoin = ActionButton("恢复排队")
        self.transfer = ActionButton("转…")
        self.leave = ConfirmButton("已离开…", "确认离开")
        self.wrong = ActionButton("用时不准")
        self.case = ActionButton("打开办件")
        self.again = ActionButton("补打小票", key="Ctrl+P", icon_name="printer")
        self.take = TakeNumber(context)
        self.own = label("", wrap=True)
        self.hall = label("", "muted", wrap=True)
        self._lay_out()

    @property
    def table(self) -> LiveTable:
        """The table in use."""
        return self.tables[self.which.value()]

    def _table(self, name: str, context: PageContext) -> LiveTable:
        columns = {lists.LINE: lists.line_columns, lists.WINDOWS: lists.window_columns}
        chosen = columns.get(name, lists.ticket_columns)(lambda: self.view)
        word = dict(lists.LISTS)[name]
        key = (lambda one: one.code) if name == lists.WINDOWS else (lambda one: one.id)
        return LiveTable(word, chosen, key, context.theme)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.which)
        head.addWidget(self.group)
        head.addWidget(self.search, 1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.count, 1)
        for button in (self.again, self.case, self.wrong, self.leave, self.transfer, self.rejoin, self.go):
            foot.addWidget(button)
        for page in (*self.tables.values(), *self.nothing.values()):
            self.stack.addWidget(page)
        left = QVBoxLayout()
        left.setSpacing(6)
        left.addLayout(head)
        left.addWidget(self.bar)
        left.addWidget(self.stack, 1)
        left.addLayout(foot)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 8, 10, 8)
        row.setSpacing(10)
        row.addLayout(left, 1)
        row.addWidget(self._side())

    def _side(self) -> QWidget:
        today = Card("今天")
        today.body.addWidget(self.own)
        today.body.addWidget(self.hall)
        inner = QWidget()
        inner.setProperty("role", "scrolled")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.take)
        column.addWidget(today)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setFixedWidth(SIDE_WIDTH)
        area.setWidget(inner)
        return area
