"""The layout of the customer screen: welcome, whose turn it is, and what is being written down."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QScroller,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.intake.mirror import MirrorState
from desktop.modes.customer.rating_view import RatingView
from desktop.modes.kiosk.start_view import TouchButton
from desktop.modes.labels import FitLabel
from desktop.modes.look import hall_sizes
from desktop.modes.mode_page import ModeContext, ModePage
from desktop.theme.icons import icon
from desktop.widgets import Tone, label, set_tone

_CENTRE = Qt.AlignmentFlag.AlignHCenter
CONFIRM = "请核对 · 确认无误"


class WelcomeView(QWidget):
    """Nobody's matter stands here: a picture, a greeting, and the number that is served."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = QLabel()
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.headline = FitLabel("", "hall-window", least=0.5, align=_CENTRE)
        self.text = FitLabel("", "hall-text", lines=2, least=0.6, align=_CENTRE)
        self.number = FitLabel("", "hall-number", least=0.5, align=_CENTRE)
        column = QVBoxLayout(self)
        column.setContentsMargins(40, 20, 40, 30)
        column.addStretch(1)
        for part in (self.picture, self.headline, self.number, self.text):
            column.addWidget(part)
        column.addStretch(1)

    def show_picture(self, side: int) -> None:
        """Draw the picture ``side`` pixels high."""
        self.picture.setPixmap(icon("buildings", QPalette.ColorRole.Accent).pixmap(QSize(side, side)))

    def show_number(self, number: str, paused: str, *, called: bool = False) -> None:
        """Whose turn it is, ``called`` but not yet here; ``paused`` why the window serves nobody."""
        self.number.setText(number)
        self.number.setVisible(bool(number))
        self.picture.setVisible(not number)
        turn = "请到本窗口" if called else "正在为您办理"
        self.headline.setText(turn if number else "暂停服务" if paused else "欢迎光临")
        self.text.setText("" if number else paused or "请留意叫号，工作人员将为您服务")


class MirrorView(QWidget):
    """核对: enterprise, matter, boards and promise as the clerk writes them; the button says that they are right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.number = FitLabel("", "hall-head", least=0.5)
        self.enterprise = FitLabel("", "hall-head", lines=2, high=1.5, least=0.6)
        self.uscc = FitLabel("", "hall-text")
        self.matter = label("", "hall-text", wrap=True)
        self.matter.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.boards = FitLabel("", "hall-text", lines=2, high=1.3, least=0.6)
        self.due = FitLabel("", "hall-strong", lines=2, high=1.3, least=0.6)
        self.confirm = TouchButton(CONFIRM, "hall-main")
        self.area = QScrollArea()
        self._lay_out()

    def show_state(self, state: MirrorState) -> None:
        """Show what is being written; where it is long, its end."""
        self.number.setText(f"已受理，编号 {state.number}" if state.number else "")
        self.number.setVisible(bool(state.number))
        self.enterprise.setText(state.enterprise or "（还没有填写名称）")
        self.uscc.setText(state.uscc)
        self.matter.setText(state.matter)
        self.boards.setText("、".join(state.boards))
        self.due.setText(state.due)

    def show_confirmed(self, at: str) -> None:
        """The visitor has said that it is right, at ``at``; empty asks for it."""
        self.confirm.setText(f"已确认 {at}，谢谢" if at else CONFIRM)
        self.confirm.setEnabled(not at)
        set_tone(self.confirm, Tone.OK if at else None)

    def _lay_out(self) -> None:
        self.area.setWidget(self.matter)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        QScroller.grabGesture(self.area.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        self.area.verticalScrollBar().rangeChanged.connect(
            lambda _, most: self.area.verticalScrollBar().setValue(most)
        )
        card = QFrame()
        card.setProperty("role", "hall-card")
        grid = QGridLayout(card)
        grid.setContentsMargins(28, 18, 28, 18)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(12)
        grid.setColumnStretch(1, 1)
        rows = (
            ("企业", self.enterprise),
            ("信用代码", self.uscc),
            ("诉求", self.area),
            ("承办", self.boards),
        )
        for place, (name, part) in enumerate((*rows, ("期限", self.due))):
            grid.addWidget(label(name, "hall-muted"), place, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(part, place, 1)
        grid.setRowStretch(2, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 16, 28, 20)
        column.setSpacing(14)
        column.addWidget(self.number)
        column.addWidget(card, 1)
        column.addWidget(self.confirm)


class CustomerView(ModePage):
    """顾客屏: what stands where. The work is done in ``CustomerPage``."""

    def __init__(self, context: ModeContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.welcome = WelcomeView()
        self.mirror = MirrorView()
        self.rating_view = RatingView(context.theme)
        self.window_label = FitLabel("", "hall-site", least=0.5)
        self.window_label.setAlignment(_CENTRE)
        self.body = QStackedWidget()
        self.body.addWidget(self.welcome)
        self.body.addWidget(self.mirror)
        self.body.addWidget(self.rating_view)
        row = self.bar.layout()
        assert isinstance(row, QHBoxLayout)
        row.insertWidget(1, self.window_label, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.body, 1)

    def _use_look(self) -> None:
        super()._use_look()
        self.welcome.show_picture(hall_sizes(self.size())["number"])
