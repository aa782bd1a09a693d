"""The steps of a case as Chinese sentences: who did what, where and when."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop import words
from desktop.cases import board_steps
from desktop.widgets import empty, label


def _boards(codes: list[str], facts: Any) -> str:
    names = [facts.board_name(code) for code in codes]
    if not names:
        return ""
    return f"{names[0]}牵头" + (f"，{words.joined(names[1:])}协办" if names[1:] else "")


def _assigned(detail: dict[str, Any], facts: Any) -> tuple[str, str]:
    tasks = detail.get("tasks") or {}
    said = "；".join(f"{facts.board_name(board)}：{task}" for board, task in tasks.items())
    return f"交办：{_boards(detail.get('boards', []), facts)}", said


def _accepted(detail: dict[str, Any], facts: Any) -> tuple[str, str]:
    kind = words.word(words.KINDS, detail.get("kind", ""))
    channel = words.word(words.CHANNELS, detail.get("channel", ""))
    boards = _boards(detail.get("boards", []), facts)
    return f"受理{kind}（{channel}）" + (f"，交{boards}" if boards else ""), ""


def _flagged(detail: dict[str, Any], facts: Any) -> tuple[str, str]:
    said = []
    if "in_pool" in detail:
        said.append("列入涉企问题池" if detail["in_pool"] else "移出涉企问题池")
    if "sensitive" in detail:
        said.append("标为敏感" if detail["sensitive"] else "取消敏感标记")
    return "，".join(said), ""


def _due(detail: dict[str, Any], facts: Any) -> tuple[str, str]:
    return f"期限重算为 {words.due_words(detail['due']['at'], facts.zone)}", ""


def _contact(detail: dict[str, Any], facts: Any) -> tuple[str, str]:
    contact = detail.get("contact") or {}
    return "更正经办人", f"{contact.get('name', '')} {contact.get('phone', '')}".strip()


def _printed(detail: dict[str, Any], facts: Any) -> tuple[str, str]:
    paper, size = words.word(words.PAPERS, detail["paper"]), words.word(words.SIZES, detail["size"])
    return f"打印{paper}（{size}，第 {detail['copy']} 份）", ""


SENTENCES: dict[str, board_steps.Say] = {
    "case_accepted": _accepted,
    "case_answered": lambda detail, _: ("当场答复并办结", detail.get("answer", "")),
    "case_declined": lambda detail, _: ("不予受理", detail.get("reason", "")),
    "case_withdrawn": lambda detail, _: ("申请人撤回", detail.get("reason", "")),
    "case_assigned": _assigned,
    "case_linked": lambda detail, _: ("关联了另一件", ""),
    "case_merged": lambda detail, _: ("并入另一件", ""),
    "case_flagged": _flagged,
    "case_due_recomputed": _due,
    "contact_corrected": _contact,
    "material_requested": lambda d, _: ("一次性告知缺少的材料", words.joined(d.get("missing", []))),
    "material_received": lambda d, _: ("收到补正材料", words.joined(d.get("material", []))),
    "file_attached": lambda d, _: ("添加附件", d.get("name", "")),
    "paper_printed": _printed,
    "conflict_decided": lambda d, _: (f"裁定冲突：{words.word(words.CHOICES, d['choice'])}", ""),
    "review_decided": lambda d, _: (
        f"复核：{words.word(words.DECISIONS, d['decision'])}",
        d.get("reason", ""),
    ),
    **board_steps.SENTENCES,
}
NEWER = "这一步由更新版本的程序记录，请先更新程序"


def step_words(entry: Any, facts: Any) -> tuple[str, str]:
    """(what was done, what was written) of a ``TimelineEntry``."""
    say = SENTENCES.get(entry.kind)
    if say is None:
        return NEWER, ""
    try:
        return say(entry.detail, facts)
    except (KeyError, TypeError):
        return NEWER, ""


class Timeline(QWidget):
    """经过: the newest step first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(2, 1)

    def show_steps(self, entries: Any, facts: Any, unfit: dict[str, str]) -> None:
        """``unfit`` maps the ids of steps that no longer fit to why."""
        empty(self._grid)
        for place, entry in enumerate(reversed(entries)):
            self._show_step(place * 2, entry, facts, unfit.get(entry.event, ""))

    def _show_step(self, line: int, entry: Any, facts: Any, unfit: str) -> None:
        did, wrote = step_words(entry, facts)
        who = words.person(entry.actor, facts.staff_names)
        site = facts.book.site
        where = "" if entry.site == site.code else f" · {facts.site_name(entry.site)}"
        top = Qt.AlignmentFlag.AlignTop
        self._grid.addWidget(label(words.moment(entry.at, facts.zone), "muted"), line, 0, top)
        self._grid.addWidget(label(f"{who}{where}"), line, 1, top)
        text = label(did if not unfit else f"▲ {did}（冲突：{unfit}）", "warning" if unfit else "", wrap=True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._grid.addWidget(text, line, 2)
        if wrote:
            said = label(wrote, "muted", wrap=True)
            said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(said, line + 1, 2)
