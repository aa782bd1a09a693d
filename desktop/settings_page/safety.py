"""The cards about the safety of the data: backup and restore, recovery code, the doctor's report, wiping."""

from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QWidget

from desktop.gateway import BackupEntry, Finding, StationFacts
from desktop.recovery_paper import RecoveryTools
from desktop.shell.page import PageContext
from desktop.widgets import ActionButton, BusyBar, Card, Choice, ChoiceField, ConfirmButton, Tone, label
from desktop.widgets.badges import SHAPES
from desktop.wizard.steps import KEY_PLACES

_LEFT = Qt.AlignmentFlag.AlignLeft
LEVELS = {"ok": Tone.OK, "warn": Tone.WARN, "bad": Tone.DANGER}


class BackupCard(Card):
    """备份: make one now, go back to one. ``restore_asked`` carries the path, after a second press."""

    restore_asked = Signal(object)

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__("备份与恢复", parent)
        self._context = context
        self._busy = BusyBar()
        self._make = ActionButton("立即备份", icon_name="floppy-disk", kind="primary")
        self._copies = ChoiceField("已有备份", [])
        self._restore = ConfirmButton("恢复到所选备份…", "确认恢复：之后的办件将不在本机")
        self._make.clicked.connect(self._on_make_clicked)
        self._restore.confirmed.connect(lambda: self.restore_asked.emit(self._copies.value()))
        self.body.addWidget(label("备份同样是加密的；恢复前会先保留现在的数据文件。", "small", wrap=True))
        self.body.addWidget(self._make, 0, _LEFT)
        self.body.addWidget(self._busy)
        self.body.addWidget(self._copies)
        self.body.addWidget(self._restore, 0, _LEFT)

    def load(self) -> None:
        """List the copies there are."""
        gateway, station = self._context.gateway, self._context.station
        self._context.tasks.run(gateway.safety.backups, station, on_done=self._on_listed)

    def _on_listed(self, copies: list[BackupEntry]) -> None:
        self._copies.set_choices([Choice(copy.path, backup_words(copy)) for copy in copies])
        self._copies.setVisible(bool(copies))
        self._restore.setVisible(bool(copies))

    def _on_make_clicked(self) -> None:
        self._make.setEnabled(False)
        self._context.tasks.run(
            self._context.gateway.safety.backup,
            self._context.station,
            on_done=self._on_made,
            on_error=self._on_refused,
            on_progress=self._busy.show_progress,
        )

    def _on_made(self, copy: BackupEntry) -> None:
        self._end()
        self._context.notices.say(f"备份完成：{copy.path.name}", Tone.OK)
        self.load()

    def _on_refused(self, error: Any) -> None:
        self._end()
        self._context.tasks.refused.emit(error)

    def _end(self) -> None:
        self._busy.stop()
        self._make.setEnabled(True)


class RecoveryCard(Card):
    """恢复码: a new one for paper."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__("恢复码与密钥", parent)
        self._context = context
        self._code = label("", "strong", wrap=True)
        self._tools = RecoveryTools()
        self._site = ""
        self._place = label("", "small", wrap=True)
        self.new = ConfirmButton("重新生成恢复码…", "确认生成：原来那张作废")
        self.new.confirmed.connect(self._on_confirmed)
        self.body.addWidget(label("电脑损坏或密钥丢失时，只有它能打开数据。", "small", wrap=True))
        self.body.addWidget(self._place)
        self.body.addWidget(self.new, 0, _LEFT)
        self.body.addWidget(self._code)
        self.body.addWidget(self._tools)
        self._tools.hide()
        self._code.hide()

    def show_facts(self, facts: StationFacts) -> None:
        """Say where the key lies."""
        self._site = facts.site_name
        place = KEY_PLACES.get(facts.key_kind, facts.key_where).format(where=facts.key_where)
        self._place.setText(place)
        self._place.setVisible(bool(place))

    def _on_confirmed(self) -> None:
        gateway, station = self._context.gateway, self._context.station
        self._context.tasks.run(gateway.safety.recovery_code, station, on_done=self._on_code)

    def _on_code(self, code: str) -> None:
        self._code.setText(code)
        self._code.show()
        self._tools.set_code(self._site, code)
        self._tools.show()


class DoctorCard(Card):
    """体检: engine, integrity, chain, sizes, disk, key."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__("数据体检", parent)
        self._context = context
        self._start = ActionButton("开始体检", icon_name="first-aid-kit")
        self._busy = BusyBar()
        self._report = QPlainTextEdit()
        self._report.setReadOnly(True)
        self._report.setAccessibleName("体检报告")
        self._report.setMinimumHeight(220)
        self._report.hide()
        self._start.clicked.connect(self._on_start_clicked)
        row = QHBoxLayout()
        row.addWidget(self._start)
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addWidget(self._busy)
        self.body.addWidget(self._report)

    def report(self) -> str:
        """The lines that are shown."""
        return self._report.toPlainText()

    def _on_start_clicked(self) -> None:
        self._start.setEnabled(False)
        self._busy.start()
        gateway, station = self._context.gateway, self._context.station
        self._context.tasks.run(
            gateway.safety.doctor,
            station,
            on_done=self._on_report,
            on_error=lambda error: self._refuse(error),
            receiver=self,
        )

    def _on_report(self, findings: list[Finding]) -> None:
        self._end()
        self._report.setPlainText("\n".join(f"{SHAPES[LEVELS[one.level]]} {one.text}" for one in findings))
        self._report.show()

    def _refuse(self, error: Any) -> None:
        self._end()
        self._context.tasks.refused.emit(error)

    def _end(self) -> None:
        self._busy.stop()
        self._start.setEnabled(True)


def backup_words(copy: BackupEntry) -> str:
    """When a copy was made, and how large it is."""
    made = datetime.fromtimestamp(copy.made_at / 1000).astimezone()
    return f"{made:%Y-%m-%d %H:%M}    {copy.size / 1_048_576:.1f} MB"
