"""The labels and buttons of the queue bar and of the small strip: the same parts, laid out twice."""

from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import QLineEdit, QPushButton, QSizePolicy, QWidget

from desktop.queue import wording
from desktop.queue.serving import Serving
from desktop.shell.focus import FocusKeeper
from desktop.theme.icons import icon
from desktop.widgets import ActionButton, Badge, ElidedLabel, Tone, label, set_tone
from domain.queue.model import TicketState

KEYS = {
    "next": "F4",
    "recall": "F5",
    "miss": "F6",
    "hold": "F7",
    "finish": "F8",
    "begin_case": "F3",
    "arrive": "F2",
}
"""Action of ``Serving`` → its key, on every page and in the strip."""
WORDS = {
    "next": "叫下一个",
    "recall": "重呼",
    "miss": "过号",
    "hold": "暂挂",
    "finish": "办结",
    "begin_case": "受理",
    "arrive": "到了，开始办理",
}
USUAL: dict[TicketState | None, tuple[str, ...]] = {
    None: (),
    TicketState.CALLED: ("begin_case", "recall", "miss", "hold"),
    TicketState.SERVING: ("begin_case", "hold", "next"),
}
"""State of the one at the window → the buttons beside the big one; the keys and the menu know all."""
SECOND_MS = 1_000


