"""评价 for who serves: bad ratings that concern him, without whose they are, and the appeal."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from desktop.ratings.board import RatingsBoard
from desktop.shell.page import Page, PageContext
from desktop.widgets import label, title

ABOUT = "只显示评价等级、勾选和处理进度，不显示是谁、什么时候评的。核实和裁定由督办人员做。"


class RatingsPage(Page):
    """我的评价."""

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self.board = RatingsBoard(context, own=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addWidget(title("涉及我的评价"))
        column.addWidget(label(ABOUT, "muted", wrap=True))
        column.addWidget(self.board, 1)

    def on_shown(self) -> None:
        self.board.refresh()
        self.board.table.setFocus(Qt.FocusReason.OtherFocusReason)
