"""今日数据: a day's figures by group, window and person, and the same as a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QDateEdit, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from desktop.messages import sentence
from desktop.printing.run import open_file
from desktop.queue.live.columns import spent
from desktop.queue.live.model import Column, LiveTable
from desktop.shell.page import PageContext
from desktop.widgets import ActionButton, Tone, label
from desktop.window_words import short_window
from domain.queue.statistics import Figures, QueueStatistics
from services.spreadsheet import write_xlsx

DAY = "yyyy-MM-dd"


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One line: what it is about (合计, 队列, 窗口, 人员), and its figures."""

    about: str
    figures: Figures


COLUMNS = (
    Column("分类", 3, lambda row, now: row.about, is_fixed=True),
    Column("名称", 12, lambda row, now: _name(row)),
    Column("来访", 4, lambda row, now: str(row.figures.tickets), is_right=True),
    Column("叫到", 4, lambda row, now: str(row.figures.served), is_right=True),
    Column("平均等候", 5, lambda row, now: spent(row.figures.mean_wait_ms), is_right=True),
    Column("中位等候", 5, lambda row, now: spent(row.figures.median_wait_ms), is_right=True),
    Column("最长等候", 5, lambda row, now: spent(row.figures.longest_wait_ms), is_right=True),
    Column("平均办理", 5, lambda row, now: spent(row.figures.mean_service_ms), is_right=True),
    Column(
        "用时不准",
        5,
        lambda row, now: str(row.figures.doubtful) if row.figures.doubtful else "",
        is_right=True,
    ),
)


def figure_rows(statistics: QueueStatistics) -> Iterator[FigureRow]:
    """The whole, then groups, windows and people."""
    yield FigureRow("合计", statistics.total)
    parts = (("队列", statistics.by_group), ("窗口", statistics.by_window), ("人员", statistics.by_staff))
    for about, lines in parts:
        yield from (FigureRow(about, line) for line in lines)


class FiguresView(QWidget):
    """Follows the board while the day that is shown may still change."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._statistics: QueueStatistics | None = None
        self._today = ""
        self.day = QDateEdit()
        self.day.setCalendarPopup(True)
        self.day.setDisplayFormat(DAY)
        self.day.setAccessibleName("日期")
        self.before = ActionButton("前一天", icon_name="caret-left")
        self.after = ActionButton("后一天", icon_name="caret-right")
        self.export = ActionButton("导出 Excel", icon_name="download-simple")
        self.summary = label("", "strong", wrap=True)
        self.table = LiveTable("当天数据", COLUMNS, _key, context.theme)
        self._lay_out()
        self.day.dateChanged.connect(lambda _: self.load())
        self.before.clicked.connect(lambda: self.day.setDate(self.day.date().addDays(-1)))
        self.after.clicked.connect(lambda: self.day.setDate(self.day.date().addDays(1)))
        self.export.clicked.connect(self._on_export_clicked)

    def show_today(self, today: str) -> None:
        """``today`` is the hall's day; it is shown until somebody chooses another."""
        if today == self._today:
            if self.chosen_day() == today:
                self.load()
            return
        follow = self.chosen_day() == self._today or not self._today
        self._today = today
        date = QDate.fromString(today, DAY)
        self.day.blockSignals(True)
        self.day.setMaximumDate(date)
        if follow:
            self.day.setDate(date)
        self.day.blockSignals(False)
        self.load()

    def chosen_day(self) -> str:
        """The day that is looked at."""
        return str(self.day.date().toString(DAY))

    def load(self) -> None:
        """Read the day's figures anew."""
        self.after.setEnabled(self.chosen_day() < self._today)
        self._context.queue.ask("statistics", self.chosen_day(), on_done=self._on_statistics)

    def export_to(self, target: Path) -> None:
        """Write what is shown to an Excel file, every cell as text."""
        if self._statistics is None:
            return
        rows = [[column.text(row, 0) for column in COLUMNS] for row in figure_rows(self._statistics)]
        self._context.tasks.run(
            self._context.tasks.in_background,
            write_xlsx,
            target,
            f"排队 {self._statistics.first_day}",
            [column.title for column in COLUMNS],
            rows,
            on_done=self._on_written,
            on_error=lambda error: self._context.notices.say(sentence(error), Tone.DANGER),
            receiver=self,
        )

    def _on_statistics(self, statistics: QueueStatistics) -> None:
        # The answer may be of a day that was chosen before.
        if statistics.first_day != self.chosen_day():
            return
        self._statistics = statistics
        self.summary.setText(_summary(statistics))
        self.table.show_rows(tuple(figure_rows(statistics)), 0)
        self.export.setEnabled(statistics.total.tickets > 0)

    def _on_export_clicked(self) -> None:
        dialog = QFileDialog(self, "导出排队数据", f"排队-{self.chosen_day()}.xlsx", "Excel (*.xlsx)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.fileSelected.connect(lambda name: self.export_to(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_written(self, file: Path) -> None:
        self._context.notices.say(f"已导出：{file}", Tone.OK, action="打开", act=lambda: open_file(file))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        for part in (self.before, self.day, self.after):
            head.addWidget(part)
        head.addSpacing(12)
        head.addWidget(self.summary, 1)
        head.addWidget(self.export)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        column.addWidget(label(NOTE, "small", wrap=True))


NOTE = (
    "来访：有过时段的号；叫到：到过窗口的号。平均、中位、最长不含“用时不准”的号；"
    "转过队列或窗口的号在每一处各计一次。"
)


def _summary(statistics: QueueStatistics) -> str:
    total = statistics.total
    if not total.tickets:
        return "这一天没有人取号。"
    said = f"来访 {total.tickets}，办结 {statistics.finished}，离开 {statistics.left}"
    return f"{said}，未结束 {statistics.open}" if statistics.open else said


def _name(row: FigureRow) -> str:
    code, name = row.figures.key, row.figures.name
    if row.about == "合计":
        return "全部"
    if row.about == "人员":
        return name or ("本机" if code.startswith("device:") else code)
    number = short_window(code) if row.about == "窗口" else code
    return f"{number} {name}".strip()


def _key(row: Any) -> str:
    return f"{row.about}:{row.figures.key}"
