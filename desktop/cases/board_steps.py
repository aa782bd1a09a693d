"""The steps of boards, chiefs and supervisors as Chinese sentences, for the timeline of a case."""

from collections.abc import Callable
from typing import Any

from desktop import words

Say = Callable[[dict[str, Any], Any], tuple[str, str]]
"""(detail, facts) → (what was done, what was written)."""


def _by_board(said: str, written: str = "") -> Say:
    """``said`` of the board that did it, with the text that was written beside it."""
    return lambda detail, facts: (f"{facts.board_name(detail['board'])}{said}", detail.get(written, ""))


def _reasoned(said: str) -> Say:
    return lambda detail, _: (said, detail.get("reason", ""))


def _taken(detail: dict[str, Any], facts: Any) -> tuple[str, str]:
    who = words.person(detail["handler"], facts.staff_names)
    return f"{facts.board_name(detail['board'])}由 {who} 经办", ""


def _planned(detail: dict[str, Any], facts: Any) -> tuple[str, str]:
    return f"提交方案，{words.due_words(detail['until'], facts.zone)} 前完成", detail.get("plan", "")


def _returned(detail: dict[str, Any], facts: Any) -> tuple[str, str]:
    reason = facts.return_reasons.get(detail["reason"], detail["reason"])
    return f"{facts.board_name(detail['board'])}退回：{reason}", detail.get("note", "")


def _return_decided(detail: dict[str, Any], facts: Any) -> tuple[str, str]:
    to = detail.get("to")
    outcome = f"转给{facts.board_name(to)}" if to else f"仍由{facts.board_name(detail['board'])}办理"
    return f"裁定退回：{outcome}", detail.get("reason", "")


def _transferred(detail: dict[str, Any], facts: Any) -> tuple[str, str]:
    names = facts.board_name(detail["from"]), facts.board_name(detail["to"])
    return f"转办：{names[0]} → {names[1]}", detail.get("reason", "")


def _consulted(detail: dict[str, Any], facts: Any) -> tuple[str, str]:
    met = [*(facts.board_name(code) for code in detail.get("boards", [])), *detail.get("sites", [])]
    return f"会商：{words.joined([*met, *detail.get('participants', [])])}", detail.get("agreed", "")


def _suspended(detail: dict[str, Any], facts: Any) -> tuple[str, str]:
    parts = filter(None, (detail.get("reason", ""), detail.get("evidence", "")))
    return "挂起，停止计时", "；依据：".join(parts)


def _extension_asked(detail: dict[str, Any], facts: Any) -> tuple[str, str]:
    return f"申请延期到 {words.due_words(detail['until'], facts.zone)}", detail.get("reason", "")


def _extension_decided(detail: dict[str, Any], facts: Any) -> tuple[str, str]:
    if not detail["granted"]:
        return "不予延期", detail.get("reason", "")
    return f"批准延期到 {words.due_words(detail['due']['at'], facts.zone)}", detail.get("reason", "")


def _limited(said: str) -> Say:
    def say(detail: dict[str, Any], facts: Any) -> tuple[str, str]:
        limit = words.word(words.LIMITS, detail["limit"]["class"])
        due = words.due_words(detail["due"]["at"], facts.zone)
        return f"{said}，时限“{limit}”，{due} 前", detail.get("reason", "")

    return say


def _handed_over(detail: dict[str, Any], facts: Any) -> tuple[str, str]:
    return f"移交其他网点：{facts.site_name(detail.get('to', ''))}", detail.get("reason", "")


def _fed_back(detail: dict[str, Any], facts: Any) -> tuple[str, str]:
    told = detail.get("told", "")
    how = words.word(words.TOLD_BY, detail["how"])
    return f"反馈（{how}）" + (f"，告知{told}" if told else ""), detail.get("text", "")


def _measured(what: str) -> Say:
    def say(detail: Any, facts: Any) -> tuple[str, str]:
        boards = "、".join(facts.board_name(code) for code in detail.get("boards", ()))
        return f"{what}{boards}", detail.get("text", "")

    return say


SENTENCES: dict[str, Say] = {
    "assignment_received": _by_board("签收"),
    "assignment_taken": _taken,
    "assignment_answered": _by_board("答复", "answer"),
    "assignment_partly_answered": _by_board("部分答复", "answer"),
    "assignment_returned": _returned,
    "return_decided": _return_decided,
    "solution_planned": _planned,
    "case_transferred": _transferred,
    "assist_added": lambda d, facts: (f"增加{facts.board_name(d['board'])}协办", d.get("task", "")),
    "assist_removed": lambda d, facts: (f"撤销{facts.board_name(d['board'])}协办", d.get("reason", "")),
    "case_escalated": _limited("升级给诉求（兜底）板块"),
    "case_passed_up": _reasoned("上报上级网点"),
    "case_handed_over": _handed_over,
    "consultation_recorded": _consulted,
    "case_suspended": _suspended,
    "case_resumed": _reasoned("恢复计时"),
    "extension_requested": _extension_asked,
    "extension_decided": _extension_decided,
    "limit_changed": _limited("调整时限类别"),
    "case_resolved": lambda detail, _: ("办结", detail.get("answer", "")),
    "case_fed_back": _fed_back,
    "case_reopened": _limited("重办"),
    "case_archived": lambda *_: ("归档", ""),
    "case_urged": _measured("催办"),
    "case_supervised": _measured("发督办单给"),
    "supervision_answered": _by_board("回复督办", "text"),
    # What was said stands in the callback and the rating, for those who may see it.
    "callback_drawn": lambda *_: ("列入回访", ""),
    "callback_taken": lambda *_: ("认领回访", ""),
    "callback_recorded": lambda *_: ("回访通话", ""),
    "case_rated": lambda *_: ("收到评价", ""),
}
