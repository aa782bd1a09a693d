"""Memory of presentations already accepted, so that a copied screen does not work twice."""

from typing import Protocol


class ReplayMemory(Protocol):
    """Remembers presentations until they expire: across restarts, shared by the windows of a hall."""

    def remember(self, mark: bytes, until_ms: int) -> bool:
        """Keep ``mark`` at least until ``until_ms``; false when it is known already. One atomic step."""
        ...


class InMemoryReplay:
    """For one process; ``forget`` drops what is over."""

    def __init__(self) -> None:
        self._until: dict[bytes, int] = {}

    def remember(self, mark: bytes, until_ms: int) -> bool:
        """See ``ReplayMemory``."""
        if mark in self._until:
            return False
        self._until[mark] = until_ms
        return True

    def forget(self, now_ms: int) -> None:
        """Drop what expired before ``now_ms``."""
        self._until = {mark: until for mark, until in self._until.items() if until >= now_ms}
