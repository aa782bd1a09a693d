"""The hall as the command line prints it."""

from typing import Any

from desktop.cli.station import local_iso
from desktop.window_words import window_words
from domain.queue.desk import CallLine, GroupLine, HallView, WindowLine


def hall_document(view: HallView) -> dict[str, Any]:
    """The hall at one moment; times are local ISO, ``wait`` in seconds."""
    return {
        "day": view.day,
        "closed": view.closed,
        "notice": view.notice,
        "outside_hours": view.outside_hours,
        "groups": [_group(one, view.zone) for one in view.groups],
        "windows": [_window(one, view.zone) for one in view.windows],
        "calls": [_call(one, view.zone) for one in view.calls],
    }


def _group(line: GroupLine, zone: str) -> dict[str, Any]:
    return {
        "group": line.code,
        "name": line.name,
        "waiting": line.waiting,
        "oldest": local_iso(line.oldest_since, zone),
        "wait": line.wait_s,
        "open_windows": line.open_windows,
        "issued": line.issued,
        "quota_left": line.quota_left,
        "paused": line.paused,
    }


def _window(line: WindowLine, zone: str) -> dict[str, Any]:
    return {
        "window": line.code,
        "name": line.name,
        "groups": list(line.groups),
        "staff": line.staff,
        "since": local_iso(line.since, zone),
        "open": line.open,
        "reason": line.reason,
        "number": line.ticket.number if line.ticket else None,
        "state": line.ticket.state.value if line.ticket else None,
        "held": [one.number for one in line.held],
    }


def _call(line: CallLine, zone: str) -> dict[str, Any]:
    return {
        "number": line.number,
        "window": line.window,
        "group": line.group,
        "at": local_iso(line.at, zone),
    }


def hall_text(document: dict[str, Any]) -> str:
    """The hall's own state, then a line for each group and window."""
    head = [f"大厅已关闭：{document['closed']}"] if document["closed"] else []
    head += ["现在不在服务时间"] if document["outside_hours"] else []
    head += [f"通知：{document['notice']}"] if document["notice"] else []
    groups = [_group_text(one) for one in document["groups"]]
    return "\n".join([*head, *groups, *(_window_text(one) for one in document["windows"])])


def _group_text(told: dict[str, Any]) -> str:
    paused = f"  暂停取号：{told['paused']}" if told["paused"] else ""
    return f"{told['group']} {told['name']}  等候 {told['waiting']} 人，约等 {-(-told['wait'] // 60)} 分钟{paused}"


def _window_text(told: dict[str, Any]) -> str:
    held = f"  暂挂 {'、'.join(told['held'])}" if told["held"] else ""
    return f"{window_words(told['window'], told['name'])}  {_duty(told)}{held}"


def _duty(told: dict[str, Any]) -> str:
    from desktop.words import TICKET_STATES

    if told["number"]:
        return f"{told['number']} {TICKET_STATES[told['state']]}"
    if told["open"]:
        return "空闲"
    return f"暂停服务：{told['reason']}" if told["reason"] else "没有开"
