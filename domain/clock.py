"""The clock as the domain sees it: handed in, never read."""

from typing import Protocol


class Clock(Protocol):
    """Tells UTC milliseconds."""

    def now_ms(self) -> int:
        """Now, UTC milliseconds since 1970."""
        ...
