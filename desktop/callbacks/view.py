"""The layout of the callbacks page: the list at the left; number, task and result at the right."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.callbacks.columns import LISTS, task_columns
from desktop.callbacks.entry import ResultEntry
from desktop.callbacks.task_card import TaskCard
from desktop.queue.live.model import LiveTable
from desktop.shell.page import Page
from desktop.theme.theme import Theme
from desktop.widgets import ActionButton, ElidedLabel, EmptyState, NoticeBar, Segments, title

LIST_WIDTH = 470
EMPTY = {
    "mine": ("这里没有您认领的任务", "到“待回访”里选一件，按回车认领并拨打。"),
    "overdue": ("没有超期的回访", "按期限先打“今日到期”的。"),
    "unreachable": ("没有联系不上的", "打了几次都不通的会到这里；企业打回来时可以补录。"),
    "done": ("还没有回访记录", "录入结果后会到这里。"),
}


class CallbacksView(Page):
    """回访: what stands where."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.facts: Any = None
        self.which = Segments(LISTS, name="列表")
        self.summary = ElidedLabel("", "muted")
        self.form = ActionButton("打印登记表", key="Ctrl+P", icon_name="printer")
        self.bar = NoticeBar()
        columns = task_columns(lambda: self.facts.zone if self.facts else "UTC")
        self.table = LiveTable("回访任务", columns, lambda one: one.ref, theme)
        self.nothing = EmptyState(
            "check-circle", "没有待回访的办件", "办结并反馈后按比例抽取，每天自动抽一次。"
        )
        self.lists = QStackedWidget()
        self.card = TaskCard()
        self.entry = ResultEntry()
        self.no_task = EmptyState(
            "phone", "选一件开始回访", "回车认领并显示电话；扫登记表行首的二维码直接录入。"
        )
        self.sides = QStackedWidget()
        self._lay_out()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(title("回访"))
        head.addWidget(self.which)
        head.addWidget(self.summary, 1)
        head.addWidget(self.form)
        for part in (self.table, self.nothing):
            self.lists.addWidget(part)
        self.lists.setFixedWidth(LIST_WIDTH)
        task = QWidget()
        column = QVBoxLayout(task)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.card, 1)
        column.addWidget(self.entry, 0, Qt.AlignmentFlag.AlignBottom)
        for side in (self.no_task, task):
            self.sides.addWidget(side)
        body = QHBoxLayout()
        body.setSpacing(12)
        body.addWidget(self.lists)
        body.addWidget(self.sides, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 12, 16, 12)
        outer.setSpacing(10)
        outer.addLayout(head)
        outer.addWidget(self.bar)
        outer.addLayout(body, 1)

    def show_side(self, task: bool) -> None:
        """Show a task, or that none is chosen."""
        self.sides.setCurrentIndex(1 if task else 0)
