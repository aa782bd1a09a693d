"""Hybrid logical clock and the fold order of events.

Source: Kulkarni et al., "Logical Physical Clocks" (2014). A reading packs UTC milliseconds and a 16-bit counter into
one integer, so readings compare as integers.
"""

COUNTER_BITS = 16
MAX_LEAD_MS = 120_000
"""How far an event may sort ahead of the moment at which the first hub or centre saw it."""


def pack(ms: int, counter: int) -> int:
    """One integer for a reading."""
    return (ms << COUNTER_BITS) | counter


def milliseconds(hlc: int) -> int:
    """The physical part of a reading, UTC milliseconds."""
    return hlc >> COUNTER_BITS


def counter(hlc: int) -> int:
    """The logical part of a reading."""
    return hlc & ((1 << COUNTER_BITS) - 1)


def tick(last: int, now_ms: int) -> int:
    """The next reading for a local event: later than ``last``, and not before ``now_ms``.

    A full counter simply carries into the milliseconds.
    """
    return max(last + 1, pack(now_ms, 0))


def order_key(hlc: int, received_at: int | None) -> int:
    """The reading by which an event is folded: a clock that ran ahead is held to ``received_at`` + 2 minutes."""
    if received_at is None:
        return hlc
    return min(hlc, pack(received_at + MAX_LEAD_MS, 0))


def observe(last: int, key: int) -> int:
    """Raise one's own clock to the *key* of a received event, never to its raw reading."""
    return max(last, key)
