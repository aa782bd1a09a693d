"""How much at once, and how soon again."""

import random
from dataclasses import dataclass

from sync.protocol import FIRST_BATCH_BYTES, LEAST_BATCH_BYTES

MAX_WIRE_BYTES = 256 << 10
"""The largest batch: a second or so of a good line, and no more to send again after a cut."""
SLOW_S = 2.5
FLOOR_BYTES = 4 << 10
PATIENCE = 4
"""Batches that must arrive before a size that was cut is tried again."""

FIRST_WAIT_S = 2.0
MAX_WAIT_S = 60.0


@dataclass(slots=True)
class Pace:
    """Bytes on the wire of a batch: doubled after a success, halved after a cut, down to one event.

    What was cut is not tried again before ``PATIENCE`` smaller ones have arrived: a line that cuts every n bytes would
    otherwise cut every second batch. Below ``FLOOR_BYTES`` it goes only where nothing arrives at all, since small
    batches cost more in headers than they save.
    """

    size: int = FIRST_BATCH_BYTES
    _ceiling: int = MAX_WIRE_BYTES
    _since: int = 0
    _cuts: int = 0

    def arrived(self, seconds: float) -> None:
        """A batch got through in ``seconds``."""
        self._cuts = 0
        self._since += 1
        if self._since >= PATIENCE:
            self._ceiling = min(MAX_WIRE_BYTES, self._ceiling * 2)
            self._since = 0
        if seconds < SLOW_S:
            self.size = min(self.size * 2, self._ceiling)

    def was_cut(self) -> None:
        """A batch did not get through."""
        self._cuts += 1
        self._since = 0
        floor = FLOOR_BYTES if self._cuts < PATIENCE else LEAST_BATCH_BYTES
        self.size = self._ceiling = max(floor, self.size // 2)


def wait_s(failures: int, chance: random.Random) -> float:
    """Seconds before the next try after ``failures`` in a row: doubled each time, capped, half of it by chance.

    Chance keeps the windows of a hall from all coming back in the same second.
    """
    longest = min(MAX_WAIT_S, FIRST_WAIT_S * float(1 << min(failures, 10)))
    return longest / 2 + chance.random() * longest / 2
