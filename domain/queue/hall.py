"""The hall's day (大厅一天): windows open and paused, groups paused, the hall closed in an emergency, its notice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from domain.cases.reading import integer_in, text_in
from domain.errors import AppError
from domain.events.event import Event, NewEvent
from domain.events.folding import folded

BIRTH = "hall_day_begun"


@dataclass(frozen=True, slots=True)
class WindowDuty:
    """A window that is on duty, or paused with a ``reason`` for people to read."""

    staff: str
    since: int
    open: bool = True
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HallDay:
    """``paused`` is group → reason; ``closed`` the reason of an emergency, empty while the hall is open."""

    stream: str
    day: str
    windows: Mapping[str, WindowDuty] = field(default_factory=dict)
    paused: Mapping[str, str] = field(default_factory=dict)
    closed: str = ""
    notice: str = ""
    ended_at: int | None = None

    def open_windows(self, codes: Iterable[str]) -> int:
        """How many of ``codes`` are on duty and not paused."""
        return sum(code in self.windows and self.windows[code].open for code in codes)


def fold_hall(events: Iterable[Event]) -> HallDay | None:
    """The day told by ``events`` of one stream; None without its first. What does not fit is passed over."""
    return folded(events, _apply).state


def _apply(hall: HallDay | None, event: Event, payload: dict[str, Any]) -> HallDay | None:
    if event.kind == BIRTH:
        return hall or HallDay(event.stream, text_in(payload, "day"))
    return hall if hall is None else _STEPS[event.kind](hall, event, payload)


def _window(hall: HallDay, event: Event, payload: dict[str, Any]) -> HallDay:
    is_open = event.kind == "window_opened"
    at = integer_in(payload, "at", event.at)
    duty = WindowDuty(event.actor, at, is_open, text_in(payload, "reason", ""))
    return replace(hall, windows={**hall.windows, text_in(payload, "window"): duty})


def _paused(hall: HallDay, event: Event, payload: dict[str, Any]) -> HallDay:
    return replace(hall, paused={**hall.paused, text_in(payload, "group"): text_in(payload, "reason")})


def _resumed(hall: HallDay, event: Event, payload: dict[str, Any]) -> HallDay:
    group = text_in(payload, "group")
    return replace(hall, paused={code: why for code, why in hall.paused.items() if code != group})


def _closed(hall: HallDay, event: Event, payload: dict[str, Any]) -> HallDay:
    return replace(hall, closed=text_in(payload, "reason"))


def _opened(hall: HallDay, event: Event, payload: dict[str, Any]) -> HallDay:
    return replace(hall, closed="")


def _noticed(hall: HallDay, event: Event, payload: dict[str, Any]) -> HallDay:
    return replace(hall, notice=text_in(payload, "text"))


def _ended(hall: HallDay, event: Event, payload: dict[str, Any]) -> HallDay:
    return replace(hall, ended_at=integer_in(payload, "at", event.at))


_STEPS = {
    "window_opened": _window,
    "window_paused": _window,
    "group_paused": _paused,
    "group_resumed": _resumed,
    "hall_closed": _closed,
    "hall_opened": _opened,
    "hall_notice_set": _noticed,
    "hall_day_ended": _ended,
}
HALL_KINDS = frozenset({BIRTH, *_STEPS})


def open_window(hall: HallDay, window: str, staff: str) -> NewEvent | None:
    """开窗; None where this person has it open already."""
    duty = hall.windows.get(window)
    if duty is not None and duty.open and duty.staff == staff:
        return None
    return NewEvent("window_opened", {"window": window})


def pause_window(hall: HallDay, window: str, reason: str) -> NewEvent | None:
    """暂停服务."""
    duty = hall.windows.get(window)
    if duty is not None and not duty.open and duty.reason == reason:
        return None
    return NewEvent("window_paused", {"window": window, "reason": reason})


def pause_group(hall: HallDay, group: str, reason: str) -> NewEvent | None:
    """暂停取号 for one group."""
    _need_reason(reason)
    return (
        None
        if hall.paused.get(group) == reason
        else NewEvent("group_paused", {"group": group, "reason": reason})
    )


def resume_group(hall: HallDay, group: str) -> NewEvent | None:
    """恢复取号."""
    return NewEvent("group_resumed", {"group": group}) if group in hall.paused else None


def close_hall(hall: HallDay, reason: str) -> NewEvent | None:
    """紧急关闭: no number is given and nobody is called until the hall is opened again."""
    _need_reason(reason)
    return None if hall.closed == reason else NewEvent("hall_closed", {"reason": reason})


def open_hall(hall: HallDay) -> NewEvent | None:
    """恢复开放."""
    return NewEvent("hall_opened", {}) if hall.closed else None


def set_notice(hall: HallDay, text: str) -> NewEvent | None:
    """通知 on the displays."""
    return None if hall.notice == text else NewEvent("hall_notice_set", {"text": text})


def _need_reason(reason: str) -> None:
    if not reason:
        raise AppError("queue.reason_missing")
