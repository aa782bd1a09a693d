"""日终核对: the day's three figures, the digest to be compared, and the slip."""

from datetime import date
from pathlib import Path
from typing import Any

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QDateEdit, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from desktop import words
from desktop.messages import sentence
from desktop.printing.output import pixels, print_on
from desktop.printing.run import open_file
from desktop.shell.page import PageContext
from desktop.widgets import ActionButton, Badge, Card, NoticeBar, Scrolled, Tone, held, label
from domain.printing.day_end import DayEndSlip
from services.desk import desk_facts
from services.sync.day_end import day_end, day_end_slip, keep_slip, slip_pages

DAY = "yyyy-MM-dd"
NAME = "日终核对单"
SHOWN = 40
SIZES = (("a5", "打印 A5"), ("80mm", "打印小票"))


class DayEndBoard(QWidget):
    """One day at a time, today's at first."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._zone = ""
        self._follows = True
        self.bar = NoticeBar()
        self.day = QDateEdit()
        self.day.setCalendarPopup(True)
        self.day.setDisplayFormat(DAY)
        self.day.setAccessibleName("核对哪一天")
        self.before = ActionButton("前一天", icon_name="caret-left")
        self.after = ActionButton("后一天", icon_name="caret-right")
        self.state = Badge()
        self.figures = {name: label("–", "figure") for name in ("accepted", "confirmed", "waiting")}
        self.heard = label("", "muted", wrap=True)
        self.digest = label("", wrap=True)
        self.open_numbers = label("", wrap=True)
        self.buttons = {size: ActionButton(text, icon_name="printer") for size, text in SIZES}
        self.save = ActionButton("存为 PDF", icon_name="file-pdf", kind="quiet")
        self._lay_out()
        self._connect()

    def refresh(self) -> None:
        """Read the day anew; the zone first."""
        self._ask(desk_facts, on_done=self._on_facts)

    def print_day(self, size: str) -> None:
        """Print the day's slip; without a printer for ``size`` it is kept as PDF where somebody says."""
        self._ask_slip(lambda slip: self._print(slip, size))

    def save_to(self, slip: DayEndSlip, size: str, target: Path) -> None:
        """Write the slip to a file."""
        self._in_background(keep_slip, slip, size, target, on_done=self._on_saved)

    def chosen_day(self) -> date:
        """The day that is looked at."""
        return date.fromisoformat(self.day.date().toString(DAY))

    def _connect(self) -> None:
        self.day.dateChanged.connect(lambda _: self._on_day())
        self.before.clicked.connect(lambda: self.day.setDate(self.day.date().addDays(-1)))
        self.after.clicked.connect(lambda: self.day.setDate(self.day.date().addDays(1)))
        self.save.clicked.connect(lambda: self._ask_slip(lambda slip: self._choose_file(slip, "a5")))
        for size, button in self.buttons.items():
            button.clicked.connect(lambda _=False, size=size: self.print_day(size))

    def _ask(self, service: Any, *args: Any, on_done: Any, **kwargs: Any) -> None:
        self._context.tasks.run(
            self._context.station.submit,
            service,
            *args,
            on_done=on_done,
            on_error=self._refuse,
            receiver=self,
            **kwargs,
        )

    def _in_background(self, work: Any, *args: Any, on_done: Any, on_error: Any = None) -> None:
        tasks = self._context.tasks
        tasks.run(
            tasks.in_background,
            work,
            *args,
            on_done=on_done,
            on_error=on_error or self._refuse,
            receiver=self,
        )

    def _ask_slip(self, then: Any) -> None:
        window = self._context.settings.value.window
        self._ask(day_end_slip, self.chosen_day(), window=window, on_done=then)

    def _on_facts(self, facts: Any) -> None:
        self._zone = facts.zone
        today = words.local(facts.now_ms, facts.zone).date()
        self.day.blockSignals(True)
        self.day.setMaximumDate(QDate(today.year, today.month, today.day))
        if self._follows:
            self.day.setDate(self.day.maximumDate())
        self.day.blockSignals(False)
        self._read()

    def _on_day(self) -> None:
        self._follows = self.day.date() == self.day.maximumDate()
        self._read()

    def _read(self) -> None:
        self.after.setEnabled(self.day.date() < self.day.maximumDate())
        self._ask(day_end, self.chosen_day(), on_done=self._on_told)

    def _on_told(self, told: Any) -> None:
        if told.day != self.chosen_day():
            return
        for name, shown in self.figures.items():
            shown.setText(f"{getattr(told, name):,}" if told.joined or name == "accepted" else "–")
        self.state.show_state(*standing(told))
        heard = f"最近同步 {words.moment(told.heard_at, self._zone)}" if told.heard_at else "还没有同步过"
        above = f"上级：{told.upstream_name}    {heard}" if told.joined else "独立网点，没有上级中心来确认。"
        self.heard.setText(above)
        self.digest.setText(" ".join(told.digest[at : at + 8] for at in range(0, 64, 8)))
        self._digest_card.setVisible(bool(told.confirmed))
        numbers = told.open_numbers if told.joined else ()
        more = f" 等 {len(numbers)} 件" if len(numbers) > SHOWN else ""
        self.open_numbers.setText("    ".join(numbers[:SHOWN]) + more)
        self._open_card.setVisible(bool(numbers))

    def _print(self, slip: DayEndSlip, size: str) -> None:
        printer = self._context.settings.value.printers.get(size, "")
        if not printer:
            self._choose_file(slip, size)
            return
        self._in_background(
            _print_slip,
            slip,
            size,
            printer,
            on_done=lambda _: self._context.notices.say(f"{NAME}已送到打印机“{printer}”", Tone.OK),
            on_error=lambda error: self._on_not_printed(slip, size, error),
        )

    def _on_not_printed(self, slip: DayEndSlip, size: str, error: Any) -> None:
        self._refuse(error)
        self._choose_file(slip, size)

    def _choose_file(self, slip: DayEndSlip, size: str) -> None:
        dialog = QFileDialog(self, f"保存{NAME}", f"{NAME}-{slip.number}.pdf", "PDF (*.pdf)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.fileSelected.connect(lambda name: self.save_to(slip, size, Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_saved(self, file: Path) -> None:
        self._context.notices.say(f"{NAME}已存为 {file}", Tone.OK, action="打开", act=lambda: open_file(file))

    def _refuse(self, error: Any) -> None:
        self.bar.say(sentence(error), Tone.WARN)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        for part in (self.before, self.day, self.after, self.state):
            head.addWidget(part)
        head.addStretch(1)
        for part in (self.save, *reversed(self.buttons.values())):
            head.addWidget(part)
        figures = QHBoxLayout()
        figures.setSpacing(10)
        for name, text in (("accepted", "当日受理"), ("confirmed", "中心已确认"), ("waiting", "等待")):
            figures.addWidget(_figure(text, self.figures[name]), 1)
        self._digest_card, self._open_card = Card("核对码"), Card("尚未确认的办件")
        about = "由中心已确认的受理记录算出；中心对同一窗口同一天算出的相同，就说明一件不少、一字未改。"
        self._digest_card.body.addWidget(self.digest)
        self._digest_card.body.addWidget(label(about, "small", wrap=True))
        self._open_card.body.addWidget(self.open_numbers)
        for said in (self.digest, self.open_numbers):
            said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.bar)
        column.addLayout(head)
        column.addLayout(figures)
        column.addWidget(self.heard)
        column.addWidget(Scrolled(self._cards()), 1)
        self.setFocusProxy(self.day)

    def _cards(self) -> QWidget:
        column = QVBoxLayout()
        for card in (self._digest_card, self._open_card):
            column.addWidget(card)
        column.addStretch(1)
        return held(column, 10)


def standing(told: Any) -> tuple[str, Tone]:
    """The day in one word."""
    if not told.joined:
        return "独立网点", Tone.QUIET
    if told.waiting:
        return f"还有 {told.waiting} 件没有确认", Tone.WARN
    return ("全部确认", Tone.OK) if told.accepted else ("当日没有受理", Tone.QUIET)


def _figure(text: str, value: QWidget) -> Card:
    card = Card("")
    card.body.addWidget(label(text, "muted"))
    card.body.addWidget(value)
    return card


def _print_slip(slip: DayEndSlip, size: str, printer: str) -> None:
    print_on(printer, slip_pages(slip, size, pixels(size)), size, f"{NAME} {slip.number}")
