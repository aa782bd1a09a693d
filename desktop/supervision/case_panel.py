"""The case that is chosen in a list of supervision: how it stands, what was asked of the boards, and the decision."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop import words
from desktop.cases.step_form import StepForm
from desktop.supervision.columns import ALERT_TONES, owner_words, short_board
from desktop.widgets import ActionButton, Badge, Card, ScrolledLines, empty
from domain.deadlines.clock import Alert

SIDE_WIDTH = 440
CHOOSE = "选一件，看用时和催办情况。"
MEASURES = {"urge": "催办", "card": "督办单"}


class CasePanel(Card):
    """``taken`` carries the ``Step``. What is typed for one case is kept while another is looked at."""

    taken = Signal(object)
    case_asked = Signal(str)

    def __init__(self, make_form: Callable[[], StepForm], word: str, parent: QWidget | None = None) -> None:
        super().__init__("这一件", parent)
        self._make, self._word = make_form, word
        self.alert = Badge()
        self.open_case = ActionButton("打开办件", kind="quiet", icon_name="folders")
        self.send = ActionButton(word, kind="primary")
        self.form: StepForm | None = None
        self.case_id = ""
        self._typed: dict[str, dict[str, Any]] = {}
        self._lines = ScrolledLines("这一件的情况")
        self._lay_out()
        self.open_case.clicked.connect(lambda: self.case_asked.emit(self.case_id))
        self.send.clicked.connect(self._on_sent)
        self.clear()

    def use_form(self, make_form: Callable[[], StepForm], word: str) -> None:
        """Another kind of decision from now on; what was typed for the other is gone."""
        self._make = make_form
        self._typed.clear()
        self.send.set_label(word)
        self.clear()

    def clear(self) -> None:
        """Nothing is chosen."""
        self.case_id = ""
        self._lines.show_lines([("", CHOOSE)])
        empty(self._place)
        self.form = None
        for part in (self.alert, self.open_case, self.send):
            part.hide()

    def show_case(self, view: Any) -> None:
        """Show ``view`` (``services.case_view.CaseView``)."""
        alert = Alert(view.clock.alert)
        self.alert.show_state(words.ALERTS[alert.value], ALERT_TONES[alert])
        self._lines.show_lines(case_lines(view))
        if view.case.id == self.case_id and self.form is not None:
            self.form.renew(view)
        else:
            self._open_form(view)
        for part in (self.alert, self.open_case, self.send):
            part.show()
        self.send.setEnabled(True)

    def refuse(self, error: Any) -> None:
        """The step did not go through; what was typed stays."""
        self.send.setEnabled(True)
        if self.form is not None:
            self.form.show_error(error)

    def done(self) -> None:
        """The step was taken: the next look at this case begins with an empty form."""
        self._typed.pop(self.case_id, None)
        self.case_id = ""

    def focus_form(self) -> None:
        """Go to what is to be entered."""
        if self.form is not None:
            self.form.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open_form(self, view: Any) -> None:
        empty(self._place)
        self.case_id = view.case.id
        self.form = form = self._make()
        form.begin(view)
        form.set_fields(self._typed.get(self.case_id, {}))
        form.changed.connect(self._on_typed)
        self._place.addWidget(form)

    def _on_typed(self) -> None:
        if self.form is not None and self.case_id:
            self._typed[self.case_id] = self.form.fields()

    def _on_sent(self) -> None:
        if self.form is not None:
            self.send.setEnabled(False)
            self.taken.emit(self.form.step())

    def _lay_out(self) -> None:
        self.setFixedWidth(SIDE_WIDTH)
        self.head.addWidget(self.open_case)
        self.head.addWidget(self.alert)
        self._place = QVBoxLayout()
        self.body.addWidget(self._lines, 1)
        self.body.addLayout(self._place)
        self.body.addWidget(self.send)


def case_lines(view: Any) -> list[tuple[str, str]]:
    """(name, words) of how a case stands."""
    case, facts, clock = view.case, view.facts, view.clock
    whole = sum(one.elapsed_ms for one in clock.shares) or 1
    shares = [
        f"{short_board(facts, one.board)} {words.open_span(one.elapsed_ms)}（{one.elapsed_ms * 100 // whole}%）"
        for one in clock.shares
    ]
    lines = [
        ("编号", case.number),
        ("企业", case.applicant.name),
        ("诉求", case.text),
        ("该谁办", owner_words(view.owner, facts)),
        ("期限", words.due_words(clock.due_ms, facts.zone) if clock.due_ms else ""),
        ("板块用时", "\n".join(shares)),
        ("催督", "\n".join(_measure(one, facts) for one in case.measures) or "还没有催办"),
    ]
    return [line for line in lines if line[1]]


def _measure(measure: Any, facts: Any) -> str:
    until = f"，{words.moment(measure.until, facts.zone)[5:]} 前回复" if measure.until else ""
    head = f"{words.moment(measure.at, facts.zone)[5:]} {MEASURES[measure.kind.value]}{until}：{measure.text}"
    said = [f"  {short_board(facts, one.board)}回复：{one.text}" for one in measure.answers]
    waiting = words.joined(short_board(facts, board) for board in measure.waiting)
    return "\n".join([head, *said, *([f"  {waiting} 还没有回复"] if waiting else [])])
