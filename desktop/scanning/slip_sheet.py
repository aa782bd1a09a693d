"""A genuine slip of a case that is not in this store: what it holds, and going on with it here."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.scanning.words import slip_lines
from desktop.shell.focus import FocusKeeper
from desktop.widgets import ActionButton, Badge, Tone, label
from services.scans import SlipFacts

WIDTH = 520
_HERE = (
    "这件办件是本网点别的窗口受理的，还没有同步到本机。"
    "下面是回执上签名的内容，真实可信；经过和材料要等同步后才看得到。"
)
_ELSEWHERE = "这件办件是别的网点受理的，本机没有。下面是回执上签名的内容，真实可信。"


class SlipSheet(QFrame):
    """``continue_asked`` carries the slip that the clerk goes on with."""

    continue_asked = Signal(object)

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self.setProperty("role", "pop")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("回执内容")
        self._host = host
        self._focus = FocusKeeper()
        self._slip: SlipFacts | None = None
        self.state = Badge()
        self.says = label("", "muted", wrap=True)
        self._rows: list[tuple[QLabel, QLabel]] = []
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(14)
        self._facts.setVerticalSpacing(4)
        self.go_on = ActionButton("接着办：新受理一件并关联", kind="primary")
        self.shut = ActionButton("关闭", kind="secondary")
        self.go_on.clicked.connect(self._on_go_on)
        self.shut.clicked.connect(self.close_sheet)
        self._lay_out()
        self.hide()

    def show_slip(self, slip: SlipFacts, zone: str) -> None:
        """Show ``slip``; its times in the site's zone."""
        if not self.isVisible():
            self._focus.remember(self._host)
        self._slip = slip
        self.state.show_state("回执有效", Tone.OK)
        self.says.setText(_HERE if slip.own_site else _ELSEWHERE)
        self._fill(slip_lines(slip, zone))
        self._place()
        self.show()
        self.raise_()
        self.go_on.setFocus(Qt.FocusReason.PopupFocusReason)

    def lines(self) -> dict[str, str]:
        """What is shown, name → value."""
        return {name.text(): value.text() for name, value in self._rows}

    def close_sheet(self) -> None:
        """Take the sheet away and give the focus back."""
        if self.isVisible():
            self.hide()
            self._focus.give_back()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_sheet()
            return
        super().keyPressEvent(event)

    def _on_go_on(self) -> None:
        slip, self._slip = self._slip, None
        self.hide()
        if slip is not None:
            self.continue_asked.emit(slip)

    def _fill(self, lines: list[tuple[str, str]]) -> None:
        for row in self._rows:
            for part in row:
                part.hide()
                part.deleteLater()
        self._rows = []
        for place, (name, value) in enumerate(lines):
            said = label(name, "label")
            told = label(value, "strong" if place == 0 else "", wrap=True)
            told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._facts.addWidget(said, place, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(told, place, 1)
            self._rows.append((said, told))

    def _place(self) -> None:
        box = self.layout()
        assert box is not None
        height = max(box.sizeHint().height(), box.heightForWidth(WIDTH))
        self.setGeometry((self._host.width() - WIDTH) // 2, 80, WIDTH, min(height, self._host.height() - 96))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(label("回执", "title"))
        head.addWidget(self.state, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addStretch(1)
        foot = QHBoxLayout()
        foot.addWidget(self.go_on)
        foot.addStretch(1)
        foot.addWidget(self.shut)
        self._facts.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(self.says)
        column.addLayout(self._facts)
        column.addLayout(foot)
