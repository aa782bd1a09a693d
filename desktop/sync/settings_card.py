"""同步 among the settings: how it stands, when to warn, the way to its page."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.shell.page import PageContext
from desktop.sync.wording import PHASES, waiting_words
from desktop.widgets import ActionButton, Badge, Card, ElidedLabel, Segments, label

DAYS = [(1, "1 天"), (3, "3 天"), (7, "7 天"), (14, "14 天")]
ALONE = "没有上级中心，记录只保存在本机。"


class SyncCard(Card):
    """``state`` follows the runner while the page is open."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__("同步", parent)
        self._context = context
        self.state = Badge()
        self.where = ElidedLabel("", "small")
        self.open = ActionButton("打开同步页", icon_name="arrows-clockwise")
        days = context.settings.value.sync_warn_days
        choices = DAYS if days in dict(DAYS) else [*DAYS, (days, f"{days} 天")]
        self.warn_days = Segments(choices, name="多久没有同步就提醒")
        self.warn_days.set_value(days)
        self.warn_days.chosen.connect(lambda value: context.settings.change(sync_warn_days=value))
        self.open.clicked.connect(lambda: context.navigator.open("sync"))
        self._lay_out()
        if context.sync is not None:
            context.sync.state_read.connect(self.show_state)
            self.show_state(context.sync.state)

    def show_state(self, state: Any) -> None:
        """Show how this station stands; None: not known yet."""
        if state is None:
            return
        self.state.show_state(*PHASES[state.phase])
        above = f"上级：{state.above}    {waiting_words(state)}".rstrip()
        self.where.setText(above if state.joined else ALONE)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.state)
        row.addWidget(self.where, 1)
        self.body.addLayout(row)
        self.body.addWidget(label("多久没有同步就提醒（只提醒，不影响受理）", "label"))
        self.body.addWidget(self.warn_days)
        self.body.addWidget(self.open, 0, Qt.AlignmentFlag.AlignLeft)
