"""A day until which something is to be done: typed, or counted in working days by a press."""

from datetime import date
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.widgets import Chip, Field, FlowLayout
from domain.deadlines.case_clock import office_of

AHEAD = (1, 3, 5, 10)
EXAMPLE = "如 2026-11-30"
WEEKDAYS = "一二三四五六日"


class DayField(Field[QWidget]):
    """日期. ``value`` is ``2026-11-30`` as typed, or empty; the line below says what kind of day it is."""

    changed = Signal(str)

    def __init__(self, name: str) -> None:
        self._line = QLineEdit()
        self._line.setPlaceholderText(EXAMPLE)
        self._line.setMaxLength(20)
        self._line.setAccessibleName(name)
        box = QWidget()
        flow = FlowLayout(box, gap=4)
        flow.addWidget(self._line)
        self._chips = [Chip(f"{days} 个工作日") for days in AHEAD]
        for days, chip in zip(AHEAD, self._chips, strict=True):
            chip.clicked.connect(lambda _=False, days=days: self._take(days))
            flow.addWidget(chip)
        super().__init__(name, box)
        self.setFocusProxy(self._line)
        self._office: Any = None
        self._now_ms = 0
        self._line.textChanged.connect(lambda _: self._say_day())
        self._line.textChanged.connect(self.changed)

    def begin(self, facts: Any) -> None:
        """Count by the calendar and the hours of the site."""
        self._office, self._now_ms = office_of(facts.book.rules), facts.now_ms
        self._line.ensurePolished()
        self._line.setFixedWidth(self._line.fontMetrics().horizontalAdvance(EXAMPLE) + 28)
        self._say_day()

    def value(self) -> str:
        """The day as typed."""
        return self._line.text().strip()

    def set_value(self, day: str) -> None:
        """Put ``day`` into the line."""
        self._line.setText(day)

    def _take(self, days: int) -> None:
        day = self._office.day_of(self._now_ms)
        for _ in range(days):
            day = self._office.next_working(day)
        self.set_value(day.isoformat())

    def _say_day(self) -> None:
        if self._office is None:
            return
        try:
            day = date.fromisoformat(self.value())
            works = self._office.works(day)
        except (ValueError, OverflowError):
            self.set_hint("")
            return
        until = (
            f"工作日，到 {self._office.hours.local(self._office.closing(day)):%H:%M}" if works else "不上班"
        )
        self.set_hint(f"周{WEEKDAYS[day.weekday()]}，{until}", warning=not works)
