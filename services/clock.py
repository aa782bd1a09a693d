"""The machine's clock."""

import time


class SystemClock:
    """``domain.clock.Clock`` over the operating system's clock."""

    def now_ms(self) -> int:
        """Now, UTC milliseconds since 1970."""
        return time.time_ns() // 1_000_000
