"""How much at once, and how soon again."""

import random
from dataclasses import dataclass

from sync.protocol import FIRST_BATCH_BYTES, LEAST_BATCH_BYTES

MAX_WIRE_BYTES = 256 << 10
"""The largest batch: a second or so of a good line, and no more to send again after a cut."""
FAST_S, SLOW_S = 0.5, 2.5
"""Within which a batch has to arrive for the next to be four times, or twice, as large."""
FLOOR_BYTES = 12 << 10
PATIENCE = 8
"""Batches that must arrive before a size that was cut is tried again."""
CUTS_IN_VAIN = 4
SLOW_BYTES_PER_S = 40_000
LEVEL, THOROUGH_LEVEL = 10, 17
"""Levels of zstd: on a slow line a fifth of a millisecond for each event is well spent."""

FIRST_WAIT_S = 2.0
MAX_WAIT_S = 60.0
MAX_ASKED_S = 600
"""The longest pause that an upstream may ask for: what its own limits need, and no day because a proxy says so."""


@dataclass(slots=True)
class Pace:
    """Bytes on the wire of a batch: doubled after a success (fourfold on a fast line) up to ``ceiling``, quartered by a
    cut, down to one event; not that far where the very connection had borne more before.

    ``ceiling`` is what is remembered of a line from one run to the next. What was cut is not tried again before
    ``PATIENCE`` smaller ones have arrived: a line that cuts every n bytes would otherwise cut every second batch. No
    connection of such a line carries more than the ceiling either. Below ``FLOOR_BYTES`` it goes only where nothing
    arrives at all, since small batches cost more in headers than they save.
    """

    ceiling: int = MAX_WIRE_BYTES
    size: int = 0
    bytes_per_s: float = 0.0
    _since: int = 0
    _cuts: int = 0
    _in_vain: bool = True
    _under_way: int = 0
    _borne: int = 0
    _good: int = 0

    def __post_init__(self) -> None:
        first = FIRST_BATCH_BYTES if self.ceiling >= MAX_WIRE_BYTES else self.ceiling
        self.size = self.size or first

    @property
    def level(self) -> int:
        """How hard to compress."""
        slow = 0 < self.bytes_per_s < SLOW_BYTES_PER_S or self.ceiling < MAX_WIRE_BYTES
        return THOROUGH_LEVEL if slow else LEVEL

    def sends(self, size: int, carried: int) -> bool:
        """A batch of ``size`` follows on a connection that has ``carried`` so much; whether another one is wiser."""
        self._under_way = size
        is_limited = FLOOR_BYTES < self.ceiling < MAX_WIRE_BYTES
        renew = is_limited and carried > 0 and carried + size > self.ceiling * 9 // 8
        self._borne = 0 if renew else carried
        return renew

    def arrived(self, seconds: float) -> None:
        """A batch got through in ``seconds``."""
        self._cuts, self._in_vain = 0, False
        self._since += 1
        self.bytes_per_s = self.size / max(seconds, 1e-3)
        if self._since >= PATIENCE:
            self._good = self.ceiling
            self.ceiling = min(MAX_WIRE_BYTES, self.ceiling * 2)
            self._since = 0
        if seconds < SLOW_S:
            self.size = min(self.size * (4 if seconds < FAST_S else 2), self.ceiling)

    def was_cut(self) -> None:
        """A batch did not get through."""
        self._cuts += 1
        self._since = 0
        # A run ends with its first cut: the next one begins at what was remembered, and if that is cut as well, lower.
        in_vain = self._cuts >= CUTS_IN_VAIN or (self._in_vain and self.size <= FLOOR_BYTES)
        floor = LEAST_BATCH_BYTES if in_vain else FLOOR_BYTES
        cut = self._under_way or self.size
        tried_in_vain = self._good if self._good < cut else 0
        self.size = self.ceiling = max(floor, cut // 4, min(cut, self._borne * 7 // 8), tried_in_vain)
        self._good = 0


def wait_s(failures: int, chance: random.Random, asked_s: int = 0) -> float:
    """Seconds before the next try after ``failures`` in a row: doubled each time, capped, half of it by chance.

    Never sooner than the upstream asks for (``asked_s``), up to ``MAX_ASKED_S``; a quarter of that is added by chance.
    Chance keeps the windows of a hall from all coming back in the same second.
    """
    longest = min(MAX_WAIT_S, FIRST_WAIT_S * float(1 << min(failures, 10)))
    asked = min(MAX_ASKED_S, asked_s)
    return max(longest / 2 + chance.random() * longest / 2, asked + chance.random() * asked / 4)
