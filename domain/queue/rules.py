"""The queue document of a site: groups, windows, priorities and the limits of the queue, as typed values."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from domain.errors import AppError

_PREFIX = re.compile(r"[A-Z]{1,2}")
_WINDOW = re.compile(r"[0-9A-Za-z一-鿿]{1,8}")
MAX_NAME = 30
MINUTE_MS = 60_000
NORMAL = "normal"
APPOINTMENT = "appointment"


@dataclass(frozen=True, slots=True)
class Group:
    """队列: what numbers are taken for. ``prefix`` begins its numbers; ``quota`` 0 is none; ``boards`` are hints.

    ``typical_s`` is how long a visit takes while nothing has been measured yet.
    """

    code: str
    name: str
    prefix: str
    boards: tuple[str, ...] = ()
    quota: int = 0
    typical_s: int = 480
    note: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """窗口. ``groups`` it serves on an equal footing, ``helps`` are taken only when none of those waits."""

    code: str
    name: str
    groups: tuple[str, ...]
    helps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Priority:
    """A class of visitors. ``head_start_min`` is how much earlier than their own time they are taken to have come.

    A day's head start (1440) goes before everybody else; a smaller one lets nobody starve.
    """

    code: str
    name: str
    head_start_min: int = 0


@dataclass(frozen=True, slots=True)
class QueueRules:
    """All that a site has decided about its queue.

    ``recall_limit``: recalls before a number can only be missed. ``back_after``: people whom a missed visitor who comes
    back lets pass. ``long_service_s``: a service longer than this is taken for a forgotten Finish. ``alarm_wait_s``:
    how long somebody may wait before the supervisor's page rings, ``alarm_pause_s`` how long a window may be paused.
    ``median_of``: over how many visits the recent median runs.
    """

    groups: Mapping[str, Group]
    windows: Mapping[str, Window]
    priorities: Mapping[str, Priority]
    recall_limit: int = 3
    back_after: int = 2
    long_service_s: int = 3 * 3600
    alarm_wait_s: int = 1800
    alarm_pause_s: int = 1800
    median_of: int = 20
    notice: str = ""
    ticket_note: str = ""

    def group(self, code: str) -> Group:
        """The group; ``AppError("queue.unknown_group")`` naming those there are."""
        found = self.groups.get(code) or self.groups.get(code.upper())
        if found is None:
            raise AppError("queue.unknown_group", group=code[:20], known=" ".join(self.groups))
        return found

    def window(self, code: str) -> Window:
        """The window; ``AppError("queue.unknown_window")`` naming those there are."""
        found = self.windows.get(code.strip())
        if found is None:
            raise AppError("queue.unknown_window", window=code[:20], known=" ".join(self.windows))
        return found

    def priority(self, code: str) -> Priority:
        """The priority class; ``AppError("queue.unknown_priority")``."""
        found = self.priorities.get(code)
        if found is None:
            raise AppError("queue.unknown_priority", priority=code[:20], known=" ".join(self.priorities))
        return found

    def windows_of(self, group: str) -> tuple[str, ...]:
        """The windows that serve ``group``."""
        return tuple(w.code for w in self.windows.values() if group in w.groups or group in w.helps)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Read and check the queue document.

        ``AppError("queue.rules_invalid", field=…, where=…)`` names what is wrong, and the code of the group, window or
        priority that it is wrong of ("" where it is of none).
        """
        groups = _by_code("groups", _read_each(document, "groups", _group))
        _check_prefixes(groups)
        windows = _by_code("windows", _read_each(document, "windows", lambda one: _window(one, groups)))
        _check_window_names(windows)
        priorities = _by_code("priorities", _read_each(document, "priorities", _priority))
        if not windows or NORMAL not in priorities:
            raise _invalid("windows" if not windows else "priorities")
        return cls(
            groups,
            windows,
            priorities,
            recall_limit=_number(document, "recall_limit", 3, 0, 20),
            back_after=_number(document, "back_after", 2, 0, 99),
            long_service_s=_number(document, "long_service_s", 3 * 3600, 60, 24 * 3600),
            alarm_wait_s=_number(document, "alarm_wait_s", 1800, 60, 24 * 3600),
            alarm_pause_s=_number(document, "alarm_pause_s", 1800, 60, 24 * 3600),
            median_of=_number(document, "median_of", 20, 1, 500),
            notice=_text(document, "notice", 200),
            ticket_note=_text(document, "ticket_note", 200),
        )

    def document(self) -> dict[str, Any]:
        """The rules as the body of a queue document; ``from_document`` reads it back."""
        return {
            "groups": [
                {
                    "code": g.code,
                    "name": g.name,
                    "prefix": g.prefix,
                    "boards": list(g.boards),
                    "quota": g.quota,
                    "typical_s": g.typical_s,
                    "note": g.note,
                }
                for g in self.groups.values()
            ],
            "windows": [
                {"code": w.code, "name": w.name, "groups": list(w.groups), "helps": list(w.helps)}
                for w in self.windows.values()
            ],
            "priorities": [
                {"code": p.code, "name": p.name, "head_start_min": p.head_start_min}
                for p in self.priorities.values()
            ],
            "recall_limit": self.recall_limit,
            "back_after": self.back_after,
            "long_service_s": self.long_service_s,
            "alarm_wait_s": self.alarm_wait_s,
            "alarm_pause_s": self.alarm_pause_s,
            "median_of": self.median_of,
            "notice": self.notice,
            "ticket_note": self.ticket_note,
        }


