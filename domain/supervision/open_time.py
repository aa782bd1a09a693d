"""Opening time of one stretch of days, counted once and then looked up: lists and figures ask for many cases."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import timedelta

from domain.deadlines.clock import Pause
from domain.deadlines.office import Office


class OpenTime:
    """Answers as ``Office.open_between`` does for instants from ``first_ms`` to ``last_ms``."""

    def __init__(self, office: Office, first_ms: int, last_ms: int) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._before: list[int] = []
        total, day, last = 0, office.day_of(first_ms), office.day_of(last_ms)
        while day <= last:
            for opens, closes in office.opening(day):
                start, end = office.hours.instant(day, opens), office.hours.instant(day, closes)
                self._starts.append(start)
                self._ends.append(end)
                self._before.append(total)
                total += end - start
            day += timedelta(days=1)

    def between(self, start_ms: int, end_ms: int) -> int:
        """Milliseconds of opening time; 0 when reversed."""
        return max(0, self._until(end_ms) - self._until(start_ms))

    def elapsed(self, start_ms: int, end_ms: int, pauses: Iterable[Pause]) -> int:
        """``between`` without ``pauses``, which come one after another; a lasting one goes on to ``end_ms``."""
        stood = sum(
            self.between(
                max(one.start_ms, start_ms), min(end_ms if one.end_ms is None else one.end_ms, end_ms)
            )
            for one in pauses
        )
        return max(0, self.between(start_ms, end_ms) - stood)

    def _until(self, at_ms: int) -> int:
        at = bisect_right(self._starts, at_ms) - 1
        if at < 0:
            return 0
        return self._before[at] + min(at_ms, self._ends[at]) - self._starts[at]
