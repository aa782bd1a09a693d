"""Which calls are new: each is flashed and spoken once, and none that was made before this screen began to look."""

from domain.queue.desk import CallLine, HallView

LATE_MS = 60_000
"""A call that is seen only after so long (a machine that slept, a hub that was away) is shown, but not cried out."""
KEPT = 500


class NewCalls:
    """Remembers the calls that were seen. ``groups`` empty means all."""

    def __init__(self, groups: tuple[str, ...] = ()) -> None:
        self._groups = groups
        self._seen: dict[str, None] | None = None

    def take(self, view: HallView) -> list[CallLine]:
        """The calls of ``view`` that are new, the oldest first; none of the first view."""
        first, seen = self._seen is None, self._seen or {}
        fresh = [call for call in reversed(view.calls) if call.key not in seen]
        seen |= dict.fromkeys(call.key for call in fresh)
        self._seen = dict.fromkeys(list(seen)[-KEPT:])
        if first:
            return []
        return [call for call in fresh if self._is_for_here(call) and view.now_ms - call.at <= LATE_MS]

    def _is_for_here(self, call: CallLine) -> bool:
        return not self._groups or call.group in self._groups
