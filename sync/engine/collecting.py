"""How often a run looks for objects that only hold one another."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

OBJECTS = 20_000
"""A batch makes tens of thousands that live until it is sent or stored, and no circles."""


@contextmanager
def collected_seldom() -> Iterator[None]:
    """Meanwhile the collector looks after ``OBJECTS`` new ones, not after 700: an eighth of a run was that."""
    before = gc.get_threshold()
    gc.set_threshold(max(OBJECTS, before[0]), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
