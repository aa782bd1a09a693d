"""Which calls are new: each is flashed and spoken once, and none that was made before this screen began to look."""

from domain.queue.desk import CallLine, HallView

LATE_MS = 60_000
"""A call that is seen only after so long (a machine that slept, a hub that was away) is shown, but not cried out."""
UNDER_WAY_MS = 5_000
"""A call may have been dated before the first look and have come into the store after it, but not by more."""
KEPT = 500


class NewCalls:
    """Remembers the calls that were seen. ``groups`` empty means all."""

    def __init__(self, groups: tuple[str, ...] = ()) -> None:
        self._groups = groups
        self._seen: dict[str, None] | None = None
        self._since = 0

    def take(self, view: HallView) -> list[CallLine]:
        """The calls of ``view`` that are new, the oldest first; none of the first view, nor dated before it."""
        first, seen = self._seen is None, self._seen or {}
        # A clock that was set back begins anew, else nothing would be said until it has caught up.
        self._since = view.now_ms if first else min(self._since, view.now_ms)
        fresh = [call for call in reversed(view.calls) if call.key not in seen]
        seen |= dict.fromkeys(call.key for call in fresh)
        self._seen = dict.fromkeys(list(seen)[-KEPT:])
        if first:
            return []
        return [call for call in fresh if self._is_for_here(call) and self._is_of_now(call, view)]

    def _is_for_here(self, call: CallLine) -> bool:
        return not self._groups or call.group in self._groups

    def _is_of_now(self, call: CallLine, view: HallView) -> bool:
        return call.at >= self._since - UNDER_WAY_MS and view.now_ms - call.at <= LATE_MS
