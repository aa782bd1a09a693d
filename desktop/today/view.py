"""The layout of the day's page."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from desktop.shell.page import Page
from desktop.theme.theme import Theme
from desktop.today.figures import Figures
from desktop.today.recent import RecentCases
from desktop.today.tasks import LinesCard
from desktop.widgets import ActionButton, Card, EmptyState, title

SIDE_WIDTH = 430


class TodayView(Page):
    """工作台: what stands where."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.day = title("今天")
        self.begin = ActionButton("受理新诉求", kind="big", icon_name="note-pencil")
        self.figures = Figures()
        self.recent = RecentCases(theme)
        self.nothing = EmptyState(
            "tray",
            "还没有办件",
            "来访者到窗口时按“受理新诉求”，或按 Ctrl+K 查找企业后受理。",
            action="受理第一件",
        )
        self.cases = QStackedWidget()
        self.waiting = LinesCard("接着做", "没有待续的草稿，也没有待确认的单据。")
        self.material = LinesCard("要通知企业补材料", "")
        self.material.hide()
        self.care = LinesCard("数据安全", "正在查看…")
        self._lay_out()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.day, 1)
        head.addWidget(self.begin)
        for page in (self.recent, self.nothing):
            self.cases.addWidget(page)
        newest = Card("最近受理")
        newest.body.addWidget(self.cases)
        work = QHBoxLayout()
        work.setSpacing(12)
        work.addWidget(newest, 1)
        work.addWidget(self._side())
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self.figures)
        column.addLayout(work, 1)

    def _side(self) -> QWidget:
        inner = QWidget()
        inner.setProperty("role", "scrolled")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.material)
        column.addWidget(self.waiting)
        column.addWidget(self.care)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setFixedWidth(SIDE_WIDTH)
        area.setWidget(inner)
        return area