Entry = TypeVar("Entry", Group, Window, Priority)


def _invalid(field: str, where: str = "") -> AppError:
    return AppError("queue.rules_invalid", field=field, where=where)


def _entries(document: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    entries = document.get(name)
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise _invalid(name)
    return entries


def _read_each(
    document: Mapping[str, Any], name: str, read: Callable[[Mapping[str, Any]], Entry]
) -> list[Entry]:
    found = []
    for entry in _entries(document, name):
        try:
            found.append(read(entry))
        except AppError as error:
            raise _invalid(str(error.params["field"]), str(entry.get("code", ""))[:20]) from None
    return found


def _by_code(field: str, entries: list[Entry]) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for entry in entries:
        if entry.code in found:
            raise _invalid(field, entry.code)
        found[entry.code] = entry
    return found


def _check_prefixes(groups: Mapping[str, Group]) -> None:
    if not groups:
        raise _invalid("groups")
    taken: set[str] = set()
    for group in groups.values():
        if group.prefix in taken:
            raise _invalid("prefix", group.code)
        taken.add(group.prefix)


def _check_window_names(windows: Mapping[str, Window]) -> None:
    """Displays and voice name a window by its name alone, so no two may share one."""
    taken: set[str] = set()
    for window in windows.values():
        if window.name and window.name in taken:
            raise _invalid("window_name", window.code)
        taken.add(window.name)


def _group(entry: Mapping[str, Any]) -> Group:
    prefix = _text(entry, "prefix", 2)
    if not _PREFIX.fullmatch(prefix):
        raise _invalid("prefix")
    return Group(
        code=_required(entry, "code", 12),
        name=_required(entry, "name", MAX_NAME),
        prefix=prefix,
        boards=_texts(entry, "boards"),
        quota=_number(entry, "quota", 0, 0, 9999),
        typical_s=_number(entry, "typical_s", 480, 10, 4 * 3600),
        note=_text(entry, "note", 100),
    )


def _window(entry: Mapping[str, Any], groups: Mapping[str, Group]) -> Window:
    code = _required(entry, "code", 8)
    served, helped = _texts(entry, "groups"), _texts(entry, "helps")
    if not _WINDOW.fullmatch(code):
        raise _invalid("window_code")
    if not set(served) | set(helped) <= set(groups):
        raise _invalid("window_groups")
    return Window(code, _text(entry, "name", MAX_NAME), served, helped)


def _priority(entry: Mapping[str, Any]) -> Priority:
    head_start = _number(entry, "head_start_min", 0, 0, 1440)
    return Priority(_required(entry, "code", 20), _required(entry, "name", MAX_NAME), head_start)


def _required(entry: Mapping[str, Any], name: str, limit: int) -> str:
    text = _text(entry, name, limit)
    if not text:
        raise _invalid(name)
    return text


def _text(entry: Mapping[str, Any], name: str, limit: int) -> str:
    text = entry.get(name, "")
    if not isinstance(text, str) or len(text) > limit:
        raise _invalid(name)
    return text


def _texts(entry: Mapping[str, Any], name: str) -> tuple[str, ...]:
    values = entry.get(name, [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise _invalid(name)
    return tuple(values)


def _number(entry: Mapping[str, Any], name: str, default: int, low: int, high: int) -> int:
    value = entry.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise _invalid(name)
    return value
