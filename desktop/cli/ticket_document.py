"""Tickets, the line and the figures of a day as the command line prints them."""

from typing import Any

from desktop.cli.station import local_iso
from desktop.window_words import window_words
from desktop.words import TICKET_STATES
from domain.queue.desk import IssuedTicket, TicketLine
from domain.queue.model import Period, Ticket
from domain.queue.statistics import Figures, QueueStatistics


def ticket_document(ticket: Ticket, zone: str) -> dict[str, Any]:
    """``ticket`` with its periods; times are local ISO, durations seconds."""
    return {
        **_common(ticket, zone),
        "uscc": ticket.visitor.uscc,
        "name": ticket.visitor.name,
        "cases": list(ticket.cases),
        "periods": [_period(one, zone) for one in ticket.periods],
    }


def issued_document(issued: IssuedTicket, zone: str) -> dict[str, Any]:
    """A number as it was given out: with ``ahead`` people and ``wait`` seconds before it."""
    shown = ticket_document(issued.ticket, zone)
    return shown | {"group_name": issued.group_name, "ahead": issued.ahead, "wait": issued.wait_s}


def line_document(line: TicketLine, zone: str) -> dict[str, Any]:
    """A ticket of a list."""
    return {**_common(line, zone), "uscc": line.uscc, "name": line.name, "cases": list(line.cases)}


def _common(ticket: Ticket | TicketLine, zone: str) -> dict[str, Any]:
    return {
        "number": ticket.number,
        "id": ticket.id,
        "day": ticket.day,
        "group": ticket.group,
        "state": ticket.state.value,
        "window": ticket.window,
        "staff": ticket.staff,
        "target": ticket.target,
        "priority": ticket.priority,
        "appointment": local_iso(ticket.appointment_at, zone),
        "issued": local_iso(ticket.issued_at, zone),
        "since": local_iso(ticket.since, zone),
        "ended": local_iso(ticket.ended_at, zone),
        "reason": ticket.end_reason.value if ticket.end_reason else None,
        "recalls": ticket.recalls,
        "time_wrong": ticket.time_wrong,
    }


def _period(period: Period, zone: str) -> dict[str, Any]:
    return {
        "state": period.state.value,
        "group": period.group,
        "window": period.window,
        "staff": period.staff,
        "from": local_iso(period.from_at, zone),
        "to": local_iso(period.to_at, zone),
        "seconds": None if period.to_at is None else period.duration_ms // 1000,
    }


def ticket_text(document: dict[str, Any]) -> str:
    """One line for people: number, state, window, and what stands before a number that was just given."""
    words = [document["number"], TICKET_STATES[document["state"]]]
    if document["window"]:
        words.append(window_words(document["window"]))
    if "ahead" in document:
        words.append(_before(document["ahead"], document["wait"]))
    return "  ".join(words)


def _before(ahead: int, wait_s: int) -> str:
    return f"前面 {ahead} 人，约等 {-(-wait_s // 60)} 分钟" if ahead else "前面没有人"


def list_text(documents: list[dict[str, Any]]) -> str:
    """A line for each ticket."""
    lines = [f"{ticket_text(one)}  {one['issued'][11:16]}  {one['name']}".rstrip() for one in documents]
    return "\n".join(lines) or "没有号"


def statistics_document(told: QueueStatistics) -> dict[str, Any]:
    """The figures of some days and their parts; durations in seconds."""
    return {
        "from": told.first_day,
        "to": told.last_day,
        "finished": told.finished,
        "left": told.left,
        "open": told.open,
        "total": _figures(told.total),
        "groups": [_figures(one) for one in told.by_group],
        "windows": [_figures(one) for one in told.by_window],
        "staff": [_figures(one) for one in told.by_staff],
    }


def _figures(told: Figures) -> dict[str, Any]:
    return {
        "key": told.key,
        "tickets": told.tickets,
        "served": told.served,
        "wait": told.wait_ms // 1000,
        "way": told.way_ms // 1000,
        "service": told.serve_ms // 1000,
        "hold": told.hold_ms // 1000,
        "missed": told.missed_ms // 1000,
        "mean_wait": _seconds(told.mean_wait_ms),
        "median_wait": _seconds(told.median_wait_ms),
        "longest_wait": _seconds(told.longest_wait_ms),
        "mean_service": _seconds(told.mean_service_ms),
        "doubtful": told.doubtful,
    }


def _seconds(told_ms: int | None) -> int | None:
    return None if told_ms is None else told_ms // 1000


def statistics_text(document: dict[str, Any]) -> str:
    """The whole in one line, then the groups."""
    head = (
        f"{document['from']} 至 {document['to']}：取号 {document['total']['tickets']}，办结 {document['finished']}，"
        f"离开 {document['left']}，未了 {document['open']}"
    )
    return "\n".join([head, *(_group_text(one) for one in document["groups"])])


def _group_text(told: dict[str, Any]) -> str:
    wait, service = _minutes(told["mean_wait"]), _minutes(told["mean_service"])
    return f"{told['key']}  取号 {told['tickets']}  平均等候 {wait}  平均办理 {service}"


def _minutes(seconds: int | None) -> str:
    return "—" if seconds is None else f"{-(-seconds // 60)} 分钟"
