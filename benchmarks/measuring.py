"""What a measurement is, and how times are taken."""

import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Where made stores are kept, where results of one run may lie, and whether a rough answer is enough.

    ``full``: the largest stores, too, which take hours to make.
    """

    cache: Path
    scratch: Path
    quick: bool
    full: bool = False

    def rounds(self, full: int) -> int:
        """How often to repeat what is repeated ``full`` times in a whole run."""
        return max(3, full // 5) if self.quick else full


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the table. Times in milliseconds; ``floor`` is the named peer of the same run.

    A bar of None does not apply. ``bar_ms`` is held against the median, ``p95_bar_ms`` and ``p99_bar_ms`` against
    the percentiles.
    """

    what: str
    ms: Sequence[float]
    floor_name: str = ""
    floor_ms: Sequence[float] = ()
    bar_ms: float | None = None
    p95_bar_ms: float | None = None
    p99_bar_ms: float | None = None
    bar_ratio: float | None = None
    least_ratio: float | None = None

    @property
    def median(self) -> float:
        return statistics.median(self.ms)

    @property
    def p95(self) -> float:
        return percentile(self.ms, 95)

    @property
    def ratio(self) -> float | None:
        return self.median / statistics.median(self.floor_ms) if self.floor_ms else None

    @property
    def holds(self) -> bool | None:
        """Whether every bar is met; None where there is none."""
        ratio = self.ratio
        told = [
            (self.median, self.bar_ms),
            (self.p95, self.p95_bar_ms),
            (percentile(self.ms, 99), self.p99_bar_ms),
            (ratio or 0.0, self.bar_ratio if ratio else None),
            (-(ratio or 0.0), -self.least_ratio if self.least_ratio and ratio else None),
        ]
        bars = [value <= bar for value, bar in told if bar is not None]
        return all(bars) if bars else None


def percentile(values: Sequence[float], share: int) -> float:
    """The value that ``share`` % of ``values`` do not exceed (nearest rank)."""
    ranked = sorted(values)
    return ranked[max(0, -(-len(ranked) * share // 100) - 1)]


def timed(work: Callable[[], object]) -> float:
    """Milliseconds that ``work`` takes."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def in_turn(rounds: int, *works: Callable[[], object]) -> list[list[float]]:
    """Times of each of ``works``, run by turns so that a busy machine is unjust to none; one warm-up round."""
    for work in works:
        work()
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for times, work in zip(taken, works, strict=True):
            times.append(timed(work))
    return taken


def over(questions: Iterable[str], ask: Callable[[str], object]) -> list[float]:
    """Times of asking each of ``questions`` once, after the same question was asked once to warm the caches."""
    times = []
    for question in questions:
        ask(question)
        times.append(timed(lambda question=question: ask(question)))
    return times
