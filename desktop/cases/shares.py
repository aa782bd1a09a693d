"""承办板块: which board has which share of a case, and how far it has come."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop import words
from desktop.widgets import Badge, Card, Tone, empty, label, line

TONES = {
    "assigned": Tone.WARN,
    "received": Tone.INFO,
    "handling": Tone.INFO,
    "answered": Tone.OK,
    "returned": Tone.DANGER,
    "closed": Tone.QUIET,
}
SPAN = 5


class SharesCard(Card):
    """One line a board: who leads, how far, when signed and answered, who has it; below it what it said."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("承办板块", parent)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(SPAN - 1, 1)
        self.body.addLayout(self._grid)

    def show_shares(self, view: Any) -> None:
        """Show every share, the lead first, those taken away last."""
        empty(self._grid)
        self.setVisible(bool(view.case.assignments))
        at = 0
        for share in view.case.assignments:
            if at:
                self._grid.addWidget(line(), at, 0, 1, SPAN)
                at += 1
            for column, widget in enumerate(_cells(share, view)):
                self._grid.addWidget(widget, at, column, Qt.AlignmentFlag.AlignTop)
            at += 1
            for said, role in _texts(share, view):
                text = label(said, role, wrap=True)
                text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                self._grid.addWidget(text, at, 0, 1, SPAN)
                at += 1


def _cells(share: Any, view: Any) -> list[QWidget]:
    facts = view.facts
    names = dict(zip(view.case.boards, view.boards, strict=True))
    role = words.word(words.SHARE_ROLES, share.role.value)
    badge = Badge(words.word(words.SHARE_STATES, share.state.value), TONES[share.state.value])
    handler = words.person(share.handler, facts.staff_names) if share.handler else ""
    return [
        label(names.get(share.board, facts.board_name(share.board)), "strong"),
        label(role, "muted"),
        badge,
        label(handler),
        label(_when(share, facts.zone), "small", wrap=True),
    ]


def _when(share: Any, zone: str) -> str:
    said = [f"交办 {words.moment(share.assigned_at, zone)[5:]}"]
    if share.received_at is not None:
        said.append(f"签收 {words.moment(share.received_at, zone)[5:]}")
    if share.answered_at is not None:
        said.append(f"答复 {words.moment(share.answered_at, zone)[5:]}")
    if share.returned:
        said.append(f"退回 {share.returned} 次" + ("，已裁定续办" if share.kept else ""))
    return " · ".join(said)


def _texts(share: Any, view: Any) -> list[tuple[str, str]]:
    """(text, role of its label) below the line of a share."""
    found = [(f"任务：{share.task}", "muted")] if share.task else []
    found += [(f"部分答复：{text}", "muted") for text in share.partial]
    if share.answer:
        found.append((f"答复：{share.answer}", ""))
    if share.return_reason:
        why = view.facts.return_reasons.get(share.return_reason, share.return_reason)
        note = f"（{share.return_note}）" if share.return_note else ""
        found.append((f"退回理由：{why}{note}", "warning"))
    return found
