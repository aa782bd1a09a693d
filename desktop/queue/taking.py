"""取号 for a visitor at the window: what is asked, and the order that comes of it."""

from datetime import datetime, time
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from desktop import words
from desktop.intake.latest import Latest
from desktop.intake.verdict import judge
from desktop.queue import wording
from desktop.queue.live.window_panel import renew
from desktop.shell.page import PageContext
from desktop.widgets import ActionButton, Card, Choice, ChoiceField, LineField, label
from domain.queue.desk import HallView, IssuedTicket, TicketOrder
from domain.queue.model import Visitor
from domain.queue.rules import APPOINTMENT, NORMAL
from services.enterprises import enterprise_card

SIDE = 64
PAUSE_MS = 120


class TakeNumber(Card):
    """取号. ``asked`` carries the ``TicketOrder`` and whether to print it, ``again_asked`` the last number's id."""

    asked = Signal(object, bool)
    again_asked = Signal(str)

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__("替来访者取号", parent)
        self._station = context.station
        self._view: HallView | None = None
        self._known: tuple[str, str] = ("", "")
        self._last = ""
        self.group = ChoiceField("队列", [], side=SIDE)
        self.priority = ChoiceField("优先", [Choice(NORMAL, "普通")], side=SIDE)
        self.appointment = LineField("预约", side=SIDE, max_length=8, placeholder="没有可空；如 14:30")
        self.enterprise = LineField(
            "企业", side=SIDE, max_length=120, placeholder="没有可空；扫码、代码或名称"
        )
        self.take = ActionButton("取号并打印", kind="primary", key="Ctrl+T", icon_name="printer")
        self.take_only = ActionButton("只取号", kind="secondary")
        self.said = label("", "strong", wrap=True)
        self.again = ActionButton("补打", kind="quiet", icon_name="printer")
        self._lookup = Latest(context.tasks, self._ask_card, PAUSE_MS, self)
        self._lay_out()
        self._connect()

    def show_view(self, view: HallView) -> None:
        """Groups and priorities as they are now."""
        self._view = view
        groups = [Choice(one.code, f"{one.code} {one.name}（等 {one.waiting} 人）") for one in view.groups]
        renew(self.group, groups)
        if view.priorities:
            renew(self.priority, [Choice(one.code, one.name) for one in view.priorities])

    def set_enterprise(self, uscc: str, name: str) -> None:
        """Who was scanned."""
        self._known = (uscc, name)
        self.enterprise.editor.blockSignals(True)
        self.enterprise.set_text(uscc)
        self.enterprise.editor.blockSignals(False)
        self.enterprise.editor.setCursorPosition(0)
        self.enterprise.set_error("")
        self.enterprise.set_hint(name)

    def show_issued(self, issued: IssuedTicket) -> None:
        """Say which number was given, and begin anew."""
        self._last = issued.ticket.id
        ahead = f"前面 {issued.ahead} 人，约 {-(-issued.wait_s // 60)} 分钟" if issued.ahead else "前面没有人"
        self.said.setText(f"{issued.ticket.number}（{issued.group_name}）已取号，{ahead}。")
        self.again.show()
        self.enterprise.set_text("")
        self.appointment.set_text("")
        self.priority.set_value(NORMAL)

    def show_refusal(self, sentence: str, *, enterprise: bool) -> None:
        """Say why no number was given; what was typed stays."""
        if enterprise:
            self.enterprise.set_error(sentence)
            self.enterprise.setFocus()
        else:
            self.said.setText(sentence)
            self.again.hide()

    def set_busy(self, busy: bool) -> None:
        """While a number is on its way, a second press has no effect."""
        for button in (self.take, self.take_only):
            button.setEnabled(not busy)

    def order(self) -> TicketOrder | None:
        """What was asked for; None where a time cannot be one."""
        appointment = self._appointment()
        if self.appointment.error() or self.group.value() is None:
            return None
        priority = self.priority.value() or NORMAL
        codes = {one.code for one in self._view.priorities} if self._view else set()
        if appointment is not None and priority == NORMAL and APPOINTMENT in codes:
            priority = APPOINTMENT
        return TicketOrder(
            group=self.group.value(), priority=priority, visitor=self._visitor(), appointment_at=appointment
        )

    def _visitor(self) -> Visitor:
        typed = self.enterprise.text()
        code = judge(typed).code
        if not code:
            return Visitor(name=typed)
        return Visitor(code, self._known[1] if self._known[0] == code else "")

    def _appointment(self) -> int | None:
        typed = self.appointment.text().replace("：", ":")
        self.appointment.set_error("")
        if not typed or self._view is None:
            return None
        try:
            at = time.fromisoformat(typed.zfill(5))
        except ValueError:
            self.appointment.set_error("时间看不懂，请写成 14:30 这样。")
            return None
        zone = words.local(self._view.now_ms, self._view.zone).tzinfo
        return int(datetime.combine(datetime.fromisoformat(self._view.day), at, zone).timestamp() * 1000)

    def _connect(self) -> None:
        self.take.clicked.connect(lambda: self._ask(prints=True))
        self.take_only.clicked.connect(lambda: self._ask(prints=False))
        self.again.clicked.connect(lambda: self.again_asked.emit(self._last))
        self.enterprise.changed.connect(self._on_enterprise)
        self.enterprise.entered.connect(self.take.click)
        self.appointment.entered.connect(self.enterprise.setFocus)
        self._lookup.answered.connect(self._on_card)

    def _ask(self, *, prints: bool) -> None:
        order = self.order()
        if order is not None:
            self.asked.emit(order, prints)

    def _on_enterprise(self, text: str) -> None:
        verdict = judge(text)
        self.enterprise.set_error("")
        self.enterprise.set_hint(verdict.hint, warning=verdict.warning)
        self._lookup.soon() if verdict.code else self._lookup.forget()

    def _ask_card(self) -> Any:
        return self._station.submit(enterprise_card, judge(self.enterprise.text()).code or None, "")

    def _on_card(self, card: Any) -> None:
        if card is not None and card.enterprise.name:
            self._known = (card.enterprise.uscc or "", card.enterprise.name)
            self.enterprise.set_hint(wording.short(card.enterprise.name))

    def _lay_out(self) -> None:
        for choice in (self.group, self.priority):
            # A long name in the list must not widen the card.
            choice.editor.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            choice.editor.setMinimumContentsLength(8)
        for field in (self.group, self.priority, self.appointment, self.enterprise):
            self.body.addWidget(field)
        buttons = QHBoxLayout()
        buttons.addWidget(self.take, 1)
        buttons.addWidget(self.take_only)
        self.body.addLayout(buttons)
        row = QHBoxLayout()
        row.addWidget(self.said, 1)
        row.addWidget(self.again)
        self.body.addLayout(row)
        self.again.hide()
