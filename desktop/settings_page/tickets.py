"""The card of the settings page about tickets: the paper's width, the thermal printer, and a test of both."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.messages import sentence
from desktop.printing.tickets import TicketOutcome, TicketPrinter
from desktop.settings import STRIPS, Settings
from desktop.shell.page import PageContext
from desktop.widgets import ActionButton, Card, Choice, ChoiceField, LineField, label
from domain.errors import AppError
from domain.printing.devices import device_of
from domain.printing.papers import SitePlace, Ticket

WIDTHS = {"80mm": "80 毫米", "58mm": "58 毫米"}
SIDE = 110
EXAMPLE = "tcp:192.168.1.20:9100"
HINT = (
    "地址写法：网络 tcp:192.168.1.20:9100，USB usb:04b8:0e15，设备文件 file:/dev/usb/lp0。"
    "不填地址，就用上面“打印”里为这种小票选的打印机。"
)


Found = tuple[tuple[str, str], ...]


def plugged_in() -> Found:
    """(address, name) of the printers at this machine's USB sockets. The library is loaded only here."""
    from desktop.printing.usb_line import usb_printers

    return usb_printers()


class TicketCard(Card):
    """取号小票. ``usb`` looks for printers; it is called off the main thread."""

    def __init__(
        self, context: PageContext, usb: Callable[[], Found] = plugged_in, parent: QWidget | None = None
    ) -> None:
        super().__init__("取号小票", parent)
        self._settings, self._tasks, self._usb = context.settings, context.tasks, usb
        self._printer = TicketPrinter(
            context.settings, context.tasks, None, context.gateway.home, parent=self
        )
        self.paper = ChoiceField("小票纸宽", [Choice(size, WIDTHS[size]) for size in STRIPS], side=SIDE)
        self.device = LineField("小票机地址", side=SIDE, max_length=200, placeholder=EXAMPLE)
        self.test = ActionButton("打印测试小票", kind="secondary", icon_name="printer")
        self.look = ActionButton("查找 USB 小票机", kind="quiet")
        self.outcome = label("", "small", wrap=True)
        self._show(context.settings.value)
        self._lay_out()
        self._connect()

    def _connect(self) -> None:
        self.paper.chosen.connect(lambda size: self._settings.change(ticket_paper=size))
        self.device.editor.editingFinished.connect(self.keep_device)
        self.test.clicked.connect(self._on_test_clicked)
        self.look.clicked.connect(self._on_find_clicked)
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
        if outcome.error is not None:
            self._say(f"测试小票没有打印出来。{sentence(outcome.error)}", failed=True)
        elif outcome.file is not None:
            self._say(f"没有设小票机，也没有选打印机，测试小票已存为 PDF：{outcome.file}")
        else:
            low = "纸快用完了，请准备纸卷。" if outcome.paper_low else ""
            self._say(f"测试小票已送到“{outcome.taken_by}”，请看是否清晰完整。{low}")

    def _on_find_clicked(self) -> None:
        self.look.setEnabled(False)
        self._tasks.run(self._tasks.in_background, self._usb, on_done=self._on_found)

    def _on_found(self, found: Found) -> None:
        self.look.setEnabled(True)
        if len(found) == 1:
            self.device.set_text(found[0][0])
            self.keep_device()
        known = "、".join(f"{address}（{name or '没有名称'}）" for address, name in found)
        self._say(f"找到 {known}。" if found else "没有找到 USB 小票机，请检查电源和连线。", failed=not found)

    def _lay_out(self) -> None:
        for widget in (self.paper, self.device, label(HINT, "small", wrap=True)):
            self.body.addWidget(widget)
        row = QHBoxLayout()
        row.addWidget(self.test)
        row.addWidget(self.look)
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addWidget(self.outcome)
        self.outcome.hide()

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
