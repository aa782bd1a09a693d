"""How often somebody may try to leave the ticket machine."""

import time
from collections.abc import Callable

MOST_WRONG = 5
LOCK_MS = 60_000


def steady_ms() -> int:
    """Milliseconds of a clock that is never set back."""
    return time.monotonic_ns() // 1_000_000


class PinGate:
    """Five wrong answers lock for a minute. ``now_ms`` is a clock that is never set back."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._wrong = 0
        self._locked_until = 0

    @property
    def locked_s(self) -> int:
        """Seconds until the next try; 0 when it may be tried."""
        return max(0, -(-(self._locked_until - self._now_ms()) // 1000))

    def tell_wrong(self) -> int:
        """One wrong answer more; how many are left, 0 when it is locked now."""
        self._wrong += 1
        if self._wrong < MOST_WRONG:
            return MOST_WRONG - self._wrong
        self._wrong = 0
        self._locked_until = self._now_ms() + LOCK_MS
        return 0

    def tell_right(self) -> None:
        """The answer was right."""
        self._wrong = 0
