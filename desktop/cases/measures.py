"""催办和督办: what supervisors asked of the boards, what they answered, and the answer that is owed."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop import words
from desktop.messages import sentence
from desktop.widgets import ActionButton, AreaField, Card, empty, label
from domain.errors import AppError

KINDS = {"urge": "催办", "card": "督办单"}


class MeasuresCard(Card):
    """``answered`` carries what a board says to the newest measure that waits for it. Hidden where none was taken."""

    answered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("催办督办", parent)
        self.reply = AreaField("回复督办", lines=3)
        self.send = ActionButton("回复督办", kind="primary")
        # The steps below stay in sight.
        self.reply.editor.setFixedHeight(self.reply.editor.minimumHeight())
        self._of = ("", "")
        self._lines = QVBoxLayout()
        self.body.addLayout(self._lines)
        for part in (self.reply, self.send):
            self.body.addWidget(part)
        self.send.clicked.connect(self._on_send_clicked)

    def show_measures(self, view: Any) -> None:
        """Show every measure, the newest first; for another case or person the reply begins empty."""
        case, facts = view.case, view.facts
        if (case.id, facts.actor.id) != self._of:
            self._of = (case.id, facts.actor.id)
            self.forget()
        self.setVisible(bool(case.measures))
        empty(self._lines)
        for measure in reversed(case.measures):
            for said, role in _told(measure, facts):
                self._lines.addWidget(label(said, role, wrap=True))
        owes = any(facts.actor.board in measure.waiting for measure in case.measures)
        for part in (self.reply, self.send):
            part.setVisible(owes)
        self.send.setEnabled(True)

    def forget(self) -> None:
        """What was typed has been sent, or is another's."""
        self.reply.set_text("")
        self.reply.set_error("")

    def refuse(self, error: AppError) -> None:
        """The reply did not go through; it stands as it was."""
        self.send.setEnabled(True)
        self.reply.set_error(sentence(error))
        self.reply.setFocus()

    def _on_send_clicked(self) -> None:
        # Until the answer is there, a second press finds the button disabled.
        self.send.setEnabled(False)
        self.answered.emit(self.reply.text())


def _told(measure: Any, facts: Any) -> list[tuple[str, str]]:
    """(words, role of the label): what was asked, each board's answer, and who still owes one."""
    kind = KINDS[measure.kind.value]
    card = f"（{words.ALERTS[measure.alert]}）" if measure.alert in ("yellow", "red") else ""
    until = f"，{words.moment(measure.until, facts.zone)[5:]} 前回复" if measure.until else ""
    who = words.person(measure.actor, facts.staff_names)
    lines = [(f"{words.moment(measure.at, facts.zone)[5:]} {who} {kind}{card}{until}：{measure.text}", "")]
    lines += [
        (
            f"{words.moment(one.at, facts.zone)[5:]} {facts.board_name(one.board)}回复：{one.text}",
            "muted",
        )
        for one in measure.answers
    ]
    waiting = words.joined(facts.board_name(board) for board in measure.waiting)
    return [*lines, *([(f"{waiting}还没有回复", "warning")] if waiting else [])]
