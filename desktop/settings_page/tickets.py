"""The card of the settings page about tickets: the paper's width, the thermal printer, and a test of both."""

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.messages import sentence
from desktop.printing.tickets import TicketOutcome, TicketPrinter, outcome_words
from desktop.settings import STRIPS, Settings
from desktop.shell.page import PageContext
from desktop.widgets import ActionButton, Card, Choice, ChoiceField, LineField, label
from domain.errors import AppError
from domain.printing.devices import device_of
from domain.printing.papers import SitePlace, Ticket

WIDTHS = {"80mm": "80 毫米", "58mm": "58 毫米"}
SIDE = 110
HINT = (
    "网络 tcp:192.168.1.20:9100，USB usb:04b8:0e15，设备文件 file:/dev/usb/lp0。"
    "不填则用“打印”里这种小票的打印机。"
)


class TicketCard(Card):
    """取号小票."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__("取号小票", parent)
        self._settings = context.settings
        self._printer = TicketPrinter(
            context.settings, context.tasks, None, context.gateway.home, parent=self
        )
        self.paper = ChoiceField("小票纸宽", [Choice(size, WIDTHS[size]) for size in STRIPS], side=SIDE)
        self.device = LineField("小票机地址", side=SIDE, max_length=200, hint=HINT)
        self.test = ActionButton("打印测试小票", kind="secondary", icon_name="printer")
        self.outcome = label("", "small", wrap=True)
        self._show(context.settings.value)
        for widget in (self.paper, self.device):
            self.body.addWidget(widget)
        self.body.addWidget(self.test, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self.outcome)
        self.outcome.hide()
        self._connect()

    def _connect(self) -> None:
        self.paper.chosen.connect(lambda size: self._settings.change(ticket_paper=size))
        self.device.editor.editingFinished.connect(self.keep_device)
        self.test.clicked.connect(self._on_test_clicked)
        self._printer.finished.connect(self._on_tested)

    def keep_device(self) -> bool:
        """Keep the address that was typed; False, and said below it, when it names no device."""
        typed = self.device.text()
        try:
            if typed:
                device_of(typed)
        except AppError as error:
            self.device.set_error(sentence(error))
            return False
        self.device.set_error("")
        if typed != self._settings.value.ticket_device:
            self._settings.change(ticket_device=typed)
        return True

    def _show(self, settings: Settings) -> None:
        self.paper.set_value(settings.ticket_paper)
        self.device.set_text(settings.ticket_device)

    def _on_test_clicked(self) -> None:
        if self.keep_device():
            self.test.setEnabled(False)
            self._say("正在打印…")
            self._printer.print(sample_ticket(datetime.now().astimezone()))

    def _on_tested(self, outcome: TicketOutcome) -> None:
        self.test.setEnabled(True)
        self._say(outcome_words(outcome), failed=outcome.error is not None)

    def _say(self, text: str, *, failed: bool = False) -> None:
        self.outcome.setText(text)
        self.outcome.setProperty("role", "error" if failed else "small")
        self.outcome.style().polish(self.outcome)
        self.outcome.show()


def sample_ticket(now: datetime) -> Ticket:
    """A ticket that shows width, darkness and code, and cannot be taken for a number in the queue."""
    return Ticket(
        site=SitePlace("取号小票测试"),
        number="T001",
        group="测试打印 · 请勿当作排队号",
        ahead=3,
        wait_minutes=10,
        issued_at=f"{now:%Y-%m-%d %H:%M}",
        wait_at="两侧文字应完整，不缺字、不偏移",
        notice="请用扫码枪扫一下二维码：能读出 QIFU-TEST，说明打印清晰。",
        qr="QIFU-TEST",
    )