class Controls(QObject):
    """Shows what ``serving`` says, and presses it."""

    def __init__(self, serving: Serving, parent: QWidget) -> None:
        super().__init__(parent)
        self.serving = serving
        self.big = queue_button("叫下一个", KEYS["next"], "big")
        self.buttons: dict[str, QPushButton] = {
            name: queue_button(WORDS[name], KEYS[name])
            for name in ("recall", "miss", "hold", "begin_case", "next")
        }
        self.transfer = queue_button("转…", "")
        self.more = queue_button("更多", "", "quiet", "dots-three")
        self.number = label("", "figure")
        self.state = Badge()
        self.state.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        self.since = label("", "strong")
        self.name = ElidedLabel("")
        self.marks = label("", "warning")
        self.waiting = label("", "")
        self.groups = ElidedLabel("", "small")
        self.message = label("", wrap=True)
        self.confirm = queue_button("", "", "secondary")
        self.entry = QLineEdit()
        self._focus = FocusKeeper()
        self._set_up_entry()
        self._second = QTimer(self, interval=SECOND_MS)
        self._second.timeout.connect(self.show_time)
        self._connect()

    @property
    def usual(self) -> tuple[str, ...]:
        """The buttons that are of use now."""
        ticket = self.serving.ticket
        return USUAL[ticket.state if ticket is not None else None]

    def show_state(self) -> None:
        """Show who is served, what can be done now, and who waits."""
        serving, ticket = self.serving, self.serving.ticket
        view, window = serving.view, serving.window
        self._show_visit()
        self._show_big()
        ready = window is not None and not serving.is_busy
        for name, button in self.buttons.items():
            button.setVisible(name in self.usual)
            button.setEnabled(ready)
        self.transfer.setVisible(ticket is not None)
        self.transfer.setEnabled(ready)
        self.more.setEnabled(window is not None)
        self.big.setEnabled(ready)
        if view is not None and window is not None:
            count, groups = wording.waiting_words(view, window.groups, serving.now_ms)
            self.waiting.setText(f"大厅暂停：{view.closed}" if view.closed else count)
            held = "、".join(one.number for one in window.held)
            self.groups.setText(f"◆ 暂挂 {held}    {groups}" if held else groups)
        self._show_message()
        self.show_time()
        self._second.start() if ticket is not None and self.big.isVisible() else self._second.stop()

    def show_time(self) -> None:
        """Show how long the call or the service has lasted."""
        ticket = self.serving.ticket
        if ticket is None:
            self.since.setText("")
            return
        view, spent = self.serving.view, self.serving.now_ms - ticket.since
        late = view is not None and spent > view.long_service_s * 1000
        self.since.setText(f"▲ {wording.clock(spent)}" if late else wording.clock(spent))
        set_tone(self.since, Tone.WARN if late else None)

    def stop(self) -> None:
        """Nobody looks."""
        self._second.stop()

    def ask_number(self) -> None:
        """Show the line for a number to call out of turn."""
        if self.entry.isHidden():
            self._focus.remember(self.entry)
        self.entry.show()
        self.entry.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.entry.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.key() != Qt.Key.Key_Escape:
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
        elif event.type() == QEvent.Type.KeyPress:
            self.serving.forget()
            self._put_away()
        return True

    def _show_visit(self) -> None:
        ticket, view = self.serving.ticket, self.serving.view
        if ticket is None:
            window = self.serving.window
            paused = self.serving.is_paused
            self.number.setText("暂停" if paused else "空闲")
            self.state.show_state((window.reason or "暂停服务") if window else "", Tone.WARN)
            self.name.setText("")
            self.marks.setText("")
            self.number.setAccessibleName("窗口暂停服务" if paused else "窗口空闲")
        else:
            self.number.setText(ticket.number)
            self.number.setAccessibleName(f"{ticket.number} 号")
            tone, word = wording.STATES[ticket.state]
            self.state.show_state(word, tone)
            group = wording.group_name(view, ticket.group)
            self.name.setText(f"{group} · {wording.who(ticket)}")
            self.marks.setText(wording.marks(ticket, view))
        self.marks.setVisible(bool(self.marks.text()))
        self.state.setVisible(ticket is not None or self.serving.is_paused)

    def _show_big(self) -> None:
        ticket = self.serving.ticket
        if ticket is None:
            paused = self.serving.is_paused
            set_button(self.big, "恢复服务" if paused else WORDS["next"], "" if paused else KEYS["next"])
        else:
            name = "arrive" if ticket.state is TicketState.CALLED else "finish"
            set_button(self.big, WORDS[name], KEYS[name])

    def _show_message(self) -> None:
        message = self.serving.message
        self.message.setText(f"{message.text}" if message else "")
        self.message.setAccessibleName(message.text if message else "")
        self.confirm.setVisible(bool(message and message.action))
        if message and message.action:
            set_button(self.confirm, message.action, "")

    def _connect(self) -> None:
        self.big.clicked.connect(partial(self.serving.press, "step"))
        for name, button in self.buttons.items():
            button.clicked.connect(partial(self.serving.press, name))
        self.confirm.clicked.connect(self.serving.confirm)
        self.serving.changed.connect(self.show_state)

    def _set_up_entry(self) -> None:
        self.entry.setPlaceholderText("号码，回车叫号")
        self.entry.setAccessibleName("要叫的号码")
        self.entry.setMaxLength(12)
        self.entry.setFixedWidth(self.entry.fontMetrics().horizontalAdvance("国") * 9 + 20)
        self.entry.returnPressed.connect(self._on_number)
        self.entry.installEventFilter(self)
        self.entry.hide()

    def _on_number(self) -> None:
        number = self.entry.text().strip()
        if number:
            self.serving.call(number)
        if not self.serving.is_asking:
            self._put_away()

    def _put_away(self) -> None:
        self._focus.give_back()
        self.entry.hide()
        self.entry.clear()


def queue_button(text: str, key: str, kind: str = "secondary", icon_name: str | None = None) -> QPushButton:
    """A button that names its key, which works wherever the focus is; a click leaves the focus where somebody types."""
    button = ActionButton(text, kind=kind)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if icon_name is not None:
        button.setIcon(icon(icon_name, QPalette.ColorRole.Link))
    set_button(button, text, key)
    return button


def set_button(button: QPushButton, text: str, key: str) -> None:
    """Change word and key of a button."""
    shown = f"{text}  {key}" if key else text
    if button.text() != shown:
        button.setText(shown)
        button.setAccessibleName(text)
        button.setAccessibleDescription(f"快捷键 {key}" if key else "")
        button.setToolTip(f"{text}（{key}）" if key else text)
