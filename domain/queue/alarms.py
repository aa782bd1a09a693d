"""What the hall's supervisor should look at now (警示). Pure: the hall and the moment in, the alarms out."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from domain.queue.desk import GroupLine, HallView, WindowLine


class AlarmKind(StrEnum):
    """Why it rings, the gravest first."""

    NO_WINDOW = "no_window"
    LONG_SERVICE = "long_service"
    LONG_WAIT = "long_wait"
    WINDOW_PAUSED = "window_paused"


_ORDER = tuple(AlarmKind)


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm about ``place``, the code of a group or a window. It has lasted from ``since`` on (UTC ms).

    ``count`` is how many wait, ``number`` the ticket that is served too long, ``reason`` why a window is paused.
    """

    kind: AlarmKind
    place: str
    since: int
    count: int = 0
    number: str = ""
    reason: str = ""

    @property
    def key(self) -> tuple[str, str, int]:
        """The same as long as it is about the same thing: whoever rings does so once a key."""
        return (self.kind.value, self.place, self.since)

    @property
    def is_about_window(self) -> bool:
        """Whether ``place`` is a window; else it is a group."""
        return self.kind in (AlarmKind.LONG_SERVICE, AlarmKind.WINDOW_PAUSED)


def alarms_of(view: HallView, now_ms: int) -> tuple[Alarm, ...]:
    """The alarms of the hall at ``now_ms``, the gravest first, then those that have lasted longest.

    In an emergency nobody is called, and outside its hours every window may rest: neither is an alarm then.
    """
    found = [*_of_groups(view, now_ms), *_of_windows(view, now_ms)]
    return tuple(sorted(found, key=lambda one: (_ORDER.index(one.kind), one.since, one.place)))


def _of_groups(view: HallView, now_ms: int) -> Iterator[Alarm]:
    for group in view.groups:
        if not group.waiting or group.oldest_since is None:
            continue
        if not group.open_windows and not view.closed:
            yield _group_alarm(AlarmKind.NO_WINDOW, group, group.oldest_since)
        elif _longer(group.oldest_since, view.alarm_wait_s, now_ms):
            yield _group_alarm(AlarmKind.LONG_WAIT, group, group.oldest_since)


def _group_alarm(kind: AlarmKind, group: GroupLine, since: int) -> Alarm:
    return Alarm(kind, group.code, since, count=group.waiting)


def _of_windows(view: HallView, now_ms: int) -> Iterator[Alarm]:
    for window in view.windows:
        ticket = window.ticket
        if ticket is not None and _longer(ticket.since, view.long_service_s, now_ms):
            yield Alarm(AlarmKind.LONG_SERVICE, window.code, ticket.since, number=ticket.number)
        rests_since = None if view.outside_hours or view.closed else _rests_since(window)
        if rests_since is not None and _longer(rests_since, view.alarm_pause_s, now_ms):
            yield Alarm(AlarmKind.WINDOW_PAUSED, window.code, rests_since, reason=window.reason)


def _rests_since(window: WindowLine) -> int | None:
    return window.since if window.staff and not window.open else None


def _longer(since: int, limit_s: int, now_ms: int) -> bool:
    return now_ms - since > limit_s * 1000
