"""待复核: verdicts that wait for newer lists, and those that a later look changed."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop import words
from desktop.enterprises import wording
from desktop.shell.page import PageContext
from desktop.widgets import (
    BADGE_ROLE,
    ActionButton,
    BadgeDelegate,
    BusyBar,
    DataTable,
    EmptyState,
    Segments,
    Tone,
    label,
    title,
)
from services.scans import recheck
from services.verifications import changed_verifications, provisional_verifications

Index = QModelIndex | QPersistentModelIndex
TITLES = ("时间", "结论", "企业名称", "统一社会信用代码", "理由")
WHEN, ANSWER, NAME, CODE, WHY = range(5)
SHOWN = 500
_KINDS = (("provisional", "暂定，待复核"), ("changed", "复核后结论有变"))
_SERVICES = {"provisional": provisional_verifications, "changed": changed_verifications}


class VerificationModel(QAbstractTableModel):
    """Rows of ``VerificationRow``."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Any, ...] = ()
        self.zone = "Asia/Shanghai"

    def show(self, rows: tuple[Any, ...]) -> None:
        """Show ``rows``."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(TITLES)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return TITLES[section]
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        row = self.rows[index.row()]
        if index.column() == ANSWER:
            text, tone = wording.answer_badge(row.verdict)
            if role == BADGE_ROLE:
                return tone, text
            return text if role == Qt.ItemDataRole.AccessibleTextRole else None
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        return {
            WHEN: words.moment(row.at, self.zone),
            NAME: row.name or "（没有名称）",
            CODE: row.uscc,
            WHY: "".join(wording.reason_sentences(row.reasons)),
        }[index.column()]


class Pending(QWidget):
    """``opened`` carries a credit code, ``back_asked`` nothing."""

    opened = Signal(str)
    back_asked = Signal()

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.back = ActionButton("返回名录", kind="quiet", key="Esc", icon_name="arrow-left")
        self.kinds = Segments(_KINDS, name="哪些核验")
        self.total = label("", "muted")
        self.again = ActionButton("立即复核", key="Ctrl+R", icon_name="arrows-clockwise")
        self.busy = BusyBar()
        self.table = DataTable("核验")
        self.model = VerificationModel(self)
        self.nothing = EmptyState(
            "shield-check",
            "没有要复核的",
            "离线时给出的暂定结论会列在这里；导入新的信任名单或吊销名单后自动复核。",
        )
        self.stack = QStackedWidget()
        self._lay_out()
        self.back.clicked.connect(self.back_asked)
        self.kinds.chosen.connect(lambda _: self.reload())
        self.again.clicked.connect(self._on_again)
        self.table.opened.connect(lambda index: self.opened.emit(self.model.rows[index.row()].uscc))
        context.theme.changed.connect(self._fit)

    def reload(self) -> None:
        """Read the list anew."""
        self.busy.start()
        service = _SERVICES[self.kinds.value()]

        def submit() -> "Future[Any]":
            future: Future[Any] = self._context.station.submit(service, limit=SHOWN)
            return future

        self._context.tasks.run(submit, on_done=self._on_rows, receiver=self)

    def _on_rows(self, rows: Any) -> None:
        self.busy.stop()
        self.model.show(rows)
        self.total.setText(f"共 {len(rows):,} 条")
        self.stack.setCurrentWidget(self.table if rows else self.nothing)
        if rows and not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.model.index(0, 0))

    def _on_again(self) -> None:
        self.again.setEnabled(False)
        self.busy.start()
        self._context.tasks.run(
            self._context.station.submit, recheck, on_done=self._on_rechecked, on_error=self._on_refused
        )

    def _on_rechecked(self, changed: Any) -> None:
        self.again.setEnabled(True)
        for one in changed:
            tone = Tone.DANGER if one.now == "invalid" else Tone.INFO
            self._context.notices.say(wording.alert(one), tone, action="查看", act=self._opener(one.uscc))
        if not changed:
            self._context.notices.say("已按现有名单复核，没有结论改变。", Tone.INFO)
        self.reload()

    def _opener(self, uscc: str) -> Callable[[], None]:
        return lambda: self._context.navigator.open("enterprises", uscc)

    def _on_refused(self, error: Any) -> None:
        self.again.setEnabled(True)
        self.busy.stop()
        self._context.tasks.refused.emit(error)

    def _fit(self) -> None:
        self.table.tune_columns([9, 5, 14, 11, 20], WHY)

    def _lay_out(self) -> None:
        self.table.setModel(self.model)
        self.table.setItemDelegateForColumn(ANSWER, BadgeDelegate(self._context.theme, self.table))
        self._fit()
        for page in (self.nothing, self.table):
            self.stack.addWidget(page)
        head = QHBoxLayout()
        head.setSpacing(14)
        for part in (self.back, title("核验待复核"), self.kinds):
            head.addWidget(part)
        head.addStretch(1)
        head.addWidget(self.total)
        head.addWidget(self.again)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.busy)
        column.addWidget(self.stack, 1)
