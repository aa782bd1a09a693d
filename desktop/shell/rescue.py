"""What stands on the screen when the station's data cannot be opened: why, and the way back."""

from datetime import datetime

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QWidget

from desktop.gateway import BackupEntry
from desktop.messages import sentence
from desktop.widgets import ActionButton, BusyBar, Card, LineField, SecretField, label, title
from desktop.widgets.cards import centred
from domain.errors import AppError

KEY_LOST = frozenset(
    {
        "storage.wrong_key",
        "storage.key_missing",
        "storage.key_file_bad",
        "storage.key_store_unavailable",
        "storage.passphrase_wrong",
    }
)
LOCKED = frozenset({"storage.passphrase_needed", "storage.passphrase_wrong"})
EMPTY = "storage.not_opened"
"""A store without a station: its making was cut off, or the file was emptied."""
DAMAGED = frozenset({"storage.damaged", "storage.unreadable", EMPTY})
HEADLINES = {
    "storage.newer_version": "数据由更新的程序建立",
    "storage.disk_full": "磁盘已满",
    "storage.passphrase_needed": "请输入口令",
}


class RescueScreen(QWidget):
    """打不开数据时. ``again`` tries once more; the others carry what was typed, or ask for the last backup."""

    again = Signal()
    passphrase_given = Signal(str)
    code_given = Signal(str)
    backup_asked = Signal()

    def __init__(self, error: AppError, backup: BackupEntry | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self.code = error.code
        self.passphrase = SecretField("口令")
        self.recovery = LineField("恢复码", placeholder="7 组，每组 5 位，照纸面输入", max_length=80)
        self.open = ActionButton("打开", kind="big")
        self.recover = ActionButton("用恢复码打开", kind="primary", icon_name="key")
        self.restore = ActionButton("打开最近的备份", kind="big", icon_name="clock-counter-clockwise")
        self.retry = ActionButton("再试一次")
        self._busy = BusyBar()
        self._why = label(_why(error), wrap=True)
        self._lay_out(error, backup)
        self._connect()

    def refuse(self, error: AppError) -> None:
        """What was typed did not open it; the sentence says why, and everything may be tried again."""
        self.wait(False)
        field = self.recovery if error.code.startswith("storage.recovery") else self.passphrase
        field.set_error(sentence(error))
        field.editor.selectAll()
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def error(self) -> str:
        """The sentence below a field."""
        return self.passphrase.error() or self.recovery.error()

    def wait(self, waiting: bool) -> None:
        """While something is tried nothing else may be."""
        for button in (self.open, self.recover, self.restore, self.retry):
            button.setEnabled(not waiting)
        if waiting:
            self._busy.start()
        else:
            self._busy.stop()

    def _connect(self) -> None:
        self.retry.clicked.connect(self.again)
        self.restore.clicked.connect(self.backup_asked)
        for signal in (self.open.clicked, self.passphrase.entered):
            signal.connect(lambda *_: self._give(self.passphrase.text(), self.passphrase_given))
        for signal in (self.recover.clicked, self.recovery.entered):
            signal.connect(lambda *_: self._give(self.recovery.text(), self.code_given))

    def _give(self, text: str, signal: SignalInstance) -> None:
        if text and self.retry.isEnabled():
            signal.emit(text)

    def _lay_out(self, error: AppError, backup: BackupEntry | None) -> None:
        card = Card()
        card.setFixedWidth(560)
        card.roomy()
        card.body.addWidget(title(HEADLINES.get(error.code, "打不开本站的数据")))
        card.body.addWidget(self._why)
        locked, lost = error.code in LOCKED, error.code in KEY_LOST | LOCKED
        restorable = error.code in DAMAGED and backup is not None
        said = label(_backup_words(backup) if error.code in DAMAGED else "", wrap=True)
        for widget, shown in (
            (self.passphrase, locked),
            (self.open, locked),
            (self.recovery, lost),
            (self.recover, lost),
            (said, error.code in DAMAGED),
            (self.restore, restorable),
        ):
            alone = isinstance(widget, ActionButton)
            card.body.addWidget(widget, 0, Qt.AlignmentFlag.AlignRight if alone else Qt.AlignmentFlag(0))
            widget.setHidden(not shown)
        first = self.passphrase if locked else self.recovery if lost else self.restore
        card.body.addWidget(self._busy)
        card.body.addWidget(self.retry, 0, Qt.AlignmentFlag.AlignRight)
        centred(card, self)
        self.setFocusProxy(first if locked or lost or restorable else self.retry)


def _why(error: AppError) -> str:
    if error.code in DAMAGED:
        return "数据文件已损坏，读不出来。损坏的文件会原样保留，不会删除。"
    if error.code == "storage.passphrase_needed":
        return "本站的数据由口令保护。忘了口令，可以用纸质恢复码打开。"
    return sentence(error)


def _backup_words(backup: BackupEntry | None) -> str:
    if backup is None:
        return "本机没有找到备份。请把别处的备份放进数据目录的 backups 里再试，或联系维护人员。"
    made = datetime.fromtimestamp(backup.made_at / 1000).astimezone()
    return (
        f"最近的备份：{made:%Y-%m-%d %H:%M}。打开后从那时继续工作；之后受理的办件不在其中，"
        "请按纸质回执补录，编号不会重复。"
    )
