"""The card of the settings page about the hall's hub: this computer as the hub, taking over, codes to come in with."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from desktop.messages import sentence
from desktop.modes.kiosk.given_view import CodePicture
from desktop.queue import hub_program
from desktop.queue.hub_program import HubPlan, Invited
from desktop.settings_page.hub_above import HubAbove
from desktop.shell.page import PageContext
from desktop.widgets import (
    ActionButton,
    BusyBar,
    Card,
    ConfirmButton,
    FlowLayout,
    LineField,
    SecretField,
    Tone,
    label,
)
from domain.errors import AppError

SIDE, QR_SIDE = 110, 270
_LEFT = Qt.AlignmentFlag.AlignLeft
_NEW = (
    "这台电脑会另开一个大厅主机：发号、叫号由它决定，其他窗口、取号机、大厅屏用入网码接上来。"
    "它单独存数据，关掉本窗口也继续运行。"
)
_OVER = (
    "原来的主机坏了或要换地方时用。按本窗口已有的排队记录接着叫号：\n"
    "① 复制记录，另建主机；② 任期加一，旧主机再也不能叫号；③ 号码跳到下一个五百，不会重号。\n"
    "旧主机上本窗口没收到的号，等它或别的窗口连上来后自动并入，不会丢。"
)
_INVITED = "一个码接一台，15 分钟内有效。在要接上来的电脑的“加入中心”里扫码，或粘贴复制的内容：里面有主机证书的指纹。"
_HERE = "大厅主机在这台电脑上{state}。地址 {url}"
_ELSEWHERE = "大厅主机：{url}（第 {term} 任）"
_UNHEARD = "上级 {url} 还没有说由谁发号叫号，连上以后就知道。只有它确实是坏了的大厅主机时才接管。"
_NONE = "本大厅没有单独的主机，排队由本机管。只有一个窗口时不需要主机。"


class HubCard(Card):
    """大厅主机. ``become`` and ``take_over`` make this computer the hub, ``invite`` lets one more device in."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__("大厅主机", parent)
        self._context = context
        self.state = label("", "", wrap=True)
        self.told = label("", "small", wrap=True)
        self.address = LineField(
            "本机地址", side=SIDE, max_length=64, hint="其他窗口能连到的地址，如 192.168.1.20。"
        )
        self.port = LineField("端口", side=SIDE, max_length=5)
        self.pin = SecretField("主机口令", side=SIDE, hint="4–8 位数字，由主任保管；接管主机时要输。")
        self.keep_pin = ActionButton("设为主机口令", kind="secondary")
        self.become = ConfirmButton("把这台电脑作为大厅主机…", "确认把这台电脑作为大厅主机")
        self.take_over = ConfirmButton("接管大厅主机…", "确认接管：旧主机不再叫号")
        self.start = ActionButton("启动主机", kind="primary")
        self.stop = ConfirmButton("停止主机…", "确认停止：所有窗口将不能叫号")
        self.invite = ActionButton("发一个入网码", kind="secondary")
        self.above = HubAbove(context, SIDE)
        self.busy = BusyBar()
        self.picture = CodePicture()
        self.picture.setFixedSize(QR_SIDE, QR_SIDE)
        self.copy = ActionButton("复制入网内容", icon_name="clipboard-text", kind="quiet")
        self._invited: Invited | None = None
        self.result, self.invited = label("", "strong"), label(_INVITED, "small", wrap=True)
        self.result.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._lay_out()
        self._connect()

    def load(self) -> None:
        """Show who decides now."""
        from services.hub import read_hub

        tasks, station = self._context.tasks, self._context.station
        tasks.run(station.submit, read_hub, on_done=self._on_facts)

    def _on_facts(self, hub: Any) -> None:
        tasks, home = self._context.tasks, self._context.gateway.home
        tasks.run(tasks.in_background, _here, home, hub, on_done=self._show)

    def _connect(self) -> None:
        self.keep_pin.clicked.connect(self._on_pin)
        self.become.confirmed.connect(self._on_become)
        self.take_over.confirmed.connect(self._on_become)
        self.start.clicked.connect(self._on_start)
        self.stop.confirmed.connect(self._on_stop)
        self.copy.clicked.connect(self._on_copy)
        self.invite.clicked.connect(
            lambda: self._run(hub_program.invite, self._context.gateway.home, on_done=self._on_invited)
        )

    def _show(self, facts: "tuple[Any, HubPlan | None, bool, bool]") -> None:
        hub, plan, made, runs = facts
        if made and plan is not None:
            self.state.setText(_HERE.format(state="，正在运行" if runs else "，没有运行", url=plan.url))
        elif hub.elsewhere:
            told = _ELSEWHERE if hub.term else _UNHEARD
            self.state.setText(told.format(url=hub_program.host_of(hub.url) or "—", term=hub.term))
        else:
            self.state.setText(_NONE)
        self.told.setText(_OVER if hub.elsewhere and not made else _NEW)
        self.told.setVisible(not made)
        self.become.setVisible(not made and not hub.elsewhere)
        self.take_over.setVisible(not made and hub.elsewhere)
        self.start.setVisible(made and not runs)
        for part in (self.stop, self.invite, self.above):
            part.setVisible(made and runs)
        if plan is not None:
            self.address.set_text(plan.address)
            self.port.set_text(str(plan.port))
        elif not self.address.text():
            self.address.set_text(next(iter(hub_program.own_addresses()), ""))
            self.port.set_text(str(hub_program.PORT))

    def _on_pin(self) -> None:
        from services.hub import set_hub_pin

        self.keep_pin.setEnabled(False)
        self._context.tasks.run(
            self._context.station.submit,
            set_hub_pin,
            self.pin.text(),
            on_done=self._on_pin_kept,
            on_error=self._on_refused,
        )

    def _on_pin_kept(self, _: Any) -> None:
        self._end()
        self.pin.set_text("")
        self._context.notices.say("主机口令已保存。", Tone.OK)

    def _on_become(self) -> None:
        plan = self._plan()
        if plan is None:
            return
        station, pin = self._context.station, self.pin.text()
        self._set_enabled(False)
        self.busy.start()
        self._context.tasks.run(
            self._context.tasks.in_background,
            hub_program.become_hub,
            station,
            plan,
            pin,
            on_done=self._on_become_done,
            on_error=self._on_refused,
            on_progress=self.busy.show_progress,
        )

    def _on_become_done(self, invited: Invited) -> None:
        self.pin.set_text("")
        self._context.notices.say("大厅主机已在这台电脑上运行。请用入网码把本窗口和其他窗口接上来。", Tone.OK)
        self._on_invited(invited)
        self.copy.setFocus()

    def _on_start(self) -> None:
        plan = self._plan()
        if plan is not None:
            self._run(hub_program.start, self._context.gateway.home, plan, on_done=self._on_changed)

    def _on_stop(self) -> None:
        self._run(hub_program.stop, self._context.gateway.home, on_done=self._on_changed)

    def _on_invited(self, invited: Invited) -> None:
        self._invited = invited
        self.result.setText(f"入网码 {invited.code}")
        self.picture.show_text(invited.qr)
        self.picture.setAccessibleName(f"入网二维码 {invited.code}")
        for part in (self.result, self.invited, self.picture, self.copy):
            part.show()
        self._on_changed()

    def _on_copy(self) -> None:
        if self._invited is not None:
            QGuiApplication.clipboard().setText(self._invited.qr)
            self._context.notices.say("入网内容已复制，请粘贴到要接上来的电脑的“加入中心”里。", Tone.OK)

    def _on_changed(self, _: Any = None) -> None:
        self._end()
        self.load()

    def _on_refused(self, error: AppError) -> None:
        self._end()
        if error.code.startswith(("hub.pin", "modes.pin", "documents.from_centre")):
            self.pin.set_error(sentence(error))
            self.pin.setFocus()
        else:
            self._context.tasks.refused.emit(error)

    def _plan(self) -> HubPlan | None:
        self.pin.set_error("")
        try:
            return hub_program.plan_of(self.address.text(), self.port.text())
        except AppError as error:
            (self.port if error.code == "hub.port_invalid" else self.address).set_error(sentence(error))
            return None

    def _run(self, work: Any, *args: Any, on_done: Any) -> None:
        self._set_enabled(False)
        self.busy.start()
        tasks = self._context.tasks

        def settled(answer: Any) -> None:
            self._end()
            on_done(answer)

        tasks.run(tasks.in_background, work, *args, on_done=settled, on_error=self._on_refused, receiver=self)

    def _end(self) -> None:
        self.busy.stop()
        self._set_enabled(True)

    def _set_enabled(self, enabled: bool) -> None:
        for part in (self.keep_pin, self.become, self.take_over, self.start, self.stop, self.invite):
            part.setEnabled(enabled)

    def _lay_out(self) -> None:
        buttons = FlowLayout(gap=8)
        for part in (self.become, self.take_over, self.start, self.invite, self.stop):
            buttons.addWidget(part)
        self.body.addWidget(self.state)
        self.body.addWidget(self.told)
        for field in (self.address, self.port, self.pin):
            self.body.addWidget(field)
        self.body.addWidget(self.keep_pin, 0, _LEFT)
        self.body.addLayout(buttons)
        self.body.addWidget(self.busy)
        self.body.addWidget(self.result)
        self.body.addWidget(self.invited)
        self.body.addWidget(self.picture, 0, _LEFT)
        self.body.addWidget(self.copy, 0, _LEFT)
        self.body.addWidget(self.above)
        # Which of the ways there are is known once the store has answered.
        ways = (self.become, self.take_over, self.start, self.stop, self.invite)
        told = (self.result, self.invited, self.picture, self.copy)
        shown_later: tuple[QWidget, ...] = (*ways, *told, self.above)
        for hidden in shown_later:
            hidden.hide()


def _here(home: Path, hub: Any) -> "tuple[Any, HubPlan | None, bool, bool]":
    """(who decides, how the hub here is reached, whether there is one here, whether it runs)."""
    from services.hub_making import has_hub

    return hub, hub_program.known_plan(home), has_hub(home), hub_program.is_running(home)
