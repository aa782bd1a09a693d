"""The layout of the rating step: five faces; for a bad one what was bad, by touch; then a word of thanks."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from desktop import words
from desktop.modes.customer.faces import FaceButton
from desktop.modes.kiosk.start_view import TouchButton
from desktop.modes.labels import FitLabel
from desktop.theme.theme import Theme
from domain.callbacks.model import LEVELS
from domain.ratings.model import RatingTag

_CENTRE = Qt.AlignmentFlag.AlignHCenter
BAD_TAGS = (
    RatingTag.SLOW,
    RatingTag.UNFRIENDLY,
    RatingTag.UNCLEAR,
    RatingTag.UNSOLVED,
    RatingTag.SENT_AROUND,
)
ASK = "请您评价这次服务"
ASK_MORE = "评价由您自己给出，工作人员看不到您的选择。不评价可以直接离开。"
THANKS = "谢谢您的评价"
NOT_KEPT = "评价没有记上，对不起"
NOT_KEPT_MORE = "请向工作人员要一张评价表，填好投进评价箱。"


class RatingView(QWidget):
    """评价. ``level_chosen`` carries the level; ``sent`` the tags that go with a bad one."""

    level_chosen = Signal(int)
    sent = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.faces = {level: FaceButton(level, words.LEVELS[str(level)], theme) for level in reversed(LEVELS)}
        self.tags = {tag: _tick(words.RATING_TAGS[tag.value]) for tag in BAD_TAGS}
        self.send = TouchButton("提交", "hall-main")
        self.send.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.headline = FitLabel("", "hall-window", least=0.5, align=_CENTRE)
        self.detail = FitLabel("", "hall-text", lines=2, least=0.6, align=_CENTRE)
        self.body = QStackedWidget()
        self._lay_out()
        for level, button in self.faces.items():
            button.clicked.connect(lambda _=False, level=level: self.level_chosen.emit(level))
        self.send.clicked.connect(lambda: self.sent.emit(self.chosen_tags()))

    def ask(self) -> None:
        """Ask anew; nothing of a rating before is left."""
        for button in self.tags.values():
            button.setChecked(False)
        self._say(ASK, ASK_MORE)
        self.body.setCurrentIndex(0)

    def ask_tags(self, level: int) -> None:
        """What was bad, for a rating of ``level``."""
        self._say(f"您的评价：{words.LEVELS[str(level)]}", "哪里没做好？可以多选，也可以不选。")
        self.body.setCurrentIndex(1)

    def thank(self) -> None:
        """It was kept."""
        self._end(THANKS, "您的意见会帮助我们改进")

    def regret(self) -> None:
        """It could not be kept."""
        self._end(NOT_KEPT, NOT_KEPT_MORE)

    def chosen_tags(self) -> tuple[str, ...]:
        """The codes of what is ticked."""
        return tuple(tag.value for tag, button in self.tags.items() if button.isChecked())

    def _end(self, headline: str, detail: str) -> None:
        self._say(headline, detail)
        self.body.setCurrentIndex(2)

    def _say(self, headline: str, detail: str) -> None:
        self.headline.setText(headline)
        self.detail.setText(detail)

    def _lay_out(self) -> None:
        faces, row = _holder()
        for button in self.faces.values():
            row.addWidget(button)
        bad = QWidget()
        grid = QGridLayout(bad)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(16)
        for place, tick in enumerate(self.tags.values()):
            grid.addWidget(tick, place // 3, place % 3)
        grid.addWidget(self.send, 1, 2)
        for page in (faces, bad, QWidget()):
            self.body.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(36, 24, 36, 30)
        column.setSpacing(18)
        column.addWidget(self.headline)
        column.addWidget(self.detail)
        column.addWidget(self.body, 1)


def _tick(word: str) -> TouchButton:
    button = TouchButton(word)
    button.setCheckable(True)
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
    return button


def _holder() -> tuple[QWidget, QHBoxLayout]:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(16)
    return holder, row
