"""The number that was given: huge, with what stands before it, its code, and what became of its paper."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.modes.kiosk.start_view import TouchButton
from desktop.modes.labels import FitLabel
from desktop.modes.mode_page import minutes_words
from desktop.widgets import Tone, set_tone
from domain.queue.desk import IssuedTicket

_CENTRE = Qt.AlignmentFlag.AlignHCenter
_QUIET_ZONE = 4
"""Modules of white around a code, ISO/IEC 18004."""


class CodePicture(QWidget):
    """A QR code, black on white in every colour scheme."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[list[bool]] = []
        self.setAccessibleName("排队号二维码")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_text(self, text: str) -> None:
        """Show ``text`` as a code; empty shows none."""
        self._rows = _modules(text) if text else []
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._rows:
            return
        painter = QPainter(self)
        count = len(self._rows) + 2 * _QUIET_ZONE
        module = max(1, min(self.width(), self.height()) // count)
        side = module * count
        left, top = (self.width() - side) // 2, (self.height() - side) // 2
        painter.fillRect(QRectF(left, top, side, side), QColor(Qt.GlobalColor.white))
        for y, row in enumerate(self._rows):
            for x, dark in enumerate(row):
                if dark:
                    at = QRectF(
                        left + (x + _QUIET_ZONE) * module, top + (y + _QUIET_ZONE) * module, module, module
                    )
                    painter.fillRect(at, QColor(Qt.GlobalColor.black))
        painter.end()


def _modules(text: str) -> list[list[bool]]:
    import qrcode

    code = qrcode.QRCode(border=0)
    code.add_data(text)
    code.make(fit=True)
    return [[bool(dark) for dark in row] for row in code.get_matrix()]


class GivenView(QWidget):
    """取到的号. ``done`` when somebody touches the button."""

    done = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.group = FitLabel("", "hall-head", lines=2, high=1, least=0.5, align=_CENTRE)
        self.number = FitLabel("", "hall-huge", least=0.5, align=_CENTRE)
        self.ahead = FitLabel("", "hall-head", least=0.5, align=_CENTRE)
        self.enterprise = FitLabel("", "hall-muted", least=0.6, align=_CENTRE)
        self.paper = FitLabel("", "hall-strong", lines=2, least=0.7, align=_CENTRE)
        self.note = FitLabel("", "hall-muted", lines=2, least=0.7, align=_CENTRE)
        self.code = CodePicture()
        self.code_hint = FitLabel("请拍照保存", "hall-muted", align=_CENTRE)
        self.back = TouchButton("好的", "hall-main")
        self.back.clicked.connect(self.done)
        self._lay_out()

    def show_issued(self, issued: IssuedTicket, note: str) -> None:
        """Show the number; its paper is on its way."""
        self.group.setText(issued.group_name)
        self.number.setText(issued.ticket.number)
        wait = f"，{minutes_words(issued.wait_s)}" if issued.ahead else ""
        self.ahead.setText(f"前面还有 {issued.ahead} 人{wait}" if issued.ahead else "前面没有人，请留意叫号")
        visitor = issued.ticket.visitor
        self.enterprise.setText(visitor.name or visitor.uscc)
        self.enterprise.setVisible(bool(visitor))
        self.note.setText(note)
        self.code.show_text(issued.qr)
        self.say_paper("小票打印中……")

    def say_paper(self, text: str, tone: Tone | None = None) -> None:
        """What became of the paper."""
        self.paper.setText(text)
        set_tone(self.paper, tone)

    def count_down(self, seconds: int) -> None:
        """How long it still stands here."""
        self.back.setText(f"好的（{seconds} 秒后返回）" if seconds else "好的")

    def forget(self) -> None:
        """Nothing of the last visitor stays on the screen."""
        for part in (self.group, self.number, self.ahead, self.enterprise, self.paper, self.note):
            part.setText("")
        self.code.show_text("")

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(6)
        left.addStretch(1)
        for part in (self.group, self.number, self.ahead, self.enterprise, self.paper, self.note):
            left.addWidget(part)
        left.addStretch(1)
        right = QVBoxLayout()
        right.addWidget(self.code, 1)
        right.addWidget(self.code_hint)
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addLayout(left, 62)
        row.addLayout(right, 38)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 14, 28, 20)
        column.setSpacing(12)
        column.addLayout(row, 1)
        column.addWidget(self.back)


class MessageView(QWidget):
    """One sentence, and a button. ``done`` when it was touched."""

    done = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.headline = FitLabel("", "hall-head", least=0.5, align=_CENTRE)
        self.text = FitLabel("", "hall-text", lines=5, least=0.6, align=_CENTRE)
        self.back = TouchButton("知道了", "hall-main")
        self.back.clicked.connect(self.done)
        column = QVBoxLayout(self)
        column.setContentsMargins(60, 14, 60, 20)
        column.addStretch(1)
        column.addWidget(self.headline)
        column.addWidget(self.text)
        column.addStretch(1)
        column.addWidget(self.back)

    def tell(self, headline: str, text: str, tone: Tone | None = Tone.WARN) -> None:
        """Show it."""
        self.headline.setText(headline)
        self.text.setText(text)
        set_tone(self.headline, tone)
