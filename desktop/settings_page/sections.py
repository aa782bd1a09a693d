"""The cards of the settings page that only change this machine's own settings."""

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.settings import PAPERS, Settings
from desktop.shell.page import SettingsBox
from desktop.widgets import Card, Choice, ChoiceField, LineField, Segments, label
from desktop.wizard.steps import SCHEMES, TEXT_SIZES

IDLE = [(0, "不锁"), (5, "5 分钟"), (10, "10 分钟"), (20, "20 分钟"), (30, "30 分钟")]
PAPER_WORDS = {"a5": "A5 回执", "a4": "A4 文书", "80mm": "80 毫米小票", "58mm": "58 毫米小票"}
AS_PDF = ""
SIDE = 110


class LooksCard(Card):
    """外观: colours and text size, used at once."""

    def __init__(self, settings: SettingsBox, parent: QWidget | None = None) -> None:
        super().__init__("外观", parent)
        self.scheme = Segments(SCHEMES, name="配色")
        self.text_size = Segments(TEXT_SIZES, name="字号")
        self.scheme.set_value(settings.value.scheme)
        self.text_size.set_value(settings.value.text_size)
        self.scheme.chosen.connect(lambda scheme: settings.change(scheme=scheme))
        self.text_size.chosen.connect(lambda size: settings.change(text_size=size))
        settings.changed.connect(self._show)
        self.body.addLayout(_named("配色", self.scheme))
        self.body.addLayout(_named("字号", self.text_size))

    def _show(self, settings: Settings) -> None:
        self.scheme.set_value(settings.scheme)
        self.text_size.set_value(settings.text_size)


class LockCard(Card):
    """锁屏: minutes without a touch after which the screen is covered."""

    def __init__(self, settings: SettingsBox, parent: QWidget | None = None) -> None:
        super().__init__("无人操作时锁屏", parent)
        minutes = settings.value.idle_minutes
        choices = IDLE if minutes in dict(IDLE) else [*IDLE, (minutes, f"{minutes} 分钟")]
        self.minutes = Segments(choices, name="锁屏时间")
        self.minutes.set_value(minutes)
        self.minutes.chosen.connect(lambda value: settings.change(idle_minutes=value))
        self.body.addWidget(self.minutes)
        self.body.addWidget(label("锁屏不会丢失正在录入的内容。随时可按 Ctrl+L 锁屏。", "small", wrap=True))


class WindowCard(Card):
    """本机窗口: the number of this window."""

    def __init__(self, settings: SettingsBox, parent: QWidget | None = None) -> None:
        super().__init__("本机窗口", parent)
        self._settings = settings
        self.number = LineField("窗口号", side=SIDE, max_length=8, hint="印在回执上，也显示在上方。")
        self.number.set_text(settings.value.window)
        self.number.editor.editingFinished.connect(self._on_edited)
        self.body.addWidget(self.number)

    def _on_edited(self) -> None:
        if self.number.text() != self._settings.value.window:
            self._settings.change(window=self.number.text())


class PrintersCard(Card):
    """打印: a printer per paper, or the PDF kept; and the paper of the slip."""

    def __init__(
        self, settings: SettingsBox, printer_names: Callable[[], list[str]], parent: QWidget | None = None
    ) -> None:
        super().__init__("打印", parent)
        self._settings = settings
        self._names = printer_names
        slip = [Choice(paper, PAPER_WORDS[paper]) for paper in PAPERS]
        self.slip_paper = ChoiceField("回执用纸", slip, side=SIDE)
        self.slip_paper.set_value(settings.value.slip_paper)
        self.slip_paper.chosen.connect(lambda paper: settings.change(slip_paper=paper))
        self.body.addWidget(self.slip_paper)
        self.printers = {paper: self._field(paper) for paper in PAPERS}
        self.load_printers()

    def load_printers(self) -> None:
        """Ask the system again which printers there are; one that is switched off stays chosen."""
        found = self._names()
        for paper, field in self.printers.items():
            chosen = self._settings.value.printers.get(paper, AS_PDF)
            names = found if chosen in (AS_PDF, *found) else [*found, chosen]
            entries = [Choice(AS_PDF, "存为 PDF")]
            entries += [Choice(name, name if name in found else f"{name}（未连接）") for name in names]
            field.set_choices(entries)
            field.set_value(chosen)

    def _field(self, paper: str) -> ChoiceField:
        field = ChoiceField(PAPER_WORDS[paper], [], side=SIDE)
        field.chosen.connect(lambda name: self._on_chosen(paper, name))
        self.body.addWidget(field)
        return field

    def _on_chosen(self, paper: str, name: str) -> None:
        others = {key: value for key, value in self._settings.value.printers.items() if key != paper}
        self._settings.change(printers=others | ({paper: name} if name else {}))


def _named(name: str, widget: QWidget) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(2)
    column.addWidget(label(name, "label"))
    column.addWidget(widget)
    return column
