"""The layout of the queue bar: one row of at most 56 pixels, or one line when it is folded."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from desktop.queue.controls import Controls, queue_button
from desktop.queue.serving import Serving
from desktop.widgets import ElidedLabel, NoticeBar
from desktop.widgets.cards import close_button

NARROWEST = 640
WHO_WIDTH = 190


class QueueBarView(QFrame):
    """What stands where. What finds no place in a narrow window stays in the menu 更多."""

    def __init__(self, serving: Serving, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "dock")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("排队栏")
        self.serving = serving
        self.controls = Controls(serving, self)
        self.strip = queue_button("小条", "", "quiet", "arrow-square-out")
        self.fold = queue_button("", "", "quiet", "caret-up")
        self.unfold = queue_button("展开", "", "quiet", "caret-down")
        self.line = ElidedLabel("", "")
        self.link = queue_button("去设置", "", "quiet")
        self.away = NoticeBar()
        self.open_row, self.slim = QWidget(), QWidget()
        self.middle = QStackedWidget()
        self.said = QFrame()
        self.shut = close_button()
        self._waiting = QWidget()
        self._visit_cases = QHBoxLayout()
        self._name_parts()
        self._lay_out()

    def set_folded(self, folded: bool) -> None:
        """One line, or the whole row."""
        self.open_row.setVisible(not folded)
        self.slim.setVisible(folded)

    def minimumSizeHint(self) -> QSize:
        return QSize(NARROWEST, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Leave out what the width has no room for, the least needed first."""
        controls = self.controls
        usual = [controls.buttons[name] for name in reversed(controls.usual)]
        transfer = [controls.transfer] if controls.serving.ticket is not None else []
        spare: list[QWidget] = [controls.groups, *transfer, *usual[:1], self._waiting, *usual[1:]]
        for part in spare:
            part.show()
        layout = self.open_row.layout()
        assert layout is not None
        for part in spare:
            layout.activate()
            if layout.minimumSize().width() <= self.width():
                return
            part.hide()

    def _name_parts(self) -> None:
        for button, name in (
            (self.fold, "收起排队栏"),
            (self.unfold, "展开排队栏"),
            (self.strip, "小条：浮在别的程序上面"),
        ):
            button.setAccessibleName(name)
            button.setToolTip(name)

    def _lay_out(self) -> None:
        controls = self.controls
        self._lay_out_middle()
        row = QHBoxLayout(self.open_row)
        row.setContentsMargins(10, 4, 6, 4)
        row.setSpacing(6)
        row.addWidget(controls.big)
        row.addSpacing(4)
        row.addWidget(controls.number)
        row.addWidget(self.middle, 1)
        row.addWidget(controls.entry)
        for name in ("begin_case", "recall", "miss", "hold"):
            row.addWidget(controls.buttons[name])
        for button in (controls.transfer, controls.buttons["next"], controls.more, self.strip, self.fold):
            row.addWidget(button)
        slim = QHBoxLayout(self.slim)
        slim.setContentsMargins(14, 0, 6, 0)
        slim.addWidget(self.line, 1)
        slim.addWidget(self.link)
        slim.addWidget(self.unfold)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.away)
        column.addWidget(self.open_row)
        column.addWidget(self.slim)

    def _lay_out_middle(self) -> None:
        controls = self.controls
        facts = QWidget()
        both = QHBoxLayout(facts)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(14)
        both.addWidget(self._who(), 1)
        both.addWidget(self._waiting)
        waiting = QVBoxLayout(self._waiting)
        waiting.setContentsMargins(0, 0, 0, 0)
        waiting.setSpacing(0)
        waiting.addWidget(controls.waiting)
        waiting.addWidget(controls.groups)
        self.said.setProperty("role", "bar")
        message = QHBoxLayout(self.said)
        message.setContentsMargins(8, 1, 4, 1)
        message.addWidget(controls.message, 1)
        message.addWidget(controls.confirm)
        message.addWidget(self.shut)
        for page in (facts, self.said):
            self.middle.addWidget(page)
        self.middle.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def _who(self) -> QWidget:
        controls = self.controls
        holder = QWidget()
        controls.name.setMinimumWidth(WHO_WIDTH)
        first = QHBoxLayout()
        first.setContentsMargins(0, 1, 0, 0)
        first.setSpacing(8)
        for part in (controls.state, controls.since, controls.marks):
            first.addWidget(part)
        first.addLayout(self._visit_cases)
        first.addStretch(1)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addLayout(first)
        column.addWidget(controls.name)
        return holder
