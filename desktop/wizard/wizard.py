"""The wizard: drives the three steps and makes the station between the first and the second."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from desktop.gateway import Gateway, StationFacts, StationPlan
from desktop.messages import sentence
from desktop.recovery_paper import RecoveryTools
from desktop.shell.page import SettingsBox
from desktop.shell.rescue import EMPTY
from desktop.shell.tasks import TaskRunner
from desktop.sync.enrol_card import CANCELLED
from desktop.theme.theme import Theme
from desktop.widgets import ActionButton, BusyBar, Card, NoticeBar, Tone, label, title
from desktop.widgets.cards import centred
from desktop.wizard.steps import ChooseStep, KeyStep, LooksStep, StepsArea
from domain.errors import AppError

_NAMES = ("用途", "密钥", "外观")


class Wizard(QWidget):
    """首次使用. ``finished`` carries the open station when the three steps are done."""

    finished = Signal(object)

    def __init__(
        self,
        gateway: Gateway,
        tasks: TaskRunner,
        settings: SettingsBox,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self._gateway = gateway
        self._tasks = tasks
        self._settings = settings
        self._theme = theme
        self._station: Any = None
        self._enrolment: Any = None
        self._facts: StationFacts | None = None
        self.choose, self.key, self.looks = ChooseStep(tasks), KeyStep(), LooksStep()
        self._recovery = RecoveryTools()
        self.key.tools.addWidget(self._recovery)
        self._steps = QStackedWidget()
        self._trail = label("", "muted")
        self._bar = NoticeBar()
        self._busy = BusyBar()
        self.next_button = ActionButton("下一步", kind="big")
        self.next_button.clicked.connect(self._on_next_clicked)
        self.cancel_button = ActionButton("取消", kind="quiet", key="Esc")
        self.cancel_button.clicked.connect(self._on_cancel_clicked)
        self.cancel_button.hide()
        self.choose.entered.connect(self._on_next_clicked)
        self.looks.looks_chosen.connect(self._on_looks_chosen)
        self._lay_out()
        self._show_step(0)
        theme.changed.connect(self._use_theme)
        self._use_theme()

    def focusInEvent(self, event: QFocusEvent) -> None:
        # No focus proxy: Tab would pass by everything else that stands in here.
        super().focusInEvent(event)
        self._focus_first()

    def step(self) -> int:
        """The step that is shown: 0, 1 or 2."""
        return self._steps.currentIndex()

    def refusal(self) -> str:
        """The sentence that says why the station could not be made."""
        return "" if self._bar.isHidden() else self._bar.text()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.next_button.isEnabled():
            self._on_next_clicked()
            return
        super().keyPressEvent(event)

    def _on_next_clicked(self) -> None:
        if not self.next_button.isEnabled():
            return
        step = self._steps.currentIndex()
        if step == 0:
            self._make()
        elif step == 1:
            self._show_step(2)
        else:
            self._settings.change(window=self.looks.window_number.text())
            self.finished.emit(self._station)

    def _make(self) -> None:
        plan = self.choose.plan()
        if plan is None:
            return
        self._wait(True)
        self._enrolment = plan.enrolment
        if plan.enrolment is not None:
            self.cancel_button.show()
        self._tasks.run(
            self._tasks.in_background,
            self._make_and_open,
            plan,
            on_done=self._on_opened,
            on_error=self._on_refused,
        )

    def _make_and_open(self, plan: StationPlan) -> Any:
        # On a thread of the desk. A second try after a kill finds the station made and only opens it, or begun
        # and without anything in it, and makes it anew.
        if not self._gateway.exists():
            self._gateway.make(plan)
        try:
            return self._gateway.open()
        except AppError as error:
            if error.code != EMPTY:
                raise
        self._gateway.make(plan)
        return self._gateway.open()

    def _on_opened(self, station: Any) -> None:
        self._station = station
        self._tasks.run(self._gateway.facts, station, on_done=self._on_facts, on_error=self._on_refused)

    def _on_facts(self, facts: StationFacts) -> None:
        self._facts = facts
        self._tasks.run(
            self._gateway.safety.recovery_code,
            self._station,
            on_done=self._on_code,
            on_error=self._on_refused,
        )

    def _on_code(self, code: str) -> None:
        self._wait(False)
        assert self._facts is not None
        self.key.show_key(self._facts.key_kind, self._facts.key_where, code)
        self._recovery.set_code(self._facts.site_name, code)
        self._show_step(1)

    def _on_refused(self, error: Any) -> None:
        self._wait(False)
        asked = self._enrolment is not None
        is_shown = asked and self.choose.enrol_form.show_refusal(error)
        if not asked:
            self.next_button.setFocus()
        if not is_shown and not (asked and error.code == CANCELLED):
            self._bar.say(sentence(error), Tone.DANGER)

    def _on_cancel_clicked(self) -> None:
        if self._enrolment is not None:
            self._enrolment.cancel()

    def _on_looks_chosen(self, scheme: Any, text_size: Any) -> None:
        self._settings.change(scheme=scheme, text_size=text_size)

    def _wait(self, waiting: bool) -> None:
        self._steps.setEnabled(not waiting)
        self.next_button.setEnabled(not waiting)
        if waiting:
            self._bar.hide()
            self._busy.start()
        else:
            self.cancel_button.hide()
            self._busy.stop()

    def _show_step(self, step: int) -> None:
        self._steps.setCurrentIndex(step)
        names = [f"● {name}" if place == step else f"○ {name}" for place, name in enumerate(_NAMES)]
        self._trail.setText("    ".join(names))
        self.next_button.set_label("开始工作" if step == 2 else "下一步")
        self._focus_first()

    def _focus_first(self) -> None:
        if self.step() == 0:
            self.choose.focus_first()
        else:
            self.next_button.setFocus()

    def _use_theme(self) -> None:
        self._card.setFixedWidth(self._theme.tokens.shape["wizard"])

    def _lay_out(self) -> None:
        self._card = card = Card()
        card.roomy()
        for step in (self.choose, self.key, self.looks):
            self._steps.addWidget(step)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.cancel_button)
        foot.addWidget(self.next_button)
        area = StepsArea(self._steps)
        for widget in (title("欢迎使用企服前台"), self._trail, self._bar, area, self._busy):
            card.body.addWidget(widget)
        card.body.addLayout(foot)
        centred(card, self)
