"""Memory of presentations already accepted, so that a copied screen does not work twice."""

from typing import Protocol


class ReplayMemory(Protocol):
    """Remembers presentations until they expire: across restarts, shared by the windows of a hall."""

    def remember(self, mark: bytes, until_ms: int) -> bool:
        """Keep ``mark`` at least until ``until_ms``; false when it is known already. One atomic step."""
        ...


class InMemoryReplay:
    """For one process, and a few presentations: nothing is ever dropped."""

    def __init__(self) -> None:
        self._seen: set[bytes] = set()

    def remember(self, mark: bytes, until_ms: int) -> bool:
        """See ``ReplayMemory``."""
        if mark in self._seen:
            return False
        self._seen.add(mark)
        return True
