"""The line (队列): who is next, how many stand before somebody, how long that will take."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from operator import attrgetter
from statistics import median

from domain.queue.rules import Group, Window

_order = attrgetter("line_at", "came")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One ticket of the line as the store knows it. ``since`` is when it came into the line."""

    id: str
    number: str
    group: str
    priority: str
    line_at: int
    since: int
    came: int
    target: str = ""

    @property
    def order(self) -> tuple[int, int]:
        """Smaller is sooner."""
        return (self.line_at, self.came)


def next_for(window: Window, line: Iterable[Waiting], groups: Sequence[str] = ()) -> Waiting | None:
    """Who ``window`` calls next: first those sent to this window alone, then its groups, then those it helps with.

    ``groups`` narrows the choice to these, whether or not the window serves them otherwise.
    """
    candidates = [one for one in line if one.target in ("", window.code)]
    if groups:
        return min((one for one in candidates if one.group in groups), key=_order, default=None)
    sent = [one for one in candidates if one.target]
    own = [one for one in candidates if one.group in window.groups]
    helped = [one for one in candidates if one.group in window.helps]
    return min(sent or own or helped, key=_order, default=None)


def ahead_of(one: Waiting, line: Iterable[Waiting]) -> int:
    """People who will be called before ``one`` in its group."""
    return sum(other.group == one.group and other.order < one.order for other in line)


def place_after(line: Iterable[Waiting], group: str, people: int, now_ms: int) -> int:
    """The ``line_at`` of somebody who comes back and lets ``people`` of ``group`` pass; behind all when fewer wait.

    Appointments still to come do not count: whoever stood behind them would let everybody pass who comes till then.
    """
    order = sorted(one.line_at for one in line if one.group == group and one.line_at <= now_ms)
    if not order or people == 0:
        return min(order, default=now_ms) - (1 if order else 0)
    if people > len(order):
        return max(now_ms, order[-1] + 1)
    return order[people - 1] + 1


def estimated_wait_s(people_ahead: int, recent_s: Sequence[int], group: Group, open_windows: int) -> int:
    """People ahead × recent median ÷ open windows, in seconds; at least one window counts as open."""
    typical = median(recent_s) if recent_s else group.typical_s
    return ceil(people_ahead * typical / max(1, open_windows))
