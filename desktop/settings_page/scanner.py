"""The card of the settings page about scanning: the serial gun, and whose codes and slips are believed."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from desktop.messages import sentence
from desktop.shell.page import PageContext
from desktop.widgets import ActionButton, Card, Choice, ChoiceField, LineField, Tone, label

BAUDS = (9600, 19200, 38400, 57600, 115200)
NO_PORT = ""
SIDE = 110
MAX_TRUST_BYTES = 32 * 1024 * 1024
Ports = Callable[[], list[tuple[str, str]]]


def system_ports() -> list[tuple[str, str]]:
    """(port, name) of what is plugged in. The module is loaded only here."""
    from desktop.scanning.serial import serial_ports

    return serial_ports()


class ScannerCard(Card):
    """扫码与信任."""

    def __init__(
        self, context: PageContext, ports: Ports = system_ports, parent: QWidget | None = None
    ) -> None:
        super().__init__("扫码", parent)
        self._context, self._ports = context, ports
        self.port = ChoiceField("串口扫码枪", [], side=SIDE)
        self.baud = ChoiceField("波特率", [Choice(baud, str(baud)) for baud in BAUDS], side=SIDE)
        self.registry = LineField(
            "在线核验", side=SIDE, max_length=200, hint="登记机关接口的地址；不填则只作离线核验。"
        )
        self.registry.set_text(context.settings.value.registry_address)
        self.facts = label("", "small", wrap=True)
        self.take = ActionButton("导入信任文件…", kind="secondary")
        self.give = ActionButton("导出本机公钥…", kind="quiet")
        self._lay_out()
        self._connect()
        self.load_ports()

    def load_ports(self) -> None:
        """Ask again what is plugged in; a gun that is not stays chosen."""
        found = dict(self._ports())
        chosen = self._context.settings.value.scanner_port
        if chosen and chosen not in found:
            found[chosen] = f"{chosen}（未连接）"
        self.port.set_choices([Choice(NO_PORT, "没有，用键盘口或摄像头"), *map(_choice, found.items())])
        self.port.set_value(chosen)
        self.baud.set_value(self._context.settings.value.scanner_baud)

    def load_trust(self) -> None:
        """Show whose codes are believed."""
        from services.trust import trust_facts

        self._context.tasks.run(
            self._context.station.submit, trust_facts, on_done=self._on_facts, receiver=self
        )

    def take_file(self, file: Path) -> None:
        """Take in a trust file, and look again at what could not be told before."""
        self._context.tasks.run(
            self._context.tasks.in_background,
            _content,
            file,
            on_done=self._take,
            on_error=self._on_refused,
            receiver=self,
        )

    def _take(self, body: bytes) -> None:
        from services.scans import take_and_recheck

        self._context.tasks.run(
            self._context.station.submit,
            take_and_recheck,
            body,
            on_done=self._on_taken,
            on_error=self._on_refused,
            receiver=self,
        )

    def give_file(self, file: Path) -> None:
        """Write this device's public key for the other windows of the site."""
        from services.trust import own_trust_file

        def write(body: bytes) -> None:
            file.write_bytes(body)
            self._context.notices.say(f"本机公钥已存到 {file}，请在本网点其他窗口导入。", Tone.OK)

        self._context.tasks.run(self._context.station.submit, own_trust_file, on_done=write, receiver=self)

    def _on_facts(self, facts: Any) -> None:
        lines = [f"认得 {facts.devices} 台设备打印的回执。"]
        if facts.trust_until is None:
            lines.append("还没有信任名单，企业码只能读出，不能判定真伪。")
        else:
            until = datetime.fromtimestamp(facts.trust_until / 1000, UTC).astimezone()
            issuers = "、".join(facts.issuers[:6]) or "无"
            lines.append(
                f"信任名单第 {facts.trust_number} 号，应于 {until:%Y-%m-%d} 前更新。签发机关：{issuers}。"
            )
        if facts.revocation_number is not None:
            lines.append(f"吊销名单第 {facts.revocation_number} 号，{facts.revoked} 条。")
        if facts.demo:
            lines.append("这是演示用的信任，只在本演示中心有效。")
        self.facts.setText("\n".join(lines))

    def _on_taken(self, changed: Any) -> None:
        self.load_trust()
        self._context.notices.say("信任文件已导入。", Tone.OK)
        for alert in changed:
            text = f"{alert.name or alert.uscc} 的企业码复核后结论有变，请核对在办的 {len(alert.cases)} 件。"
            self._context.notices.say(text, Tone.WARN)

    def _on_refused(self, error: Any) -> None:
        self._context.notices.say(sentence(error), Tone.DANGER)

    def _on_take_clicked(self) -> None:
        dialog = QFileDialog(self, "选择信任文件", "", "信任文件 (*.json)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.take_file(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_give_clicked(self) -> None:
        dialog = QFileDialog(self, "导出本机公钥", "device-key.json", "信任文件 (*.json)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.fileSelected.connect(lambda name: self.give_file(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _connect(self) -> None:
        settings = self._context.settings
        self.port.chosen.connect(lambda port: settings.change(scanner_port=port))
        self.baud.chosen.connect(lambda baud: settings.change(scanner_baud=baud))
        self.registry.editor.editingFinished.connect(self._on_registry_edited)
        self.take.clicked.connect(self._on_take_clicked)
        self.give.clicked.connect(self._on_give_clicked)

    def _on_registry_edited(self) -> None:
        if self.registry.text() != self._context.settings.value.registry_address:
            self._context.settings.change(registry_address=self.registry.text())

    def _lay_out(self) -> None:
        hint = "建议把扫码枪设为串口（USB-COM）模式：光标在哪都能扫。键盘模式请把枪的前缀设为 F12。"
        row = QHBoxLayout()
        row.addWidget(self.take)
        row.addWidget(self.give)
        row.addStretch(1)
        for widget in (self.port, self.baud, label(hint, "small", wrap=True), self.registry, self.facts):
            self.body.addWidget(widget)
        self.body.addLayout(row)
        self.body.setAlignment(row, Qt.AlignmentFlag.AlignLeft)


def _choice(entry: tuple[str, str]) -> Choice:
    port, name = entry
    return Choice(port, name if name == port or "未连接" in name else f"{name}（{port}）")


def _content(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(MAX_TRUST_BYTES + 1)
