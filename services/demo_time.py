"""Time as the demonstration centre tells it: its cases and visitors came before now."""

from dataclasses import dataclass


@dataclass(slots=True)
class PastClock:
    """Tells the time at which a made-up step was taken."""

    at_ms: int

    def now_ms(self) -> int:
        return self.at_ms
