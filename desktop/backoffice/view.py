"""The layout of the work queues: queues with counts at the left, the list, the people at the right."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop import words
from desktop.backoffice.columns import BADGES, COLUMNS, STRETCHED
from desktop.backoffice.hand_over import HandOverBar
from desktop.backoffice.people import PeoplePanel
from desktop.cases.list_view import ListChoice
from desktop.theme.theme import Theme
from desktop.widgets import (
    ActionButton,
    BadgeDelegate,
    BusyBar,
    ChoiceField,
    DataTable,
    ElidedLabel,
    EmptyState,
    Scrolled,
    label,
    title,
)

PEOPLE_WIDTH = 380


class QueueTable(DataTable):
    """A queue's rows; the arrow to the right opens, as Enter does."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Right and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex())
            return
        super().keyPressEvent(event)


class QueuesView(QWidget):
    """工作队列: what stands where."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.board = ChoiceField("板块", [], side=36)
        # The boards are known after the first showing: the longest name has to fit all the same.
        self.board.editor.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.board_name = title("")
        self.duty = ElidedLabel("", "muted")
        self.people_button = ActionButton("人员和值班", kind="secondary", icon_name="users")
        self.people_button.setCheckable(True)
        self.queues = ListChoice(words.QUEUES, "工作队列")
        self.table = QueueTable("工作队列里的办件")
        self.busy = BusyBar()
        self.total = label("", "muted")
        self.receive = ActionButton("签收", kind="big", key="F9")
        self.answer = ActionButton("答复", kind="primary", key="F10")
        self.hand_over = ActionButton("移交", kind="secondary", icon_name="arrow-right")
        self.open = ActionButton("打开", kind="secondary")
        self.hand_over_bar = HandOverBar()
        self.people = PeoplePanel()
        self.nothing = EmptyState(
            "check-circle", "这个队列没有办件", "左边换一个队列看看；新交办的办件会出现在“待签收”。"
        )
        self.pages = QStackedWidget()
        self._people = Scrolled(self.people)
        for place in BADGES:
            self.table.setItemDelegateForColumn(place, BadgeDelegate(theme, self.table))
        self._lay_out()
        self.people_button.toggled.connect(self._people.setVisible)

    def fit_text(self) -> None:
        """Set widths and heights for the text size in use."""
        self.queues.fit()
        self.table.tune_columns([column.width for column in COLUMNS], STRETCHED)
        self.table.verticalHeader().setDefaultSectionSize(self.table.fontMetrics().height() + 12)

    def show_choice(self, *, of_boards: bool) -> None:
        """Show a choice of boards, or the name of the only one."""
        self.board.setVisible(of_boards)
        self.board_name.setVisible(not of_boards)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.board)
        head.addWidget(self.board_name)
        head.addSpacing(12)
        head.addWidget(self.duty, 1)
        head.addWidget(self.people_button)
        foot = QHBoxLayout()
        foot.addWidget(self.total, 1)
        for button in (self.open, self.hand_over, self.answer, self.receive):
            foot.addWidget(button)
        self.pages.addWidget(self.table)
        self.pages.addWidget(self.nothing)
        middle = QVBoxLayout()
        middle.setSpacing(6)
        for widget in (self.busy, self.pages, self.hand_over_bar):
            middle.addWidget(widget, 1 if widget is self.pages else 0)
        middle.addLayout(foot)
        self._people.setFixedWidth(PEOPLE_WIDTH)
        self._people.hide()
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.queues)
        row.addLayout(middle, 1)
        row.addWidget(self._people)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(8)
        column.addLayout(head)
        column.addLayout(row, 1)
