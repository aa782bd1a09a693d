"""The count of a due time, day by day."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.messages.deadlines import why
from desktop.widgets import label

_WEEKDAYS = "一二三四五六日"
SHOWN = 24


class DayByDay(QWidget):
    """What a ``DueTime`` says of each day; of a long count the first and the last days."""

    def __init__(self, due: Any, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        grid.addWidget(label("期限怎样算出来", "strong"), 0, 0, 1, 3)
        counted = 0
        hidden = range(SHOWN // 2, len(due.days) - SHOWN // 2) if len(due.days) > SHOWN else range(0)
        for place, day in enumerate(due.days):
            counted += day.counts
            if place in hidden:
                if place == hidden.start:
                    grid.addWidget(label(f"… 中间 {len(hidden)} 天略 …", "muted"), place + 1, 0, 1, 3)
                continue
            count = label(f"第 {counted} 天" if day.counts else "", "strong" if day.counts else "")
            grid.addWidget(label(f"{day.date:%m-%d} 周{_WEEKDAYS[day.date.weekday()]}"), place + 1, 0)
            grid.addWidget(label(why(day), "" if day.counts else "muted"), place + 1, 1)
            grid.addWidget(count, place + 1, 2, Qt.AlignmentFlag.AlignRight)
        if due.provisional:
            text = "有一年的放假安排还没有公布，这个期限是暂定的，公布后自动重算。"
            grid.addWidget(label(text, "warning", wrap=True), len(due.days) + 1, 0, 1, 3)
        grid.setColumnStretch(1, 1)
