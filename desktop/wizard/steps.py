"""The three sheets of the wizard: what this machine becomes, how its key is kept, how it looks."""

import re

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop.gateway import StationPlan
from desktop.shell.tasks import TaskRunner
from desktop.sync.enrol_form import EnrolForm
from desktop.theme.tokens import Scheme, TextSize
from desktop.widgets import LineField, NoticeBar, Segments, Tone, label

_LETTERS = re.compile(r"[A-Z]{2,4}")

KEY_PLACES = {
    "key_store": "密钥保存在这台电脑的系统密钥库里，只有本机当前用户能打开数据。",
    "key_file": "密钥保存在指定的密钥文件里：{where}",
    "passphrase": "数据由口令保护，打开程序时需要输入口令。",
    "home_file": "这台电脑没有可用的系统密钥库，密钥暂存在数据目录的文件里。能拷走整个目录的人就能读数据，"
    "请限制这个目录的访问。",
}


_SCANNER_ADVICE = (
    "有扫码枪的，建议设为串口（USB-COM）模式，再到“设置 › 扫码”里选端口；用键盘模式请给枪加前缀 F12。"
)

ROUND_FIELD_PX = 60
"""What is kept in sight above and below a field: its name, and what is wrong with it."""


class StepsArea(QScrollArea):
    """The sheets, as high as they need to be; they scroll where the screen is too low for the text."""

    def __init__(self, steps: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        steps.setProperty("role", "scrolled")
        self._steps = steps
        self.setWidget(steps)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
            QTimer.singleShot(0, self, self._keep_in_sight)  # once the sheets lie where they now belong
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        steps = self._steps
        width = self.viewport().width()
        return QSize(steps.sizeHint().width(), max(steps.heightForWidth(width), steps.sizeHint().height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._steps.minimumSizeHint().width(), 120)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        window = self.window().windowHandle()
        if window is not None:
            window.focusObjectChanged.connect(self._on_focus, Qt.ConnectionType.UniqueConnection)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._keep_in_sight()

    def _keep_in_sight(self) -> None:
        focused = self.window().focusWidget()
        if focused is not None:
            self._on_focus(focused)

    def _on_focus(self, focused: QObject) -> None:
        """Tab, Enter and what is wrong lead to fields that may lie below the edge."""
        if isinstance(focused, QWidget) and self.isAncestorOf(focused):
            self.ensureWidgetVisible(focused, 0, ROUND_FIELD_PX)


class ChooseStep(QWidget):
    """Demonstration centre, a window of a centre that is joined by code, or a station with name and letters."""

    entered = Signal()

    def __init__(self, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._demo = _choice("演示中心", "带有虚构的企业和办件，可随时清除，适合试用和培训。")
        self._join = _choice("加入中心", "用中心给的入网码，本机成为中心或网点的一个窗口。")
        self._alone = _choice("独立网点", "本机自成一个网点，从第一件开始正式受理。")
        self.name_field = LineField("网点名称", placeholder="例如：高新园区企业服务站", max_length=40)
        self.letters_field = LineField(
            "网点代码", placeholder="2 到 4 个字母，例如 GX", max_length=4, hint=_LETTERS_HINT
        )
        self._form = QWidget()
        form = QVBoxLayout(self._form)
        form.setContentsMargins(24, 0, 0, 0)
        form.addWidget(self.name_field)
        form.addWidget(self.letters_field)
        self.enrol_form = EnrolForm(tasks)
        self.enrol_form.setContentsMargins(24, 0, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(label("这台电脑用来做什么？", "strong"))
        for widget in (self._demo, self._join, self.enrol_form, self._alone, self._form):
            column.addWidget(widget)
        column.addStretch(1)
        self._choices = (self._demo, self._join, self._alone)
        for button in self._choices:
            button.clicked.connect(self._on_choice_clicked)
        self.letters_field.changed.connect(self._on_letters_changed)
        self.letters_field.entered.connect(self.entered)
        self.name_field.entered.connect(self.letters_field.setFocus)
        self.enrol_form.entered.connect(self.entered)
        self._form.hide()
        self.enrol_form.hide()
        self._choose(self._demo)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        focused = self.focusWidget()
        if step is None or focused not in self._choices:
            super().keyPressEvent(event)
            return
        place = self._choices.index(focused) + step
        if 0 <= place < len(self._choices):
            self._choose(self._choices[place])
            self._choices[place].setFocus(Qt.FocusReason.TabFocusReason)

    def plan(self) -> StationPlan | None:
        """What was chosen, or None after marking what is wrong."""
        if self._demo.isChecked():
            return StationPlan()
        if self._join.isChecked():
            enrolment = self.enrol_form.enrolment()
            return None if enrolment is None else StationPlan(demo=False, enrolment=enrolment)
        name, letters = self.name_field.text(), self.letters_field.text()
        self.name_field.set_error("" if name else "请填写网点名称，它会印在受理回执上。")
        self.letters_field.set_error(
            "" if _LETTERS.fullmatch(letters) else "请填 2 到 4 个英文字母，例如 GX。"
        )
        if self.name_field.error() or self.letters_field.error():
            (self.name_field if self.name_field.error() else self.letters_field).setFocus()
            return None
        return StationPlan(demo=False, site_name=name, site_letters=letters)

    def focus_first(self) -> None:
        """Where the keyboard goes: the choice that stands, for the arrows to change."""
        next(button for button in self._choices if button.isChecked()).setFocus()

    def choose_alone(self) -> None:
        """Choose the station of its own."""
        self._alone.click()

    def choose_join(self) -> None:
        """Choose to join a centre."""
        self._join.click()

    def _choose(self, chosen: QPushButton) -> None:
        for button in self._choices:
            button.setChecked(button is chosen)
        self._form.setVisible(chosen is self._alone)
        self.enrol_form.setVisible(chosen is self._join)

    def _on_choice_clicked(self) -> None:
        chosen = self.sender()
        assert isinstance(chosen, QPushButton)
        self._choose(chosen)
        if chosen is self._alone:
            self.name_field.setFocus()
        elif chosen is self._join:
            self.enrol_form.setFocus()

    def _on_letters_changed(self, text: str) -> None:
        if text != text.upper():
            self.letters_field.set_text(text.upper())


class KeyStep(QWidget):
    """Where the key is kept, and the code for paper. ``print_asked`` and ``save_asked`` carry the code."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place = label("", wrap=True)
        self._warning = NoticeBar()
        self._code = label("", "title")
        self._code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._code.setWordWrap(True)
        self._code.setAccessibleName("恢复码")
        self.tools = QVBoxLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        for widget in (label("数据已加密", "strong"), self._place, self._warning, label("恢复码", "strong")):
            column.addWidget(widget)
        column.addWidget(self._code)
        column.addWidget(label(_CODE_ADVICE, "muted", wrap=True))
        column.addLayout(self.tools)
        column.addStretch(1)

    def show_key(self, kind: str, where: str, code: str) -> None:
        """Say where the key lies and show the code."""
        text = KEY_PLACES.get(kind, where).format(where=where)
        weak = kind == "home_file"
        self._place.setText("" if weak else text)
        self._place.setVisible(not weak)
        if weak:
            self._warning.say(text, Tone.WARN)
        self._code.setText(code)


class LooksStep(QWidget):
    """Window number, text size, colours; each has a sensible value already."""

    looks_chosen = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.window_number = LineField(
            "窗口号", placeholder="例如 3", max_length=8, hint="印在回执上，可以不填。"
        )
        self._scheme = Segments(SCHEMES, name="配色")
        self._size = Segments(TEXT_SIZES, name="字号")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(label("看着舒服就好，以后在设置里都能改。", "strong"))
        column.addWidget(label(_SCANNER_ADVICE, "muted", wrap=True))
        column.addWidget(self.window_number)
        for name, segments in (("配色", self._scheme), ("字号", self._size)):
            column.addWidget(label(name, "label"))
            column.addWidget(segments)
            segments.chosen.connect(self._on_chosen)
        column.addStretch(1)

    def _on_chosen(self) -> None:
        self.looks_chosen.emit(self._scheme.value(), self._size.value())


SCHEMES = [(Scheme.LIGHT, "浅色"), (Scheme.DARK, "深色"), (Scheme.CONTRAST, "高对比度")]
TEXT_SIZES = [(TextSize.NORMAL, "标准"), (TextSize.LARGE, "大"), (TextSize.LARGER, "特大")]
_LETTERS_HINT = "办件编号以它开头，定下后不再改。"
_CODE_ADVICE = "电脑损坏或密钥丢失时，只有恢复码能打开数据。请打印后锁进柜子，不要存在这台电脑里。"


class _Choice(QPushButton):
    """Hands the arrows to the sheet; a button would move the focus by itself, even into the header."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()
            return
        super().keyPressEvent(event)


def _choice(title: str, detail: str) -> QPushButton:
    button = _Choice(f"○ {title}\n{detail}")
    # The mark says by shape what the frame says by colour.
    button.toggled.connect(lambda on: button.setText(f"{'●' if on else '○'} {title}\n{detail}"))
    button.setProperty("role", "choice")
    button.setCheckable(True)
    button.setAccessibleName(title)
    button.setAccessibleDescription(detail)
    return button
