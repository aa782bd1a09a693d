"""How often something may be asked for: token buckets by key, in memory, bounded."""

import ipaddress
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

MAX_KEYS = 20_000


@dataclass(frozen=True, slots=True)
class Rate:
    """``burst`` at once, and the same number again over ``seconds``."""

    burst: int
    seconds: float


class Limiter:
    """One bucket a key. ``monotonic`` gives seconds. Keys that were not seen for longest are forgotten first."""

    def __init__(self, rate: Rate, monotonic: Callable[[], float], max_keys: int = MAX_KEYS) -> None:
        self._rate = rate
        self._monotonic = monotonic
        self._max_keys = max_keys
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def wait_s(self, key: Hashable) -> float:
        """Seconds until ``key`` may ask again; 0 where it may now. Counts nothing."""
        level, _ = self._level(key)
        return 0.0 if level >= 1 else (1 - level) * self._rate.seconds / self._rate.burst

    def take(self, key: Hashable) -> float:
        """Count one for ``key``; 0 where it was allowed, else the seconds to wait and nothing is counted."""
        wait = self.wait_s(key)
        if wait == 0:
            level, now = self._level(key)
            self._buckets[key] = (level - 1, now)
            self._buckets.move_to_end(key)
            while len(self._buckets) > self._max_keys:
                self._buckets.popitem(last=False)
        return wait

    def __len__(self) -> int:
        return len(self._buckets)

    def _level(self, key: Hashable) -> tuple[float, float]:
        now = self._monotonic()
        level, since = self._buckets.get(key, (float(self._rate.burst), now))
        refilled = level + (now - since) * self._rate.burst / self._rate.seconds
        return min(float(self._rate.burst), refilled), now


class Together:
    """How much of one key is going on at once: at most ``most``."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._going: Counter[Hashable] = Counter()

    @contextmanager
    def one(self, key: Hashable) -> Iterator[bool]:
        """Begin one more; gives whether that is allowed, and counts it until the block ends."""
        allowed = self._going[key] < self._most
        self._going[key] += allowed
        try:
            yield allowed
        finally:
            self._going[key] -= allowed
            if not self._going[key]:
                del self._going[key]


def address_key(host: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 that one subscriber has of IPv6 (RFC 6177)."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host[:64]
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
