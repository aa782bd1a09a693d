"""The card of the settings page about ticket machine, hall display and customer screen."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop.messages import sentence
from desktop.modes.find import screen_choices
from desktop.modes.mode import NAMES, SCREEN_MODES, Mode
from desktop.modes.pages import display_groups
from desktop.settings import Settings
from desktop.shell.page import PageContext
from desktop.widgets import ActionButton, Card, Choice, ChoiceField, FlowLayout, LineField, SecretField, label
from domain.errors import AppError
from services.pins import MAX_DIGITS, MIN_DIGITS, hash_pin

SIDE = 110


class KioskCard(Card):
    """取号机和大厅屏: the number that leaves the ticket machine, a display's groups, and opening them here."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__("取号机和大厅屏", parent)
        self._context, self._settings = context, context.settings
        self.pin = SecretField(
            "退出口令",
            side=SIDE,
            hint=_PIN_HINT,
        )
        self.keep = ActionButton("保存口令", kind="secondary")
        self.drop = ActionButton("不用口令", kind="quiet")
        self.state = label("", "small", wrap=True)
        self.groups = LineField(
            "大厅屏队列", side=SIDE, max_length=100, hint="只显示这些队列，如 A,B；不填显示全部。"
        )
        self.where = ChoiceField("显示在", [Choice(*one) for one in screen_choices()], side=SIDE)
        self.open: dict[Mode, ActionButton] = {
            mode: ActionButton(f"打开{NAMES[mode]}", kind="secondary") for mode in SCREEN_MODES
        }
        self._lay_out()
        self._connect()
        self._show(context.settings.value)

    def _connect(self) -> None:
        self.keep.clicked.connect(self.keep_pin)
        self.pin.entered.connect(self.keep_pin)
        self.drop.clicked.connect(lambda: self._settings.change(kiosk_pin=""))
        self.groups.editor.editingFinished.connect(self._keep_groups)
        self._settings.changed.connect(self._show)
        for mode, button in self.open.items():
            button.clicked.connect(self._opening(mode))

    def keep_pin(self) -> None:
        """Keep the number that was typed, as a hash only."""
        self.keep.setEnabled(False)
        self._context.tasks.run(
            self._context.tasks.in_background,
            hash_pin,
            self.pin.text(),
            on_done=self._on_hashed,
            on_error=self._on_refused,
        )

    def _on_hashed(self, hashed: str) -> None:
        self.keep.setEnabled(True)
        self.pin.set_text("")
        self.pin.set_error("")
        self._settings.change(kiosk_pin=hashed)

    def _on_refused(self, error: AppError) -> None:
        self.keep.setEnabled(True)
        self.pin.set_error(sentence(error))

    def _keep_groups(self) -> None:
        codes = ",".join(display_groups(self.groups.text()))
        self.groups.set_text(codes)
        if codes != self._settings.value.display_groups:
            self._settings.change(display_groups=codes)

    def _show(self, settings: Settings) -> None:
        has_pin = bool(settings.kiosk_pin)
        self.state.setText(_SET if has_pin else _NOT_SET)
        self.drop.setVisible(has_pin)
        if not self.groups.editor.hasFocus():
            self.groups.set_text(settings.display_groups)

    def _opening(self, mode: Mode) -> Callable[[], None]:
        return lambda: self._context.navigator.open(mode, self._chosen_screen())

    def _chosen_screen(self) -> int | None:
        number: int | None = self.where.value() if not self.where.isHidden() else None
        return number

    def _lay_out(self) -> None:
        pins, opening = FlowLayout(gap=8), FlowLayout(gap=8)
        for button in (self.keep, self.drop):
            pins.addWidget(button)
        for button in self.open.values():
            opening.addWidget(button)
        several = self.where.editor.count() > 1
        self.where.setVisible(several)
        self.where.set_value(self.where.editor.count())
        self.body.addWidget(self.pin)
        self.body.addLayout(pins)
        for part in (self.state, self.groups, self.where):
            self.body.addWidget(part)
        self.body.addLayout(opening)
        self.body.addWidget(label(_OWN, "small", wrap=True))


_PIN_HINT = f"{MIN_DIGITS}–{MAX_DIGITS} 位数字。按住取号机右上角 3 秒后输入，用来退出。"
_SET = "已设退出口令。"
_NOT_SET = "还没有设退出口令：取号机要用人员的密码退出，没有人员密码时不能启动。"
_OWN = "单独一台电脑作取号机或大厅屏：qifu-desk --mode kiosk 或 --mode display，开机自动启动即可。"
