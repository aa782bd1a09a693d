"""The layout of 实时: windows and groups at the left, alarms and decisions at the right."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from desktop.queue.live.alarms import AlarmCard
from desktop.queue.live.columns import group_columns, window_columns
from desktop.queue.live.hall_panel import HallPanel
from desktop.queue.live.line_panel import LinePanel
from desktop.queue.live.model import LiveTable
from desktop.queue.live.window_panel import WindowPanel
from desktop.theme.theme import Theme
from desktop.widgets import Card, ElidedLabel, Segments
from domain.queue.desk import HallView

WINDOW, LINE, HALL = "window", "line", "hall"
SIDE_WIDTH = 420


class LiveView(QWidget):
    """What stands where."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view: HallView | None = None
        self.windows = LiveTable("窗口", window_columns(lambda: self.view), lambda one: one.code, theme)
        self.groups = LiveTable("队列", group_columns(lambda: self.view), lambda one: one.code, theme)
        self.calls = ElidedLabel("", "muted")
        self.alarms = AlarmCard(theme)
        self.panel = Segments([(WINDOW, "窗口"), (LINE, "等候的人"), (HALL, "整个大厅")], name="处理")
        self.window_panel, self.line_panel, self.hall_panel = WindowPanel(), LinePanel(theme), HallPanel()
        self.panels = QStackedWidget()
        self._lay_out()

    def show_panel(self, name: str) -> None:
        """Bring one of the panels to the front."""
        self.panel.set_value(name)
        self.panels.setCurrentIndex((WINDOW, LINE, HALL).index(name))

    def _lay_out(self) -> None:
        tables = QSplitter(Qt.Orientation.Vertical)
        tables.setChildrenCollapsible(False)
        tables.setHandleWidth(6)
        for table, stretch in ((self.windows, 3), (self.groups, 2)):
            tables.addWidget(table)
            tables.setStretchFactor(tables.count() - 1, stretch)
        left = QVBoxLayout()
        left.setSpacing(6)
        left.addWidget(tables, 1)
        left.addWidget(self.calls)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addLayout(left, 1)
        row.addWidget(self._side())

    def _side(self) -> QWidget:
        for panel in (self.window_panel, self.line_panel, self.hall_panel):
            self.panels.addWidget(panel)
        decisions = Card("处理")
        decisions.head.addWidget(self.panel)
        decisions.body.addWidget(self.panels, 1)
        side = QWidget()
        side.setFixedWidth(SIDE_WIDTH)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.alarms, 1)
        column.addWidget(decisions, 2)
        return side
