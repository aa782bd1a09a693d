"""How often a server looks for objects that only hold one another."""

import gc

OBJECTS = 20_000
"""A batch of a thousand events makes some thirty thousand that live until it is stored, and no circles."""


def collect_seldom() -> None:
    """Let the collector look after ``OBJECTS`` new ones, not after 700: of what a batch costs it was a third."""
    gc.set_threshold(OBJECTS, 10, 10)
