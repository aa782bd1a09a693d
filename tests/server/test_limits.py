"""Token buckets, and what counts as one address."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.limits import Limiter, Rate, address_key


class _Seconds:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_so_many_at_once_and_again_as_time_goes() -> None:
    seconds = _Seconds()
    limiter = Limiter(Rate(3, 60), seconds)
    assert [limiter.take("a") for _ in range(4)] == [0, 0, 0, 20]
    assert limiter.take("b") == 0
    seconds.now += 20
    assert [limiter.take("a"), limiter.wait_s("a")] == [0, 20]
    seconds.now += 1e6
    assert [limiter.take("a") for _ in range(4)] == [0, 0, 0, 20]


def test_being_refused_does_not_make_the_wait_longer() -> None:
    limiter = Limiter(Rate(1, 10), _Seconds())
    limiter.take("a")
    assert [limiter.take("a") for _ in range(5)] == [10] * 5


def test_who_was_not_seen_for_longest_is_forgotten_first() -> None:
    limiter = Limiter(Rate(1, 10), _Seconds(), max_keys=2)
    for key in "abc":
        limiter.take(key)
    assert len(limiter) == 2
    assert (limiter.wait_s("a"), limiter.wait_s("b")) == (0, 10)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(0, 30), min_size=1, max_size=60))
def test_never_more_than_the_burst_and_what_came_back(gaps: list[float]) -> None:
    seconds = _Seconds()
    limiter = Limiter(Rate(5, 60), seconds)
    allowed = 0
    for gap in gaps:
        seconds.now += gap
        allowed += limiter.take("a") == 0
    assert allowed <= 5 + sum(gaps) * 5 / 60 + 1e-6


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("testclient", "testclient"),
        ("x" * 5000, "x" * 64),
    ],
)
def test_an_address(host: str, key: str) -> None:
    assert address_key(host) == key
